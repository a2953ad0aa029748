import type { NetworkServer } from "./networkserver.js";
import type { GatewayPort } from "./types.js";

/** The last state of a gateway. */
export interface KnownGateway {
  id: string;
  /** The way of its downlinks; undefined: there is none yet. */
  transmit: GatewayPort["transmit"] | undefined;
  /** Microseconds: its 32-bit counter at the last packet, rollovers included; undefined before the first, and where the protocol has no such counter. */
  time: number | undefined;
  /** ms of performance.now(). */
  heardAt: number;
}

/** As many as are remembered: whoever can reach the port can invent EUIs. */
const most = 4096;
/** ms of silence after which a gateway is forgotten: longer than its duty cycle is counted over. */
const longestSilence = 2 * 3600 * 1000;

/** Gateways that were heard of by any protocol, the one that is silent longest first; the network server has the same ones. */
export class KnownGateways {
  readonly #byId = new Map<string, KnownGateway>();
  readonly #server: Pick<NetworkServer, "addGateway" | "removeGateway">;
  readonly #onEvent: (event: Record<string, unknown>) => void;

  constructor(
    server: Pick<NetworkServer, "addGateway" | "removeGateway">,
    onEvent: (event: Record<string, unknown>) => void,
  ) {
    this.#server = server;
    this.#onEvent = onEvent;
  }

  /** The gateway that was heard of now. */
  hear(id: string, now = performance.now()): KnownGateway {
    this.#forget(now);
    const known = this.#byId.get(id);
    const gateway = known ?? { id, transmit: undefined, time: undefined, heardAt: now };
    gateway.heardAt = now;
    // A Map keeps the order of insertion.
    this.#byId.delete(id);
    this.#byId.set(id, gateway);
    if (!known) this.#add(gateway);
    return gateway;
  }

  #add(gateway: KnownGateway): void {
    const { id } = gateway;
    this.#server.addGateway({
      id,
      transmit: (downlink) => {
        if (gateway.transmit) return gateway.transmit(downlink);
        this.#onEvent({ event: "downlink dropped", gateway: id, error: "the gateway has sent no PULL_DATA" });
        return false;
      },
    });
    this.#onEvent({ event: "gateway", gateway: id });
  }

  #forget(now: number): void {
    for (const [id, { heardAt }] of this.#byId) {
      if (this.#byId.size < most && now - heardAt < longestSilence) return;
      this.#byId.delete(id);
      this.#server.removeGateway(id);
    }
  }
}
