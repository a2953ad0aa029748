import { otaaOf } from "../node/registration.js";
import type { NodeConfig } from "../../device/config.js";
import type { NodeRecord } from "../gateway/deliveries.js";

/** What became of a package at a node. */
export interface Outcome {
  node: string;
  dataRate: number;
  /** Of the package. */
  sequence: number;
  /** "confirmed", why it is not in force, or how far it was when the recording ended. */
  outcome: string;
  isConfirmed: boolean;
  /** Until it was in force and confirmed, or refused, or taken back; from the one before, or the node's first uplink. */
  hours: number;
  /** Sent by the gateways, whether or not they arrived. */
  fragments: number;
  /** Of the node meanwhile, its payloads among them. */
  uplinks: number;
  airtimeSeconds: number;
}

/** One of the nodes: the description, with a data rate and keys of its own. */
export class FleetNode {
  readonly id: string;
  readonly config: NodeConfig;
  readonly outcomes: Outcome[] = [];
  /** Of the packages, the one that is sent; -1: the node has sent nothing yet. */
  current = -1;
  /** Seconds since 1970. */
  #since = 0;
  #uplinks = 0;
  #airtime = 0;
  #before = { uplinks: 0, airtime: 0 };

  constructor(description: NodeConfig, index: number, dataRate: number) {
    const number = index.toString(16).padStart(4, "0");
    const radio = { ...description.radio };
    delete radio.abp;
    const otaa = otaaOf(description.radio);
    const own = (hex: string): string => `${hex.slice(0, -4).toLowerCase()}${number}`;
    this.id = `node${index}`;
    this.config = {
      ...description,
      radio: { ...radio, ...otaa, devEui: own(otaa.devEui), appKey: own(otaa.appKey), dataRate, adr: false },
    };
  }

  get devEui(): string {
    return this.config.radio.devEui;
  }

  /** It has transmitted for so many microseconds. */
  sent(airtime: number): void {
    this.#uplinks++;
    this.#airtime += airtime;
  }

  /** The next package is on its way. */
  begin(now: number): void {
    this.current++;
    this.#since = now;
    this.#before = { uplinks: this.#uplinks, airtime: this.#airtime };
  }

  /** @param now when it ended */
  end({ delivery }: Readonly<NodeRecord>, now: number, failure?: string): void {
    const { sequence, phase, reason, sent } = delivery!;
    const isConfirmed = phase === "confirmed" && failure === undefined;
    this.outcomes.push({
      node: this.id,
      dataRate: this.config.radio.dataRate!,
      sequence,
      outcome: failure ?? (isConfirmed ? "confirmed" : (reason ?? `on its way: ${phase}`)),
      isConfirmed,
      hours: (now - this.#since) / 3600,
      fragments: sent,
      uplinks: this.#uplinks - this.#before.uplinks,
      airtimeSeconds: (this.#airtime - this.#before.airtime) / 1e6,
    });
  }
}
