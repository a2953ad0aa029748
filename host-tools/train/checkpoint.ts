import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";

/** One pass over the training windows. Losses are mean cross-entropies in nats; accuracy is of the validation windows, 0 to 1. */
export interface Epoch {
  trainLoss: number;
  loss: number;
  accuracy: number;
}

/** Everything that the rest of a training depends on, after a whole epoch. */
export interface Checkpoint {
  /** Of data and options: a checkpoint of another training is not used. */
  fingerprint: string;
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

/** The checkpoint in `file` if it is there and of this training. @throws UserError when it cannot be read */
export async function loadCheckpoint(file: string, fingerprint: string): Promise<Checkpoint | undefined> {
  if (!existsSync(file)) return undefined;
  let found: Checkpoint;
  try {
    found = deserialize(await readFile(file)) as Checkpoint;
  } catch (error) {
    throw new UserError(`${file} is not a checkpoint (${(error as Error).message}): delete it to restart`);
  }
  return found.fingerprint === fingerprint ? found : undefined;
}

/** A training that goes on says so: a newcomer who changed something expects a new one. */
export const tellResumed = (file: string, epochs: number): void =>
  void process.stderr.write(`resumed after epoch ${epochs} from ${file}, which is of the same data and options\n`);
