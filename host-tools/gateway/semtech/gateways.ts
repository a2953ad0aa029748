import type { RemoteInfo } from "node:dgram";
import { counterRange } from "./messages.js";
import type { ProtocolVersion } from "./protocol.js";

/** The last state of a gateway. */
export interface KnownGateway {
  id: string;
  /** Where PULL_RESP goes: the source of the last PULL_DATA, and its version of the protocol. */
  route: { address: RemoteInfo; version: ProtocolVersion } | undefined;
  /** Microseconds: its 32-bit counter at the last packet, rollovers included; undefined before the first. */
  time: number | undefined;
  /** ms of performance.now(). */
  heardAt: number;
}

/** As many as are remembered: whoever can reach the port can invent EUIs. */
const most = 4096;
/** ms of silence after which a gateway is forgotten: longer than its duty cycle is counted over. */
const longestSilence = 2 * 3600 * 1000;

/** Gateways that were heard of, the one that is silent longest first. */
export class KnownGateways {
  readonly #byId = new Map<string, KnownGateway>();
  readonly #onNew: (id: string) => void;
  readonly #onForgotten: (id: string) => void;

  constructor(options: { onNew: (id: string) => void; onForgotten: (id: string) => void }) {
    this.#onNew = options.onNew;
    this.#onForgotten = options.onForgotten;
  }

  /** Without having heard of it now. */
  find(id: string): KnownGateway | undefined {
    return this.#byId.get(id);
  }

  /** The gateway that was heard of now. */
  hear(id: string, now = performance.now()): KnownGateway {
    this.#forget(now);
    const known = this.#byId.get(id);
    const gateway = known ?? { id, route: undefined, time: undefined, heardAt: now };
    gateway.heardAt = now;
    // A Map keeps the order of insertion.
    this.#byId.delete(id);
    this.#byId.set(id, gateway);
    if (!known) this.#onNew(id);
    return gateway;
  }

  #forget(now: number): void {
    for (const [id, { heardAt }] of this.#byId) {
      if (this.#byId.size < most && now - heardAt < longestSilence) return;
      this.#byId.delete(id);
      this.#onForgotten(id);
    }
  }
}

/** Packets may come in another order than they were received in, but not by more than these microseconds. */
const outOfOrder = 10e6;

/** Microseconds of the gateway's clock, which unlike its counter do not roll over. */
export function unrolled(gateway: KnownGateway, counter: number): number {
  const { time = counter } = gateway;
  const ahead = (counter - (time % counterRange) + counterRange) % counterRange;
  if (ahead > counterRange - outOfOrder) return time + ahead - counterRange;
  gateway.time = time + ahead;
  return gateway.time;
}
