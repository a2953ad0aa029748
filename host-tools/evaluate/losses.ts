import { percent } from "../web/format.js";
import type { Baseline } from "./baselines.js";
import type { Scores } from "./metrics.js";

/** A form of the network, or of it on one of the engines, on the same windows as the others. */
export interface Stage {
  name: string;
  metrics: Scores & { windows: number };
}

/** Accuracy that a stage may lose to the one before it without a word. */
const allowedLoss = 0.02;

const advice: Record<string, string> = {
  pruned:
    "prune less (loam prune --ratio), fine-tune for longer, or search for a small network instead (loam train --search)",
  int8: "calibrate on more and other windows (loam convert --calibrate), and see with loam compare which layer loses it",
};

/** Twice the standard deviation of the difference of two shares of so many windows, taken as independent. */
const chance = (a: number, b: number, windows: number): number => 2 * Math.sqrt((a * (1 - a) + b * (1 - b)) / windows);

/**
 * In words, where a stage loses what it should not to the one before it (over two points, and more than chance explains), and where the last one is no better than
 * a baseline. Empty: nothing to say.
 */
export function lossesOf(stages: Stage[], baselines: Baseline[]): string[] {
  const said: string[] = [];
  stages.slice(1).forEach(({ name, metrics }, index) => {
    const before = stages[index]!;
    const lost = before.metrics.accuracy - metrics.accuracy;
    if (lost <= Math.max(allowedLoss, chance(before.metrics.accuracy, metrics.accuracy, metrics.windows))) return;
    const kind = Object.keys(advice).find((each) => name.startsWith(each));
    said.push(
      `${name}: ${percent(metrics.accuracy)} accuracy, ${(100 * lost).toFixed(1)} points under ${before.name} (${percent(before.metrics.accuracy)}) on ${metrics.windows} windows${kind ? `: ${advice[kind]}` : ""}`,
    );
  });
  const last = stages.at(-1);
  for (const { name, note, accuracy, balancedAccuracy } of last ? baselines : [])
    if (last!.metrics.balancedAccuracy <= balancedAccuracy)
      said.push(
        `${last!.name}: ${percent(last!.metrics.balancedAccuracy)} balanced accuracy, no more than the ${name} baseline (${note}): ${percent(balancedAccuracy)}, accuracy ${percent(accuracy)}`,
      );
  return said;
}

export function warnOfLosses(losses: readonly string[]): void {
  for (const loss of losses) process.stderr.write(`warning: ${loss}.\n`);
}
