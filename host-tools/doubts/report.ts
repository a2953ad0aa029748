import type { DoubtExamples, LabelledDoubt } from "./examples.js";

/** What became of a cloud's doubts in a training. Accuracies are of the held-out ones, 0 to 1; null: there are none. */
export interface DoubtReport {
  taken: number;
  byPersons: number;
  /** Windows that came averaged over frames, or with fewer bits. */
  compressed: number;
  heldOut: number;
  nodes: { devEui: string; train: number; heldOut: number }[];
  refused: DoubtExamples["refused"];
  /** The nodes' own verdicts, from whole windows. */
  nodeAccuracy: number | null;
  /** The cloud's decisions, of those that it has decided. */
  cloudAccuracy: number | null;
  /** This network's. */
  accuracy: number | null;
}

const shareOf = (doubts: readonly LabelledDoubt[], isRight: (doubt: LabelledDoubt) => boolean): number | null =>
  doubts.length === 0 ? null : doubts.filter(isRight).length / doubts.length;

/** @param accuracy the trained network's on the held-out doubts */
export function doubtReport({ train, heldOut, refused }: DoubtExamples, accuracy: number | null): DoubtReport {
  const all = [...train, ...heldOut];
  const countOf = (list: readonly LabelledDoubt[], node: string) => list.filter(({ devEui }) => devEui === node).length;
  return {
    taken: all.length,
    byPersons: all.filter(({ byPerson }) => byPerson).length,
    compressed: all.filter(({ pool, bits }) => pool > 1 || bits < 8).length,
    heldOut: heldOut.length,
    nodes: [...new Set(all.map(({ devEui }) => devEui))]
      .sort()
      .map((devEui) => ({ devEui, train: countOf(train, devEui), heldOut: countOf(heldOut, devEui) })),
    refused,
    nodeAccuracy: shareOf(heldOut, ({ label, truth }) => label === truth),
    cloudAccuracy: shareOf(
      heldOut.filter(({ decidedLabel }) => decidedLabel !== null),
      ({ decidedLabel, truth }) => decidedLabel === truth,
    ),
    accuracy,
  };
}

const percent = (share: number | null): string => (share === null ? "-" : `${(100 * share).toFixed(1)} %`);

/** Lines for a person. */
export function describeDoubts(report: DoubtReport): string {
  const { taken, byPersons, compressed, heldOut, nodes, refused, nodeAccuracy, cloudAccuracy, accuracy } = report;
  const lines = [
    `${taken} doubts taken (${byPersons} labelled by persons, ${compressed} compressed on their way), ${taken - heldOut} train, ${heldOut} held out:`,
    ...nodes.map((one) => `  ${one.devEui}: ${one.train} train, ${one.heldOut} held out`),
    ...refused.map(({ reason, count }) => `  ${count} refused: ${reason}`),
    heldOut === 0
      ? "no doubt is held out: that takes labels of persons on two days of a node, or of two nodes"
      : `accuracy on the held-out doubts: the nodes ${percent(nodeAccuracy)}, the cloud ${percent(cloudAccuracy)}, this network ${percent(accuracy)}`,
  ];
  return `${lines.join("\n")}\n`;
}
