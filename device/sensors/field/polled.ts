import Timer from "timer";
import { isReadForEach } from "sampledsensor";
import type { Reading } from "../types.js";

/** A driver that is read more often than the sampler comes keeps its values here meanwhile: at most those of this many seconds. */
const seconds = 1.5;

/** Reads values at a rate that is higher than that of the sampler's reads, and collects them. */
export class Polled {
  readonly readings: readonly Reading[];
  readonly #read: (readings: readonly Reading[], at: number) => void;
  #timer: Timer | undefined;
  #isDirect = true;
  #pending = 0;
  #capacity = 1;
  #error: unknown;
  #hasFailed = false;

  /** @param read writes one value into each reading, at this index */
  constructor(channels: number, fastest: number, read: (readings: readonly Reading[], at: number) => void) {
    this.#capacity = Math.ceil(fastest * seconds);
    this.readings = Array.from({ length: channels }, () => ({ count: 0, values: new Float32Array(this.#capacity) }));
    this.#read = read;
  }

  start(rate: number): void {
    this.stop();
    this.#isDirect = isReadForEach(rate);
    this.#pending = 0;
    this.#hasFailed = false;
    if (!this.#isDirect) this.#timer = Timer.repeat(() => this.#poll(), 1000 / rate);
  }

  /** What has come since the last call is in the readings. @throws what reading threw */
  take(): void {
    if (this.#isDirect) this.#poll();
    const count = this.#pending;
    this.#pending = 0;
    for (const reading of this.readings) reading.count = count;
    if (!this.#hasFailed) return;
    this.#hasFailed = false;
    throw this.#error;
  }

  stop(): void {
    if (this.#timer) Timer.clear(this.#timer);
    this.#timer = undefined;
  }

  /** An error in a timer's callback would end the node: it is the caller's of `take`. */
  #poll(): void {
    if (this.#pending === this.#capacity) return;
    try {
      this.#read(this.readings, this.#pending);
      this.#pending++;
    } catch (error) {
      this.#error = error;
      this.#hasFailed = true;
    }
  }
}
