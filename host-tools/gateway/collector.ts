import type { GatewayUplink } from "./types.js";

/** The copies of one uplink. */
export interface Collected {
  payload: Buffer;
  /** Best first once all are there. */
  copies: GatewayUplink[];
  /** Settled when it has been handled. */
  done: Promise<void>;
}

/** Copies of one transmission arrive within this many microseconds of each other; a retransmission comes seconds later. */
const sameTransmission = 500000;

const arrivalOf = ({ arrived, time }: GatewayUplink): number => arrived ?? time;

/** Deduplicates: collects the copies of one transmission that several gateways received. */
export class Collector {
  readonly #collecting = new Map<string, Collected>();
  readonly #later: (run: () => Promise<void>) => void;
  readonly #handle: (collected: Collected) => Promise<void>;

  /** @param later calls back when every gateway has had time to deliver its copy */
  constructor(later: (run: () => Promise<void>) => void, handle: (collected: Collected) => Promise<void>) {
    this.#later = later;
    this.#handle = handle;
  }

  /** @returns the uplink and whether this is its first copy */
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

  /** Late copies are recognized for a while. */
  #forgetBefore(time: number): void {
    for (const [key, { copies }] of this.#collecting) if (arrivalOf(copies[0]!) < time) this.#collecting.delete(key);
  }
}
