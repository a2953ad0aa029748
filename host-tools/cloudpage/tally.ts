import { countBetween } from "../store/figures.js";
import type { Store } from "../store/store.js";

/** s after which every transaction that has been given an ID has ended: IDs appear out of order before. */
const settleSeconds = 60;

/** Rows of a table by kind. What has settled is counted once, so that a look does not take longer the more there is. */
export class Tally {
  readonly #store: Store;
  readonly #table: "uplinks" | "faults";
  #settled = new Map<string, number>();
  #settledId = 0;
  /** Seen at a time, settled later. */
  #candidate: { id: number; at: number } | undefined;

  constructor(store: Store, table: "uplinks" | "faults") {
    this.#store = store;
    this.#table = table;
  }

  /** @param now seconds, of any clock that does not go back */
  async count(now: number): Promise<Map<string, number>> {
    if (this.#candidate && now - this.#candidate.at >= settleSeconds) {
      const { id } = this.#candidate;
      const { counts } = await countBetween(this.#store, this.#table, this.#settledId, id);
      [this.#settled, this.#settledId, this.#candidate] = [added(this.#settled, counts), id, undefined];
    }
    const { counts, last } = await countBetween(this.#store, this.#table, this.#settledId);
    this.#candidate ??= { id: last, at: now };
    return added(this.#settled, counts);
  }
}

const added = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> =>
  new Map([...new Set([...a.keys(), ...b.keys()])].map((kind) => [kind, (a.get(kind) ?? 0) + (b.get(kind) ?? 0)]));
