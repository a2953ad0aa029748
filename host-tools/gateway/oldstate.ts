import { rename, rm } from "node:fs/promises";
import type { RegionName } from "../../device/lorawan/types.js";
import { destinationOf } from "../lib/destination.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { temporaryName } from "../lib/outputs.js";
import { textOf } from "../lib/text.js";
import type { PersistedMemory } from "../cloud/memory.js";
import { payloadEntries } from "../cloud/memory.js";
import { clockEntry, type NodeClock } from "./clockserver.js";
import { packageEntries, type NodeRecord } from "./deliveries.js";
import { serverEntries, type PersistedServer } from "./persist.js";
import type { StateEntry } from "./statefile.js";

/** A state of versions 1 and 2, which were JSON and written as a whole. */
interface OldState {
  version: number;
  region: RegionName;
  network: PersistedServer;
  /** Payloads received, to recognize repeated ones; "told" in version 1. */
  payloads?: PersistedMemory;
  told?: PersistedMemory;
  packages?: NodeRecord[];
  clocks?: NodeClock[];
}

/** @param create writes the same as a state of this version @throws UserError, which never shows the content: it has keys */
export async function convertOldState(
  file: string,
  region: RegionName,
  create: (file: string, region: RegionName, entries: Iterable<StateEntry>) => Promise<void>,
): Promise<void> {
  const state = parse(textOf(await readUserFile(file, "the state"), file), file);
  if (state.region !== region)
    throw new UserError(`${file} is the state of a network in ${state.region}, this one is in ${region}`);
  // A symbolic link stays one.
  const { path: place } = destinationOf(file);
  const temporary = temporaryName(place);
  try {
    await create(temporary, region, entriesOf(state));
    await rename(temporary, place);
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) await rm(`${temporary}${suffix}`, { force: true });
  }
}

function* entriesOf({ network, payloads, told, packages = [], clocks = [] }: OldState): Iterable<StateEntry> {
  yield* serverEntries(network);
  yield* payloadEntries((payloads ?? told)!);
  for (const record of packages) yield* packageEntries(record);
  yield* clocks.map(clockEntry);
}

function parse(text: string, file: string): OldState {
  let state: Partial<OldState> | null;
  try {
    state = JSON.parse(text) as typeof state;
  } catch {
    throw new UserError(
      `${file}: neither a database nor JSON. A state is written by loam gateway --state; choose another file, or delete this one: the nodes will have to join again`,
    );
  }
  const payloads = state?.version === 1 ? state.told : state?.payloads;
  if (
    !(state?.version === 1 || state?.version === 2) ||
    !Array.isArray(state.network?.devices) ||
    !payloads ||
    typeof payloads !== "object"
  )
    throw new UserError(`${file}: not a state of loam gateway, or of another version`);
  return state as OldState;
}
