import type { GatewayUplink } from "./types.js";

/** The copies of one uplink. */
export interface Collected {
  payload: Buffer;
  /** Best first once all are there. */
  copies: GatewayUplink[];
  /** Settled when it has been dealt with. */
  done: Promise<void>;
}

/** Copies of one transmission arrive within this many microseconds of each other; a node repeats a frame seconds later. */
const sameTransmission = 500000;

const arrivalOf = ({ arrived, time }: GatewayUplink): number => arrived ?? time;

/** Brings the copies together that several gateways heard of one transmission. */
export class Collector {
  readonly #collecting = new Map<string, Collected>();
  readonly #later: (run: () => Promise<void>) => void;
  readonly #handle: (collected: Collected) => Promise<void>;

  /** @param later calls when every gateway has had the time to deliver its copy */
  constructor(later: (run: () => Promise<void>) => void, handle: (collected: Collected) => Promise<void>) {
    this.#later = later;
    this.#handle = handle;
  }

  /** @returns the uplink that it is a copy of, and whether it is the first */
  take(uplink: GatewayUplink): { collected: Collected; isFirst: boolean } {
    const key = Buffer.from(uplink.payload).toString("base64");
    const known = this.#collecting.get(key);
    if (known && Math.abs(arrivalOf(known.copies[0]!) - arrivalOf(uplink)) < sameTransmission) {
      known.copies.push(uplink);
      return { collected: known, isFirst: false };
    }
    const collected: Collected = { payload: Buffer.from(uplink.payload), copies: [uplink], done: Promise.resolve() };
    collected.done = new Promise((resolve, reject) => {
      this.#later(() => {
        collected.copies.sort((a, b) => b.snr - a.snr || b.rssi - a.rssi);
        return this.#handle(collected).then(resolve, reject);
      });
    });
    this.#forgetBefore(arrivalOf(uplink) - 2 * sameTransmission);
    this.#collecting.set(key, collected);
    return { collected, isFirst: true };
  }

  /** Late copies are still known as such for a while. */
  #forgetBefore(time: number): void {
    for (const [key, { copies }] of this.#collecting) if (arrivalOf(copies[0]!) < time) this.#collecting.delete(key);
  }
}
