import { existsSync } from "node:fs";
import type { PersistedMemory } from "../cloud/memory.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { UserError } from "../lib/errors.js";
import { readUserFile, writeFileAtomic } from "../lib/files.js";
import type { NetworkServer } from "./networkserver.js";

/** Changes when the content below does. */
const version = 1;

export interface PersistedState {
  region: RegionName;
  network: ReturnType<NetworkServer["save"]>;
  /** What nodes have told, to know what comes again. */
  told: PersistedMemory;
}

/** Reads a state that `StateFile` wrote; undefined when there is none yet. @throws UserError, which shows nothing of the content: it has keys */
export async function readState(file: string, region: RegionName): Promise<PersistedState | undefined> {
  if (!existsSync(file)) return undefined;
  const text = (await readUserFile(file, "the state")).toString("utf8");
  let state: Partial<PersistedState & { version: number }> | null;
  try {
    state = JSON.parse(text) as typeof state;
  } catch {
    throw new UserError(
      `${file}: no JSON. A state is written by loam gateway --state; choose another file, or delete this one: the nodes will have to join again`,
    );
  }
  if (state?.version !== version || !Array.isArray(state.network?.devices) || typeof state.told !== "object")
    throw new UserError(`${file}: no state of loam gateway, or another version's`);
  if (state.region !== region)
    throw new UserError(`${file} is the state of a network in ${state.region}, this one is in ${region}`);
  return state as PersistedState;
}

/** Writes the state, whole or not at all, one write at a time; who asks meanwhile waits for the next. */
export class StateFile {
  readonly #file: string;
  readonly #snapshot: () => PersistedState;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(file: string, snapshot: () => PersistedState) {
    this.#file = file;
    this.#snapshot = snapshot;
  }

  /** Resolves when all that is known now is on disk. @throws UserError when it cannot be written */
  keep(): Promise<void> {
    if (this.#next) return this.#next;
    const write = async () => {
      this.#next = undefined;
      await writeFileAtomic(this.#file, JSON.stringify({ version, ...this.#snapshot() }));
    };
    this.#next = this.#writing.then(write, write);
    this.#writing = this.#next;
    return this.#next;
  }
}
