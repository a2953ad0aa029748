import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { verdicts } from "../evaluate/metrics.js";
import { project } from "../evaluate/projection.js";
import { Random } from "../lib/random.js";
import type { Explorer } from "../report/data.js";
import type { Dataset } from "../train/dataset.js";
import { gather, normalize } from "../train/examples.js";
import { signalsOf } from "./signals.js";

/** Windows that a page can show; of more, the wrong ones first. */
const most = 1000;

/** Which windows are shown, in their order: those that were wrong, and of the others a sample. */
function shown(isWrong: readonly boolean[], seed: number): Int32Array {
  const order = new Random(`explorer/${seed}`).order(isWrong.length);
  const first = [...order].sort((a, b) => Number(isWrong[b]) - Number(isWrong[a]));
  return Int32Array.from(first.slice(0, most)).sort();
}

/**
 * The held-out windows as the network has seen them, each with its place among the others by its features, and what was measured in it.
 * @param probabilities of the network on them, [window][class]
 */
export async function explorerOf(
  data: Dataset,
  config: NodeConfig,
  probabilities: Float32Array,
  seed: number,
): Promise<Explorer> {
  const { test, classes, files } = data;
  const given = verdicts(probabilities, classes.length);
  const isWrong = Array.from(test.labels, (label, window) => label !== given.labels[window]);
  const chosen = shown(isWrong, seed);
  const size = test.features.length / test.count;
  const rows = normalize(gather(test, chosen, 0, chosen.length, size), data.normalizer);
  const { places, explained } = project(rows, chosen.length);
  const signals = new Map<number, Awaited<ReturnType<typeof signalsOf>>>();
  for (const [index, file] of files.test.entries()) {
    const starts = [...chosen].filter((window) => test.files[window] === index).map((window) => test.times[window]!);
    if (starts.length > 0) signals.set(index, await signalsOf(file, config, starts));
  }
  return {
    explained,
    seconds: config.window.seconds,
    held: test.count,
    wrong: isWrong.filter(Boolean).length,
    windows: Array.from(chosen, (window, at) => ({
      recording: path.basename(files.test[test.files[window]!]!),
      time: test.times[window]!,
      truth: classes[test.labels[window]!]!,
      verdict: classes[given.labels[window]!]!,
      confidence: Number(given.confidences[window]!.toFixed(4)),
      x: Number(places[at]!.x.toPrecision(5)),
      y: Number(places[at]!.y.toPrecision(5)),
      signals: signals.get(test.files[window]!)!.get(test.times[window]!)!,
    })),
  };
}
