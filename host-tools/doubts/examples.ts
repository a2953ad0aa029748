import type { NodeConfig } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import type { Examples, TrainingData } from "../train/examples.js";
import type { Doubts } from "./document.js";
import { fittingDoubts, type Fitting, type FittingDoubt } from "./fitting.js";
import { splitDoubts } from "./split.js";

/** A doubt with the class that it counts as. */
export interface LabelledDoubt extends FittingDoubt {
  truth: number;
  byPerson: boolean;
}

/** Identifies a doubt, whichever cloud keeps it. */
export const doubtKey = ({ devEui, sequence, at }: Pick<FittingDoubt, "devEui" | "sequence" | "at">): string =>
  `${devEui}/${sequence}/${at}`;

export interface DoubtExamples {
  train: LabelledDoubt[];
  /** By persons only. */
  heldOut: LabelledDoubt[];
  refused: Fitting["refused"];
}

/**
 * Doubts for training and evaluation. A person's label counts, else with `cloudLabels` the cloud's decision; only persons' labels evaluate.
 * @throws UserError when there is none
 */
export function doubtExamples(
  doubts: Doubts,
  node: NodeConfig,
  { seed, cloudLabels, from }: { seed: number; cloudLabels: boolean; from: string },
): DoubtExamples {
  const { doubts: fitting, refused } = fittingDoubts(doubts, node);
  const labelled = fitting.flatMap((doubt): LabelledDoubt[] => {
    const truth = doubt.personLabel ?? (cloudLabels ? doubt.decidedLabel : null);
    return truth === null ? [] : [{ ...doubt, truth, byPerson: doubt.personLabel !== null }];
  });
  if (labelled.length === 0) throw new UserError(`${from}: ${whyNone(doubts, fitting, refused, cloudLabels)}`);
  return { ...splitDoubts(labelled, seed, ({ byPerson }) => byPerson), refused };
}

function whyNone(
  { doubts }: Doubts,
  fitting: readonly FittingDoubt[],
  refused: Fitting["refused"],
  cloudLabels: boolean,
): string {
  if (refused.length > 0 && fitting.length === 0)
    return `none of ${doubts.length} deferred windows is of this node: ${refused.map(({ reason, count }) => `${count}: ${reason}`).join("; ")}`;
  return cloudLabels
    ? "no deferred window has a label or a decision yet"
    : "no person has labelled a deferred window yet: do so on the cloud's page, or take the cloud's own decisions with --cloud-labels";
}

const examplesOf = (doubts: readonly LabelledDoubt[], windowSize: number): Examples => {
  const features = new Float32Array(doubts.length * windowSize);
  doubts.forEach(({ window }, i) => features.set(window, i * windowSize));
  return { count: doubts.length, features, labels: Int32Array.from(doubts, ({ truth }) => truth) };
};

/** The same recordings with the doubts after them. The normalizer stays that of the recordings. */
export function withDoubts<T extends TrainingData>(data: T, doubts: readonly LabelledDoubt[]): T {
  const { train } = data;
  const more = examplesOf(doubts, data.frames * data.featureNames.length);
  const features = new Float32Array(train.features.length + more.features.length);
  features.set(train.features);
  features.set(more.features, train.features.length);
  return {
    ...data,
    train: { count: train.count + more.count, features, labels: Int32Array.from([...train.labels, ...more.labels]) },
  };
}

export const heldOutExamples = (
  { heldOut }: DoubtExamples,
  { frames, featureNames }: Pick<TrainingData, "frames" | "featureNames">,
): Examples => examplesOf(heldOut, frames * featureNames.length);
