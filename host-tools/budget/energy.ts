import { chipKey } from "../../device/sensors/field/chipkey.js";
import { processorCurrents, sensorCurrents } from "./currents.js";
import type { CheckedNode } from "../node/schema/node.js";
import type { AirDay } from "./day.js";
import type { PowerTimes } from "../xs/index.js";
import { steady } from "../simulate/cycle.js";
import { radioCurrentsOf, secondsADay } from "./day.js";

/** A part of a day's charge. */
export interface ChargeRow {
  part: string;
  /** In this state in a day. */
  seconds: number;
  /** mA */
  current: number;
  /** mAh */
  charge: number;
  source: string;
}

/** Why there is no light sleep while a microphone is open. */
const i2sLock = "ESP-IDF v6.0, esp_driver_i2s: an enabled channel holds ESP_PM_APB_FREQ_MAX";

const hours = (seconds: number): number => seconds / 3600;

/**
 * The charge of a day, part by part. The processor's states and the switched supplies are scaled from a run; the radio's
 * times are those of the day's uplinks.
 * @param board current of the whole board in deep sleep, mA; undefined: only the processor's is known
 */
export function dayCharge(
  config: CheckedNode,
  air: AirDay,
  power: PowerTimes,
  { windows, board }: { windows: number; board: { current: number; source: string } | undefined },
): { rows: ChargeRow[]; unknown: string[] } {
  const processor = processorCurrents[config.chip];
  const { seconds } = config.window;
  const run = steady(power);
  const scale = secondsADay / (run.deepSleep + run.lightSleep + run.active);
  const radio = radioCurrentsOf(config);
  const rows: ChargeRow[] = [];
  const add = (part: string, time: number, current: number, source: string): void =>
    void rows.push({ part, seconds: time, current, charge: hours(time) * current, source });
  add("processor, running", run.active * scale, processor.active, processor.source);
  const asleep = run.lightSleep * scale;
  // What the simulation does not know: I2S goes on through the window.
  const listening = config.sensors.some(({ hardware }) => hardware?.chip === "microphone")
    ? Math.min(asleep, windows * seconds)
    : 0;
  if (listening > 0) add("processor, awake for I2S", listening, processor.active, `${i2sLock}; ${processor.source}`);
  add("processor, light sleep", asleep - listening, processor.lightSleep, processor.source);
  if (board) add("board, deep sleep", run.deepSleep * scale, board.current, board.source);
  else add("processor, deep sleep", run.deepSleep * scale, processor.deepSleep, processor.source);
  add("radio, transmitting", air.airtimeSeconds, (air.transmitCharge * 3600) / air.airtimeSeconds, radio.source);
  add("radio, receive windows", (air.receiveCharge * 3600) / radio.receive, radio.receive, radio.source);
  const unknown: string[] = [];
  const chips = new Map<string, NonNullable<CheckedNode["sensors"][number]["hardware"]>>();
  for (const { name, hardware } of config.sensors) {
    if (!hardware) unknown.push(`sensor ${name}: it has no hardware`);
    else chips.set(chipKey(hardware), hardware);
  }
  for (const { chip, power: supply } of chips.values()) {
    const known = sensorCurrents[chip];
    if (!known) {
      unknown.push(`sensor chip ${chip}: loam knows no current of it`);
      continue;
    }
    if (supply) {
      const { high, low } = run.pins[supply.pin]!;
      const supplied = (supply.level ? high : low) * scale;
      add(`${chip}, supplied by GPIO${supply.pin}`, supplied, known.sampling, known.source);
      continue;
    }
    add(`${chip}, sampling`, windows * seconds, known.sampling, known.source);
    add(`${chip}, idle`, secondsADay - windows * seconds, known.idle, known.source);
  }
  if (!board)
    unknown.push("the board's regulator and other parts: no current is published, or the description names no board");
  return { rows, unknown };
}
