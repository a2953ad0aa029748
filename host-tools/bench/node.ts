import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { rollingSamples, type NodeConfig } from "../../device/config.js";
import { buildChip } from "../chip/image.js";
import type { ChipMemory, ChipReport, ChipWindow } from "../chip/report.js";
import { runChip } from "../chip/run.js";
import { UserError } from "../lib/errors.js";
import { hostManifest } from "../node/nodeFolder.js";
import { generateRecordings } from "../recordings/generate.js";
import type { SimulationEvent } from "../simulate/events.js";
import { simulate } from "../simulate/simulate.js";
import { stages, stageOf, type Stage } from "./stages.js";

export interface NodeBenchOptions {
  config: NodeConfig;
  /** A recorded day, CSV; default: a simulated one, the same each time. */
  recording?: string;
  /** int8 .tflite with normalizer.bin beside it; default: the firmware's. */
  model?: string;
  /** A file with an app script's text, which the node compiles at each wake in the place of the firmware's own. */
  script?: string;
  /** Windows to run, 3 or more: the first two, in which the node starts and joins, are left out of the means. */
  windows: number;
  onWindow?(done: number): void;
  onEvent?(event: SimulationEvent): void;
}

/** Bytes of RAM. */
export interface MemoryPart {
  part: string;
  peak: number;
  reserved: number;
}

export interface NodeBench {
  /** Those in the means. */
  windows: number;
  /** Instructions from a window's end to the next one's: means. */
  instructions: number;
  stages: { stage: Stage; instructions: number }[];
  /** From the last sample to the verdict. */
  toVerdict: number;
  /** Garbage collections of the node's machine in all of them; of these, until the verdict; and of the app script's. */
  collections: number;
  windowCollections: number;
  scriptCollections: number;
  memory: MemoryPart[];
  /** Of all parts. */
  reserved: number;
  /** What the chip has. */
  ram: number;
  /** Bytes of flash of the machine with its modules. */
  image: number;
}

/** ESP32-C3: 400 KB of SRAM. */
const chipRam = 400 * 1024;

const mean = (values: number[]): number => Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);

function memoryParts(memory: ChipMemory, config: NodeConfig, arenaUsed: number): MemoryPart[] {
  const rings = config.sensors.reduce((sum, sensor) => sum + 4 * rollingSamples(config, sensor), 0);
  const arena = config.model.arenaBytes;
  // XS gives back what it has reserved for chunks when slots need it: their peak may have had memory that is the slots' at the end.
  const forChunks = memory.xs - memory.slotsReserved - memory.stackReserved;
  const chunks = Math.min(forChunks, Math.max(memory.chunksReserved, memory.chunkPeak));
  const native = memory.heap - memory.xs - arena;
  return [
    { part: "XS slots", peak: memory.slotPeak, reserved: memory.slotsReserved },
    {
      part: "XS chunks, without ring buffers",
      peak: Math.min(chunks, memory.chunkPeak) - rings,
      reserved: chunks - rings,
    },
    { part: "ring buffers", peak: rings, reserved: rings },
    { part: "XS stack", peak: memory.stackPeak, reserved: memory.stackReserved },
    { part: "XS, not yet given to slots or chunks", peak: 0, reserved: forChunks - chunks },
    { part: "arena", peak: arenaUsed, reserved: arena },
    { part: "native heap", peak: native, reserved: native },
    { part: "C stack", peak: memory.cStackPeak, reserved: memory.cStackReserved },
    { part: "radio driver's stack", peak: memory.driverStackPeak, reserved: memory.driverStackReserved },
    { part: "statics", peak: memory.statics, reserved: memory.statics },
  ];
}

/** Windows before the first that is as all others: in the second one the uplinks of the first are sent. */
const starting = 2;

function summarizeWindows(
  windows: readonly ChipWindow[],
): Pick<
  NodeBench,
  "windows" | "instructions" | "stages" | "toVerdict" | "collections" | "windowCollections" | "scriptCollections"
> {
  const steady = windows.slice(starting);
  const ofStage = (window: ChipWindow, stage: Stage): number =>
    Object.entries(window.modules).reduce((sum, [name, count]) => sum + (stageOf(name) === stage ? count : 0), 0);
  const judged = steady.filter(({ toVerdict }) => toVerdict > 0);
  const means = stages.map((stage) => ({ stage, instructions: mean(steady.map((window) => ofStage(window, stage))) }));
  return {
    windows: steady.length,
    instructions: means.reduce((sum, { instructions }) => sum + instructions, 0),
    stages: means,
    toVerdict: judged.length ? mean(judged.map(({ toVerdict }) => toVerdict)) : 0,
    collections: steady.reduce((sum, { collections }) => sum + collections, 0),
    windowCollections: steady.reduce((sum, { windowCollections }) => sum + windowCollections, 0),
    scriptCollections: steady.reduce((sum, { scriptCollections }) => sum + scriptCollections, 0),
  };
}

/** For people. */
export const describeCollections = ({
  collections,
  windowCollections,
  scriptCollections,
  windows,
}: NodeBench): string =>
  `${windowCollections} garbage collections of the node's machine while samples come and are judged in ${windows} windows, ${collections - windowCollections} after them, and ${scriptCollections} of the app script's small one`;

/**
 * Runs the node on the emulated chip for some windows, and measures it.
 * @throws MissingTool without cross compiler or emulator; UserError when the node fails, or the recording is too short
 */
export async function benchNode(options: NodeBenchOptions): Promise<NodeBench> {
  const work = await mkdtemp(path.join(tmpdir(), "loam-bench-"));
  try {
    return await benchIn(work, options);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A day of its own, for figures that do not depend on what has been recorded. */
export async function simulatedDay(folder: string, config: NodeConfig): Promise<string> {
  await generateRecordings(folder, config, { days: 3, seed: 1 });
  const test = path.join(folder, "test");
  return path.join(test, (await readdir(test)).sort()[0]!);
}

async function benchIn(work: string, options: NodeBenchOptions): Promise<NodeBench> {
  const { config, model } = options;
  const recording = options.recording ?? (await simulatedDay(path.join(work, "recordings"), config));
  const chip = await buildChip({ manifest: hostManifest() });
  const enough = new AbortController();
  let report: ChipReport = { windows: [], memory: undefined, costs: undefined };
  let done = 0;
  let arenaUsed = 0;
  await simulate({
    recording,
    config,
    ...(model && { model }),
    ...(options.onEvent && { onEvent: options.onEvent }),
    signal: enough.signal,
    async run(given) {
      const result = await runChip(chip, {
        ...given,
        resources: { ...given.resources, ...(options.script !== undefined && { "app.js": options.script }) },
        onLine(line) {
          given.onLine?.(line);
          if (line.startsWith('{"event":"start"')) ({ arenaUsed } = JSON.parse(line) as { arenaUsed: number });
          if (!line.startsWith('{"event":"window"')) return;
          options.onWindow?.(++done);
          if (done === options.windows) enough.abort();
        },
      });
      ({ report } = result);
      return result;
    },
  });
  const windows = report.windows.slice(0, options.windows);
  const { memory } = report;
  if (windows.length <= starting || !memory)
    throw new UserError(`${recording}: ${windows.length} windows were run, at least ${starting + 1} are needed`);
  const parts = memoryParts(memory, config, arenaUsed);
  return {
    ...summarizeWindows(windows),
    memory: parts,
    reserved: parts.reduce((sum, { reserved }) => sum + reserved, 0),
    ram: chipRam,
    image: memory.image,
  };
}
