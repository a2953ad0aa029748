import { formatTable } from "../lib/table.js";
import type { ComparisonCounts } from "../store/comparison.js";
import type { NetworkComparison } from "./compare.js";

type Line = [what: string, of: (counts: ComparisonCounts) => number, whole: (counts: ComparisonCounts) => number];

const lines: Line[] = [
  ["another class than the node's", ({ changed }) => changed, ({ windows }) => windows],
  ["sure: would act, and not ask", ({ sure }) => sure, ({ windows }) => windows],
  ["as the cloud has decided", ({ asCloud }) => asCloud, ({ decided }) => decided],
  ["right by persons' labels: the node", ({ nodeRight }) => nodeRight, ({ labelled }) => labelled],
  ["right by persons' labels: this network", ({ newRight }) => newRight, ({ labelled }) => labelled],
  ["sure and right", ({ sureRight }) => sureRight, ({ labelled }) => labelled],
  ["sure and wrong", ({ sureWrong }) => sureWrong, ({ labelled }) => labelled],
];

const cell = (part: number, whole: number): string =>
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
      lines.map(([what, of, whole]) => [what, cell(of(all), whole(all)), cell(of(unseen), whole(unseen))]),
    ),
    ...notes,
    "",
  ].join("\n");
}
