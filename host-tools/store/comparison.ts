/** A deferred window, and what a retrained network says of it. Labels are numbers of classes. */
export interface ComparedDoubt {
  /** The node's own verdict, of which it was not sure. */
  label: number;
  /** The cloud's decision, and what a person says; null: nothing yet. */
  decidedLabel: number | null;
  personLabel: number | null;
  newLabel: number;
  newConfidence: number;
  /** The network was trained on this window, so it says nothing of how good that is. */
  isTrained: boolean;
}

/** Numbers of windows. */
export interface ComparisonCounts {
  windows: number;
  /** With another label than the node's. */
  changed: number;
  /** Confidence at the threshold or above it: the node would act, and not ask. */
  sure: number;
  /** With a person's label; the following four are of these. */
  labelled: number;
  nodeRight: number;
  newRight: number;
  sureRight: number;
  /** It would act wrongly where the node has asked. */
  sureWrong: number;
  /** With a decision of the cloud, and the same label as that. */
  decided: number;
  asCloud: number;
}

export interface Comparison {
  all: ComparisonCounts;
  /** Without those that it was trained on. */
  unseen: ComparisonCounts;
}

function countsOf(doubts: readonly ComparedDoubt[], threshold: number): ComparisonCounts {
  const count = (...tests: ((doubt: ComparedDoubt) => boolean)[]): number =>
    doubts.filter((doubt) => tests.every((test) => test(doubt))).length;
  const isSure = ({ newConfidence }: ComparedDoubt) => newConfidence >= threshold;
  const isLabelled = ({ personLabel }: ComparedDoubt) => personLabel !== null;
  const isRight = ({ personLabel, newLabel }: ComparedDoubt) => newLabel === personLabel;
  return {
    windows: doubts.length,
    changed: count(({ label, newLabel }) => label !== newLabel),
    sure: count(isSure),
    labelled: count(isLabelled),
    nodeRight: count(({ label, personLabel }) => label === personLabel),
    newRight: count(isRight),
    sureRight: count(isSure, isRight),
    sureWrong: count(isSure, isLabelled, (doubt) => !isRight(doubt)),
    decided: count(({ decidedLabel }) => decidedLabel !== null),
    asCloud: count(({ decidedLabel, newLabel }) => decidedLabel === newLabel),
  };
}

/** What a retrained network changes. @param threshold of confidence, 0 to 1 */
export function comparisonOf(doubts: readonly ComparedDoubt[], threshold: number): Comparison {
  const unseen = doubts.filter(({ isTrained }) => !isTrained);
  return { all: countsOf(doubts, threshold), unseen: countsOf(unseen, threshold) };
}

export type Part = [count: number, whole: number];

/** What is shown of a comparison, line by line. */
export const comparisonLines: readonly [what: string, of: (counts: ComparisonCounts) => Part][] = [
  ["another class than the node's", ({ changed, windows }) => [changed, windows]],
  ["sure: would act, and not ask", ({ sure, windows }) => [sure, windows]],
  ["as the cloud has decided", ({ asCloud, decided }) => [asCloud, decided]],
  ["right by persons' labels: the node", ({ nodeRight, labelled }) => [nodeRight, labelled]],
  ["right by persons' labels: this network", ({ newRight, labelled }) => [newRight, labelled]],
  ["sure and right", ({ sureRight, labelled }) => [sureRight, labelled]],
  ["sure and wrong", ({ sureWrong, labelled }) => [sureWrong, labelled]],
];
