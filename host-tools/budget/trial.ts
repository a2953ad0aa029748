import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { writeFileAtomic } from "../lib/files.js";
import { cacheRoot } from "../lib/paths.js";
import { simulate } from "../simulate/simulate.js";
import type { SimulationSummary } from "../simulate/summary.js";
import { hostManifest } from "../node/nodeFolder.js";
import { UserError } from "../lib/errors.js";
import {
  buildHost,
  exitCodes,
  runHost,
  type HeapUse,
  type HostProgram,
  type PowerTimes,
  type RunOptions,
  type RunResult,
} from "../xs/index.js";
import { standInModel, standInNormalizer, trialRecording } from "./trialNode.js";

/** What the node needed in a run under XS. */
export interface Trial {
  summary: SimulationSummary;
  heap: HeapUse;
  /** How long each state lasted. */
  power: PowerTimes;
  /** Smallest memory of XS with which the node gets through its windows, bytes; rounded up to `step` when it is more than the firmware has. */
  xsBytes: number;
  /** The firmware's: creation.static of its manifest. */
  xsLimit: number;
}

/** Enough for a join, and for windows with their uplinks and, when it sleeps, a deep sleep after each. */
const windows = 3;
const step = 2048;
/** More memory of XS than any supported chip has. */
const most = 1 << 20;

/** The program's list of modules with another size of XS's memory, and the size that it has. */
async function creationOf(program: HostProgram): Promise<{ text: (xsBytes: number) => string; xsLimit: number }> {
  const modules = await readFile(program.modules, "utf8");
  const creation = /^creation\t(\d+)/m;
  return {
    text: (xsBytes) => modules.replace(creation, `creation\t${xsBytes}`),
    xsLimit: Number(creation.exec(modules)?.[1] ?? 0),
  };
}

/**
 * Runs the node under XS for three windows of random readings, with simulated radio, gateway and cloud. When the memory that its manifest gives XS
 * is not enough, further runs find how much would be.
 * @param model .tflite with normalizer.bin beside it; default: a stand-in of the node's shape
 */
export async function tryNode(config: NodeConfig, model?: string): Promise<Trial> {
  const folder = path.join(cacheRoot, "budget", `${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    const recording = path.join(folder, "trial.csv");
    await writeFileAtomic(recording, trialRecording(config, windows));
    let used = model;
    if (used === undefined) {
      used = path.join(folder, "model.tflite");
      await writeFileAtomic(used, standInModel(config));
      await writeFileAtomic(path.join(folder, "normalizer.bin"), standInNormalizer(config));
    }
    const predict = () => Promise.resolve(Float32Array.from(config.classes, (_, i) => (i === 0 ? 1 : 0)));
    const program = await buildHost({ manifest: hostManifest() });
    const { text, xsLimit } = await creationOf(program);
    let power: PowerTimes | undefined;
    let heap: HeapUse | undefined;
    /** @returns undefined when `xsBytes` are not enough */
    const fits = async (xsBytes: number): Promise<SimulationSummary | undefined> => {
      const modules = path.join(folder, "modules.txt");
      await writeFileAtomic(modules, text(xsBytes));
      let isFull = false as boolean;
      const run = async (given: RunOptions): Promise<RunResult> => {
        const result = await runHost({ ...program, modules }, given);
        ({ power, heap } = result);
        isFull = result.exitCode === exitCodes.resources || (heap !== undefined && heap.peakBytes > xsBytes);
        return result;
      };
      try {
        return await simulate({ recording, config, model: used, predict, run });
      } catch (error) {
        if (isFull) return undefined;
        throw error;
      }
    };
    const done = (summary: SimulationSummary, xsBytes: number): Trial => ({
      summary,
      xsBytes,
      xsLimit,
      heap: heap!,
      power: power!,
    });
    const first = await fits(xsLimit);
    if (first) return done(first, first.heapPeakBytes);
    let [low, high] = [Math.floor(xsLimit / step), most / step];
    let summary = await fits(most);
    if (!summary)
      throw new UserError(`a window of this node needs more than ${most.toLocaleString("en-US")} bytes of XS's memory`);
    high = Math.min(high, Math.ceil(summary.heapPeakBytes / step));
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const smaller = await fits(middle * step);
      if (smaller) [high, summary] = [middle, smaller];
      else low = middle;
    }
    return done(summary, high * step);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
