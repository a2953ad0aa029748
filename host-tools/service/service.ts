import { decodeUplink } from "../../device/codec/codec.js";
import { Cloud, type CloudEvent, type Question } from "../cloud/cloud.js";
import { nowSeconds, StoredMemory } from "../cloud/stored.js";
import type { Network } from "../networks/network.js";
import { storeNow } from "../store/clock.js";
import { markSent, unanswered } from "../store/decisions.js";
import { storeStatus } from "../store/status.js";
import type { Store } from "../store/store.js";
import type { ReceivedUplink } from "../store/types.js";
import { Crew } from "./crew.js";
import type { NodeNetworks } from "./nodeNetworks.js";

/** Seconds between two looks at what other processes have left, or this one before it was restarted. */
const sweepSeconds = 5;

/** `failed`: a decision was not sent, or what others left was not found; it is tried again. */
export type ServiceEvent = CloudEvent | { kind: "failed"; devEui?: string; what: string; error: string };

export interface ServiceOptions {
  store: Store;
  network: Network;
  networks: NodeNetworks;
  /** For so long a node waits for the decision: later there is none to send. */
  decisionSeconds: number;
  onEvent(event: ServiceEvent | Record<string, unknown>): void;
}

/** What goes on between a network server and the database: uplinks are stored, deferrals answered. Several processes may do so at once. */
export class CloudService {
  readonly #options: ServiceOptions;
  readonly #cloud: Cloud<ReceivedUplink>;
  readonly #working = new Set<Promise<void>>();
  readonly #crew: Crew | undefined;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: ServiceOptions) {
    const { store, network, networks, onEvent } = options;
    this.#options = options;
    const ids = new Map([...networks].map(([sequence, { id }]) => [sequence, id]));
    const memory = new StoredMemory(store, ids);
    this.#cloud = new Cloud({ memory, networks: (sequence) => networks.get(sequence), onEvent });
    if (network.shared) this.#crew = new Crew({ store, shared: network.shared, onEvent });
  }

  async start(): Promise<void> {
    const { network } = this.#options;
    network.onUplink(async (uplink) => {
      const question = await this.#cloud.take(uplink);
      return { answered: question ? this.#track(this.#answer(question)) : Promise.resolve() };
    });
    network.onStatus?.((status) => storeStatus(this.#options.store, status));
    await this.#crew?.start();
    await network.start();
    this.#sweeper = setInterval(() => void this.#track(this.#sweep()), sweepSeconds * 1000).unref();
  }

  /** What is being answered is answered first. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all(this.#working);
    await this.#options.network.close();
    await this.#crew?.close();
  }

  async #track(work: Promise<void>): Promise<void> {
    this.#working.add(work);
    await work;
    this.#working.delete(work);
  }

  async #answer(question: Question<ReceivedUplink>): Promise<void> {
    const { store, network, decisionSeconds, onEvent } = this.#options;
    const { devEui, frame, received } = question.uplink;
    const until = received + decisionSeconds;
    try {
      const downlink = await this.#cloud.answer(question);
      // What a broker has kept for a while may be older.
      if (!downlink || until < nowSeconds()) return;
      await network.send(devEui, downlink.port, downlink.payload, { correlation: frame, until });
      await markSent(store, question.id, frame, storeNow(store));
    } catch (error) {
      // The sweep tries again.
      onEvent({ kind: "failed", devEui, what: "decision", error: (error as Error).message });
    }
  }

  async #sweep(): Promise<void> {
    const { store, networks, decisionSeconds, onEvent } = this.#options;
    const since = nowSeconds() - decisionSeconds;
    try {
      for (const one of await unanswered(store, storeNow(store), since, [...networks.keys()])) {
        const { id, devEui, frame, port, payload, lastReceived: received, model } = one;
        const deferral = decodeUplink(port, payload);
        if (deferral.kind !== "deferral") continue;
        const uplink = { devEui, frame, port, payload, received, receptions: [] };
        await this.#answer({ id, deferral, uplink, isLeft: true, ...(model !== null && { model }) });
      }
    } catch (error) {
      onEvent({ kind: "failed", what: "looking for what was left", error: (error as Error).message });
    }
  }
}
