import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { readUserFile, writeFileAtomic } from "../lib/files.js";
import { parseJson } from "../lib/json.js";
import type { Needs } from "./measure.js";

/** How a candidate did on the validation windows, 0 to 1, with the weights of its best epoch. */
export interface Trial {
  epochs: number;
  accuracy: number;
  balancedAccuracy: number;
  /** Cross-entropy in nats. */
  loss: number;
}

/** Everything that a search has found out so far. */
export interface SearchState {
  /** Of data and options: a state of another search is not used. */
  fingerprint: string;
  /** By shape. */
  needs: Record<string, Needs>;
  /** By candidate: its last trial of each rung, in order. */
  trials: Record<string, Trial[]>;
}

export const searchFolder = (out: string): string => path.join(out, "search");
const stateFile = (folder: string): string => path.join(folder, "state.json");

export const saveState = (folder: string, state: SearchState): Promise<void> =>
  writeFileAtomic(stateFile(folder), `${JSON.stringify(state, null, 2)}\n`);

/** The state of an interrupted search, if it is there and of this one. @throws UserError when it cannot be read */
export async function loadState(folder: string, fingerprint: string): Promise<SearchState | undefined> {
  const file = stateFile(folder);
  if (!existsSync(file)) return undefined;
  const state = parseJson(await readUserFile(file, "the state of a search"), file) as Partial<SearchState>;
  if (typeof state.fingerprint !== "string" || !state.needs || !state.trials)
    throw new UserError(`${file} is no state of a search: delete it to start over`);
  return state.fingerprint === fingerprint ? (state as SearchState) : undefined;
}
