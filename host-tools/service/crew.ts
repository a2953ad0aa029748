import type { Shared } from "../networks/network.js";
import type { Store } from "../store/store.js";
import { forgetSession, holdSession, holdTaken, leaveSession, takeSession } from "../store/workers.js";

/** s between two signs of life. */
const beatSeconds = 5;
/** s: whoever has not written for longer does not know that others have not; as after the database was away. */
const freshSeconds = 2 * beatSeconds;

export interface CrewOptions {
  store: Store;
  shared: Shared;
  onEvent(event: Record<string, unknown>): void;
}

/** A process among those that share uplinks: it says that it is there, and takes over what the broker keeps for one that is not. */
export class Crew {
  readonly #options: CrewOptions;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  /** performance.now() of the last sign of life. */
  #beatAt = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** Before the session at the broker begins: there is none without a row. */
  async start(): Promise<void> {
    const { store, shared } = this.#options;
    const { clientId, crew } = shared;
    await holdSession(store, crew, clientId);
    this.#beatAt = performance.now();
    this.#timer = setInterval(() => void this.#beat(), beatSeconds * 1000).unref();
  }

  /** After the connection has ended. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const { store, shared } = this.#options;
    await leaveSession(store, shared.clientId, shared.clientId).catch(() => undefined);
  }

  async #beat(): Promise<void> {
    const { store, shared, onEvent } = this.#options;
    const { clientId, crew } = shared;
    try {
      await holdSession(store, crew, clientId);
    } catch (error) {
      onEvent({ event: "failed", what: "sign of life in the database", error: (error as Error).message });
      return;
    }
    const now = performance.now();
    const isFresh = now - this.#beatAt < freshSeconds * 1000;
    this.#beatAt = now;
    if (!isFresh || this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let left = await this.#find(); left !== undefined; left = await this.#find()) await this.#takeOver(left);
    } catch (error) {
      onEvent({ event: "failed", what: "taking over", error: (error as Error).message });
    } finally {
      this.#isBusy = false;
    }
  }

  #find(): Promise<string | undefined> {
    const { store, shared } = this.#options;
    return takeSession(store, shared.crew, shared.clientId);
  }

  async #takeOver(clientId: string): Promise<void> {
    const { store, shared, onEvent } = this.#options;
    const { clientId: holder } = shared;
    onEvent({ event: "taking over", clientId });
    const held = setInterval(
      () => void holdTaken(store, clientId, holder).catch(() => undefined),
      beatSeconds * 1000,
    ).unref();
    try {
      const messages = await shared.takeOver(clientId);
      await forgetSession(store, clientId, holder);
      onEvent({ event: "taken over", clientId, messages });
    } finally {
      clearInterval(held);
    }
  }
}
