import { existsSync } from "node:fs";
import type { PersistedMemory } from "../cloud/memory.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { destinationOf } from "../lib/destination.js";
import { UserError } from "../lib/errors.js";
import { readUserFile, writeFileAtomic } from "../lib/files.js";
import { textOf } from "../lib/text.js";
import type { NodeClock } from "./clockserver.js";
import type { NodeRecord } from "./deliveries.js";
import type { NetworkServer } from "./networkserver.js";

/** Of the content below. */
const version = 2;

export interface PersistedState {
  region: RegionName;
  network: ReturnType<NetworkServer["save"]>;
  /** Payloads received, to recognize repeated ones. */
  payloads: PersistedMemory;
  /** Packages on their way, and what nodes have said of theirs. Earlier versions have none. */
  packages?: NodeRecord[];
  /** What nodes were asked about their clocks. Earlier versions have none. */
  clocks?: NodeClock[];
}

/** Reads a state that `StateFile` wrote; undefined when there is none yet. @throws UserError, which never shows the content: it has keys */
export async function readState(file: string, region: RegionName): Promise<PersistedState | undefined> {
  if (!existsSync(file)) return undefined;
  if (!["file", "folder"].includes(destinationOf(file).what))
    throw new UserError(`${file} is a device, a FIFO or a socket; a state is kept in a file`);
  const text = textOf(await readUserFile(file, "the state"), file);
  let state: Partial<PersistedState & { version: number }> | null;
  try {
    state = JSON.parse(text) as typeof state;
  } catch {
    throw new UserError(
      `${file}: not JSON. A state is written by loam gateway --state; choose another file, or delete this one: the nodes will have to join again`,
    );
  }
  // Version 1 had another name for the payloads.
  if (state?.version === 1) state = { ...state, version, payloads: (state as { told?: PersistedMemory }).told };
  if (
    state?.version !== version ||
    !Array.isArray(state.network?.devices) ||
    !state.payloads ||
    typeof state.payloads !== "object"
  )
    throw new UserError(`${file}: not a state of loam gateway, or of another version`);
  if (state.region !== region)
    throw new UserError(`${file} is the state of a network in ${state.region}, this one is in ${region}`);
  return state as PersistedState;
}

/** Writes the state atomically, one write at a time; calls during a write share the next one. */
export class StateFile {
  readonly #file: string;
  readonly #snapshot: () => PersistedState;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(file: string, snapshot: () => PersistedState) {
    this.#file = file;
    this.#snapshot = snapshot;
  }

  /** Resolves when the current state is on disk. @throws UserError when it cannot be written */
  save(): Promise<void> {
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
