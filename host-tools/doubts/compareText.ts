import { formatTable } from "../lib/table.js";
import { comparisonLines, type Part } from "../store/comparison.js";
import type { NetworkComparison } from "./compare.js";

const cell = ([part, whole]: Part): string =>
  whole === 0 ? "-" : `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;

/** Lines for a person. */
export function describeComparison({ comparison, threshold, isHistoryKnown, refused }: NetworkComparison): string {
  const { all, unseen } = comparison;
  const notes = [
    ...refused.map(({ reason, count }) => `${count} refused: ${reason}`),
    ...(isHistoryKnown ? [] : ["no training.json beside it: windows that it was trained on are not told from others"]),
  ];
  return [
    `${all.windows} deferred windows, ${unseen.windows} of them not trained on; sure from ${threshold} on`,
    formatTable(
      ["", "all", "not trained on"],
      comparisonLines.map(([what, of]) => [what, cell(of(all)), cell(of(unseen))]),
    ),
    ...notes,
    "",
  ].join("\n");
}
