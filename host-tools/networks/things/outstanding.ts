import { createHash } from "node:crypto";

interface Entry {
  port: number;
  payload: Uint8Array;
  /** Seconds since 1970. */
  until: number;
  /** It was asked for again meanwhile. */
  isOverdue: boolean;
}

/** More nodes than a process has decisions for at one time. */
const mostNodes = 100_000;
const prefix = "loam:";

/** Downlinks that were passed to The Things Stack, and of which it has not said that they were sent. They have no time of expiry there, and no identifier that it would refuse twice. */
export class Outstanding {
  /** By node, then by correlation ID. */
  readonly #nodes = new Map<string, Map<string, Entry>>();

  /** @returns false: it waits there already */
  add(devEui: string, id: string, port: number, payload: Uint8Array, until: number): boolean {
    const entries = this.#of(devEui);
    const known = entries.get(id);
    // It may be lost there, as at a new join: it is passed again when it is asked for once more.
    if (known && !known.isOverdue) {
      known.isOverdue = true;
      return false;
    }
    entries.set(id, { port, payload, until, isOverdue: false });
    this.#nodes.delete(devEui);
    this.#nodes.set(devEui, entries);
    if (this.#nodes.size > mostNodes) this.#nodes.delete(this.#nodes.keys().next().value!);
    return true;
  }

  /** Those that the node still waits for, the oldest first. */
  list(devEui: string): { id: string; port: number; payload: Uint8Array }[] {
    return [...this.#of(devEui)].map(([id, { port, payload }]) => ({ id, port, payload }));
  }

  /** It was sent, or will not be. */
  remove(devEui: string, correlationIds: readonly string[]): void {
    const entries = this.#nodes.get(devEui);
    if (!entries) return;
    for (const id of correlationIds) entries.delete(id);
    if (entries.size === 0) this.#nodes.delete(devEui);
  }

  #of(devEui: string): Map<string, Entry> {
    const entries = this.#nodes.get(devEui) ?? new Map<string, Entry>();
    const now = Date.now() / 1000;
    for (const [id, { until }] of entries) if (until < now) entries.delete(id);
    return entries;
  }
}

/** The same for the same downlink to the same node. */
export const correlationId = (devEui: string, port: number, payload: Uint8Array): string =>
  prefix + createHash("sha256").update(`${devEui} ${port} `).update(payload).digest("hex").slice(0, 24);
