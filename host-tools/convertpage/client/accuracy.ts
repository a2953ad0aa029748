import type { OperatorCost } from "../../bench/operatorCosts.js";
import { chips } from "../chips.js";
import { trial } from "../estimate.js";
import { percent } from "./text.js";

/** A sentence on how good the estimates are: each measured model estimated from the others. */
export function accuracyOf(costs: readonly OperatorCost[]): string {
  const sets = [...new Set(chips.map(({ set }) => set))];
  const errors = sets.flatMap((set) => [...trial(costs, set).values()].map((ratio) => Math.abs(ratio - 1)));
  errors.sort((a, b) => a - b);
  const at = (share: number): string => percent(errors[Math.floor(share * (errors.length - 1))]!);
  return `Of the ${errors.length / sets.length} measured models, each estimated from the others, half are off by less than ${at(0.5)} and nine in ten by less than ${at(0.9)}.`;
}
