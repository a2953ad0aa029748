import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import { differencesOf, type NetworkNode } from "../node/networkNode.js";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import type { TrainOptions } from "./train.js";

/** One pass over the training windows. Losses are what the training makes small: of classes mean cross-entropies in nats; accuracy is of the validation windows, 0 to 1, where there are classes. */
export interface Epoch {
  trainLoss: number;
  loss: number;
  accuracy?: number;
}

export interface CheckpointAbout {
  /** Such as epochs and rate, by their names. */
  options: Readonly<Record<string, number>>;
  features: readonly string[];
  classes: readonly string[];
  node?: NetworkNode | undefined;
}

/** Everything that the rest of a training depends on, after a whole epoch. */
export interface Checkpoint {
  /** Of data and options: a checkpoint of another training is not used. */
  fingerprint: string;
  /** What of it can be named. Undefined: of an earlier version. */
  about?: CheckpointAbout;
  epoch: number;
  weights: Float32Array[];
  adamStep: number;
  adamFirst: Float32Array[];
  adamSecond: Float32Array[];
  best: { loss: number; epoch: number; weights: Float32Array[] };
  history: Epoch[];
}

export const checkpointFile = (folder: string): string => path.join(folder, "checkpoint.bin");

export async function saveCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  await writeFileAtomic(file, serialize(checkpoint));
}

/** The checkpoint in `file` if it is there and of this training. @param onOther told in what one of another training differs @throws UserError when it cannot be read */
export async function loadCheckpoint(
  file: string,
  fingerprint: string,
  about: CheckpointAbout,
  onOther?: (difference: string) => void,
): Promise<Checkpoint | undefined> {
  if (!existsSync(file)) return undefined;
  let found: Checkpoint;
  try {
    found = deserialize(await readFile(file)) as Checkpoint;
  } catch (error) {
    throw new UserError(`${file} is not a checkpoint (${(error as Error).message}): delete it to restart`);
  }
  if (found.fingerprint === fingerprint) return found;
  onOther?.(otherwise(found.about, about));
  return undefined;
}

/** In what a training differs from an earlier one. */
function otherwise(was: CheckpointAbout | undefined, is: CheckpointAbout): string {
  if (!was) return "of an earlier version";
  const names = Object.keys(is.options).filter((name) => was.options[name] !== is.options[name]);
  const texts = names.map((name) => `${name} was ${was.options[name]}, is ${is.options[name]}`);
  if (was.node && is.node) texts.push(...differencesOf(was.node, is.node).map(({ text }) => text));
  return texts.length > 0 ? texts.join("; ") : "other recordings, or another network";
}

/** A training that goes on, or cannot, says so: a newcomer who changed something expects a new one, and one who did not, that it goes on. */
export const tellingResumes = (file: string): Pick<TrainOptions, "checkpoint" | "onResume" | "onOther"> => ({
  checkpoint: file,
  onResume: (epochs) =>
    void process.stderr.write(`resumed after epoch ${epochs} from ${file}, which is of the same data and options\n`),
  onOther: (difference) => void process.stderr.write(`begins anew: ${file} is of another training: ${difference}\n`),
});
