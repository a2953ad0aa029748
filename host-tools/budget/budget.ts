import { rollingSamples } from "../../device/config.js";
import type { CheckedNode } from "../node/schema/node.js";
import { UserError } from "../lib/errors.js";
import { airDays, fairUseSeconds, windowsADay, type AirDay } from "./day.js";
import { cycleOf, steady, type Cycle } from "../simulate/cycle.js";
import { dayCharge, type ChargeRow } from "./energy.js";
import { flashRows } from "./flash.js";
import { samplesOf, ramRows, type MemoryRow } from "./memory.js";
import { ownScriptMemory, type ScriptMemory } from "./scriptMemory.js";
import { tryNode } from "./trial.js";

export interface BudgetOptions {
  /** .tflite with normalizer.bin beside it; without one, the node runs with a stand-in. */
  model?: string | undefined;
  /** Data rate of the day's uplinks; default: the region's fastest with 125 kHz. */
  dataRate?: number | undefined;
  /** Folder of the app script, if it is to be counted. */
  app?: string | undefined;
  /** Share of the windows that are deferred. */
  deferred: number;
  /** mAh */
  battery: number;
  /** Current of the whole board in deep sleep, mA. */
  board?: { current: number; source: string } | undefined;
}

export interface NodeBudget {
  node: string;
  chip: CheckedNode["chip"];
  /** null: a stand-in. */
  model: string | null;
  /** In a window. */
  samples: number;
  ram: { rows: MemoryRow[]; total: MemoryRow };
  flash: { rows: MemoryRow[]; total: MemoryRow };
  charge: ChargeRow[];
  cycle: Cycle;
  /** What the charge does not include. */
  unknown: string[];
  /** mAh */
  chargeADay: number;
  battery: number;
  batteryDays: number;
  air: AirDay[];
  dataRate: number;
  fairUseSeconds: number;
  /** Of the app script, when it comes in a package; null: there is none. */
  script: ScriptMemory | null;
  /** What does not fit, a sentence each; empty when all does. */
  over: string[];
}

const n = (value: number): string => value.toLocaleString("en-US");
const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;

/** The sensor whose rolling statistics need most samples in memory. */
function largestBuffer(config: CheckedNode): { name: string; held: number } {
  const buffers = config.sensors.map((sensor) => ({ name: sensor.name, held: rollingSamples(config, sensor) }));
  return buffers.reduce((most, buffer) => (buffer.held > most.held ? buffer : most));
}

/** What is over, and what would help. */
function overMemory(budget: Pick<NodeBudget, "samples" | "ram" | "flash">, config: CheckedNode): string[] {
  return [...budget.ram.rows, budget.ram.total, ...budget.flash.rows, budget.flash.total].flatMap(
    ({ part, bytes, limit }) => {
      if (limit === undefined || bytes <= limit) return [];
      const short = `${part}: ${n(bytes)} bytes, ${n(limit)} there (${n(bytes - limit)} short)`;
      if (!part.startsWith("XS")) return [short];
      const { name, held } = largestBuffer(config);
      return [
        `${n(budget.samples)} samples a window need ${kilobytes(bytes)} of XS's ${Math.floor(limit / 1024)} KB; sensor ${name} alone holds ${n(held)} for its statistics: lower its rate or features.spanSeconds, give the window more frames, or raise creation.static in the node's manifest`,
      ];
    },
  );
}

function overAir(config: CheckedNode, air: AirDay): string[] {
  const name = `DR${air.dataRate}`;
  if (air.refused === "payload too long")
    return [`${name}: a report is longer than ${config.radio.region} allows there`];
  if (air.refused) return [`${name}: an uplink is longer than the dwell time that ${config.radio.region} allows`];
  if (air.lawSeconds !== undefined && air.airtimeSeconds > air.lawSeconds)
    return [
      `${name}: ${air.airtimeSeconds.toFixed(0)} s of airtime a day, the duty cycle allows ${air.lawSeconds.toFixed(0)} s: lengthen window.everySeconds`,
    ];
  return [];
}

/**
 * What the node needs of flash, RAM, charge and airtime, and what of it does not fit. The memory of XS is measured: the node runs for three windows.
 * @throws UserError for a data rate that the region does not have, or when the node fails for another reason than memory
 */
export async function budgetOf(config: CheckedNode, options: BudgetOptions): Promise<NodeBudget> {
  const windows = windowsADay(config);
  const air = airDays(config, { windows, deferred: options.deferred });
  const usual = air.filter((row) => row.bandwidth === 125 && !row.refused).at(-1) ?? air.at(-1)!;
  const row = options.dataRate === undefined ? usual : air.find(({ dataRate }) => dataRate === options.dataRate);
  if (!row)
    throw new UserError(
      `data rate ${options.dataRate}: uplinks in ${config.radio.region} have ${air.map(({ dataRate }) => dataRate).join(", ")}`,
    );
  const trial = await tryNode(config, options.model);
  const ram = ramRows(
    config,
    { bytes: trial.xsBytes, limit: trial.xsLimit, heap: trial.heap },
    trial.summary.arenaUsed,
  );
  const own = options.app === undefined ? undefined : await ownScriptMemory(config, options.app);
  const flash = await flashRows(config, options.model);
  const { rows: charge, unknown } = dayCharge(config, row, trial.power, { windows, board: options.board });
  const chargeADay = charge.reduce((sum, part) => sum + part.charge, 0);
  const samples = samplesOf(config);
  return {
    node: config.name,
    chip: config.chip,
    model: options.model ?? null,
    samples,
    ram,
    flash,
    charge,
    cycle: cycleOf(steady(trial.power), config.window.everySeconds),
    unknown,
    chargeADay,
    battery: options.battery,
    batteryDays: options.battery / chargeADay,
    air,
    dataRate: row.dataRate,
    fairUseSeconds,
    script: own?.memory ?? null,
    over: [...overMemory({ samples, ram, flash }, config), ...(own?.problems ?? []), ...overAir(config, row)],
  };
}

/** Before a training: what a window needs of memory and air does not depend on the network. @throws UserError when it does not fit */
export async function requireBudget(config: CheckedNode): Promise<void> {
  const { over } = await budgetOf(config, { deferred: 0, battery: 1 });
  if (over.length > 0) throw new UserError(`the node does not fit (loam budget has the figures): ${over.join("; ")}`);
}
