import Time from "time";
import type { SyncedClock } from "./knowntime.js";

/** The clock is set when it is off by more seconds than this: Time.set knows whole ones only. */
const tolerance = 1;
/** 2024-01-01: a network that tells an earlier time does not know it. */
const earliest = 1704067200;
/** ms that an answer of the network serves: a crystal of 20 ppm is off by 1.7 s after a day. */
const serves = 86_400_000;

/** What the node knows of the time of day, and its own clock, which starts with it and never goes back. */
export class TimeOfDay implements SyncedClock {
  #isKnown: boolean;
  #ticks = Time.ticks;
  #own = 0;
  /** When the network last told it, by the node's own clock. */
  #toldAt: number | undefined;

  /** @param isKnown whether `Date` tells the time already */
  constructor(isKnown: boolean) {
    this.#isKnown = isKnown;
  }

  get isKnown(): boolean {
    return this.#isKnown;
  }

  get isDue(): boolean {
    return !this.#isKnown || (this.#toldAt !== undefined && this.own - this.#toldAt >= serves);
  }

  /** The node's own clock, ms. `Time.ticks` wraps around after 49 days; this is called more often. */
  get own(): number {
    const ticks = Time.ticks;
    this.#own += (ticks - this.#ticks) >>> 0;
    this.#ticks = ticks;
    return this.#own;
  }

  /** As of KnownTime. */
  at(own: number): number {
    return (Date.now() - this.own + Math.round(own * 1000)) / 1000;
  }

  /** Takes from the network that it is `seconds` since 1970. @returns whether the clock had to be set */
  setFromNetwork(seconds: number): boolean {
    if (seconds < earliest) return false;
    this.#isKnown = true;
    this.#toldAt = this.own;
    if (Math.abs(Date.now() / 1000 - seconds) <= tolerance) return false;
    Time.set(Math.round(seconds));
    return true;
  }
}
