import { createHash } from "node:crypto";
import path from "node:path";
import type * as tfl from "@tensorflow/tfjs-layers";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { evaluateFloat } from "../evaluate/evaluate.js";
import { confusionMatrix, scoresOf, verdicts } from "../evaluate/metrics.js";
import type { ExpectedTarget } from "../inference/expected.js";
import { UserError } from "../lib/errors.js";
import { silentProgress, startProgress } from "../lib/progress.js";
import type { TrainingData } from "../train/examples.js";
import { makeNetwork } from "../train/network.js";
import { scoreOf } from "../train/predict.js";
import { familyOf, parseShape } from "../train/shapes.js";
import { trainDefaults, trainModel, type Trained, type TrainOptions } from "../train/train.js";
import { needsOf, overBudget, type Budget, type Needs } from "./measure.js";
import { loadState, saveState, type SearchState, type Trial } from "./state.js";

/** One way to train one network. */
export interface Candidate {
  /** Its shape, with "+" when augmented. */
  name: string;
  shape: string;
  augment: boolean;
}

export interface Point extends Candidate {
  needs: Needs;
  /** None: over the budget. */
  trial?: Trial;
  /** What is over the budget. */
  over: string[];
  /** No other is as good with fewer instructions. */
  pareto: boolean;
}

export interface SearchResult {
  points: Point[];
  chosen: Candidate;
  rungs: { epochs: number; candidates: number }[];
}

export interface SearchOptions extends TrainOptions {
  budget: Budget;
  target: ExpectedTarget;
  /** Of the state, and each candidate's checkpoint. */
  folder: string;
  /** Default: the family of the node's frames. */
  shapes?: string[];
  /** Told how many candidates are known already. */
  onResumeSearch?: (trials: number) => void;
}

/** Of the epochs of a whole training, in which the worse half has left each time. */
const shares = [1 / 8, 1 / 4, 1 / 2, 1];

/**
 * Successive halving (Jamieson and Talwalkar, 2016): every candidate under the budget is trained for an eighth of the epochs, the better half of them goes on to a quarter, and
 * so on; the best at the end is chosen, by balanced accuracy on the validation windows. The state is written after each candidate; an interrupted search
 * resumes from it with the same outcome.
 * @throws UserError when no candidate is under the budget
 */
export async function searchNetwork(
  data: TrainingData,
  options: SearchOptions,
): Promise<Trained & { search: SearchResult }> {
  await startBackend();
  const { folder, budget, target, seed = trainDefaults.seed, epochs = trainDefaults.epochs } = options;
  const shapes = options.shapes ?? familyOf(data.steps ?? data.frames);
  const print = fingerprint(data, shapes, options);
  const found = options.resume === false ? undefined : await loadState(folder, print);
  const state: SearchState = found ?? { fingerprint: print, needs: {}, trials: {} };
  if (found) options.onResumeSearch?.(Object.values(state.trials).flat().length);
  await measureAll(state, shapes, data, { folder, target, seed });
  const over = (shape: string): string[] => overBudget(state.needs[shape]!, budget);
  const fitting = shapes.filter((shape) => over(shape).length === 0);
  if (fitting.length === 0) throw tooSmall(shapes, over);
  let alive = fitting.flatMap((shape): Candidate[] => [
    ...(data.augmentation ? [{ name: `${shape}+`, shape, augment: true }] : []),
    { name: shape, shape, augment: false },
  ]);
  const all = alive;
  const plan = shares.map((share) => Math.max(1, Math.round(share * epochs)));
  const rungs: SearchResult["rungs"] = [];
  const progress = options.progress ?? startProgress("search", stepsOf(alive.length, plan));
  let done = 0;
  for (const [rung, until] of plan.entries()) {
    rungs.push({ epochs: until, candidates: alive.length });
    for (const candidate of alive) {
      progress.update(done, `${candidate.name}, ${until} epochs`);
      const trials = (state.trials[candidate.name] ??= []);
      if (trials.length <= rung) {
        const { model } = await trainCandidate(candidate, data, options, until);
        trials.push({ epochs: until, ...validationOf(model, data) });
        model.dispose();
        await saveState(folder, state);
      }
      done += until - (plan[rung - 1] ?? 0);
    }
    if (rung < plan.length - 1) alive = better(alive, state).slice(0, Math.max(2, Math.ceil(alive.length / 2)));
  }
  const [chosen] = better(alive, state);
  progress.finish(chosen!.name);
  const points = all.map((candidate): Point => {
    const needs = state.needs[candidate.shape]!;
    return { ...candidate, needs, trial: state.trials[candidate.name]!.at(-1)!, over: [], pareto: false };
  });
  for (const point of points) point.pareto = points.every((other) => !dominates(other, point));
  const refused = shapes
    .filter((shape) => !fitting.includes(shape))
    .map((shape): Point => ({
      name: shape,
      shape,
      augment: false,
      needs: state.needs[shape]!,
      over: over(shape),
      pareto: false,
    }));
  // All of its epochs are in its checkpoint.
  const trained = await trainCandidate(chosen!, data, options, epochs);
  return { ...trained, search: { points: [...points, ...refused], chosen: chosen!, rungs } };
}

const stepsOf = (candidates: number, plan: number[]): number => {
  let alive = candidates;
  return plan.reduce((sum, until, rung) => {
    const steps = alive * (until - (plan[rung - 1] ?? 0));
    alive = Math.max(2, Math.ceil(alive / 2));
    return sum + steps;
  }, 0);
};

async function measureAll(
  state: SearchState,
  shapes: string[],
  data: TrainingData,
  { folder, target, seed }: { folder: string; target: ExpectedTarget; seed: number },
): Promise<void> {
  for (const shape of shapes) {
    if (state.needs[shape]) continue;
    const { frames, steps = frames, featureNames, classes } = data;
    const model = makeNetwork(frames, featureNames.length, classes.length, seed, parseShape(shape, steps), steps);
    state.needs[shape] = await needsOf(model, data, target);
    model.dispose();
    await saveState(folder, state);
  }
}

function tooSmall(shapes: string[], over: (shape: string) => string[]): UserError {
  const lines = shapes.map((shape) => `  ${shape}: ${over(shape).join("; ")}`);
  return new UserError(
    `no network of the search fits the node:\n${lines.join("\n")}\nallow more (model.arenaBytes, --flash, --instructions), or use fewer frames or features`,
  );
}

function trainCandidate(
  { name, shape, augment }: Candidate,
  data: TrainingData,
  options: SearchOptions,
  until: number,
): Promise<Trained> {
  const { augmentation, ...plain } = data;
  const { seed, epochs, batch, rate, patience, balance, resume } = options;
  return trainModel(augment && augmentation ? data : plain, {
    ...(seed !== undefined && { seed }),
    ...(epochs !== undefined && { epochs }),
    ...(batch !== undefined && { batch }),
    ...(rate !== undefined && { rate }),
    ...(patience !== undefined && { patience }),
    ...(balance !== undefined && { balance }),
    shape: parseShape(shape, data.steps ?? data.frames),
    until,
    checkpoint: path.join(options.folder, `${name}.bin`),
    // Only the first rung starts over.
    resume: resume !== false || until > Math.max(1, Math.round(shares[0]! * (epochs ?? trainDefaults.epochs))),
    progress: silentProgress,
  });
}

function validationOf(model: tfl.LayersModel, data: TrainingData): Omit<Trial, "epochs"> {
  const { labels } = data.validation;
  const classes = data.classes.length;
  const probabilities = evaluateFloat(model, data.validation, data);
  const { accuracy, balancedAccuracy } = scoresOf(
    confusionMatrix(labels, verdicts(probabilities, classes).labels, classes),
  );
  return { accuracy, balancedAccuracy, loss: scoreOf(probabilities, labels, classes).loss };
}

/** The best first: by balanced accuracy, of equal ones by loss. */
function better(candidates: Candidate[], { trials }: SearchState): Candidate[] {
  const last = ({ name }: Candidate): Trial => trials[name]!.at(-1)!;
  return [...candidates].sort(
    (a, b) => last(b).balancedAccuracy - last(a).balancedAccuracy || last(a).loss - last(b).loss,
  );
}

const dominates = (a: Point, b: Point): boolean =>
  a.needs.instructions <= b.needs.instructions &&
  a.trial!.balancedAccuracy >= b.trial!.balancedAccuracy &&
  (a.needs.instructions < b.needs.instructions || a.trial!.balancedAccuracy > b.trial!.balancedAccuracy);

function fingerprint(data: TrainingData, shapes: string[], options: SearchOptions): string {
  const { seed, epochs, batch, rate, patience, balance, target } = options;
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([shapes, seed, epochs, batch, rate, patience, balance, target, data.featureNames, data.classes]),
  );
  for (const { features, labels } of [data.train, data.validation])
    hash.update(new Uint8Array(features.buffer, features.byteOffset, features.byteLength)).update(labels);
  return hash.digest("hex");
}
