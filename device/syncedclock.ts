import Time from "time";
import type { SyncedTimeSource } from "./timesource.js";
import { Uptime } from "./uptime.js";

/** The clock is set when it is off by more seconds than this: Time.set takes whole seconds only. */
const tolerance = 1;
/** 2024-01-01: a network that gives an earlier time has no valid clock. */
const earliest = 1704067200;
/** ms until the time is requested again: a crystal of 20 ppm is off by 1.7 s after a day. */
const syncValidMs = 86_400_000;

/** The time of day as far as the node knows it, and its uptime, which is monotonic. */
export class SyncedClock implements SyncedTimeSource {
  #isKnown: boolean;
  readonly #uptime = new Uptime();
  /** Uptime at the last DeviceTimeAns. */
  #syncedAt: number | undefined;

  /** @param isKnown whether `Date` is already right */
  constructor(isKnown: boolean) {
    this.#isKnown = isKnown;
  }

  get isKnown(): boolean {
    return this.#isKnown;
  }

  get needsSync(): boolean {
    return !this.#isKnown || (this.#syncedAt !== undefined && this.uptime - this.#syncedAt >= syncValidMs);
  }

  /** Uptime, ms. */
  get uptime(): number {
    return this.#uptime.now;
  }

  /** See TimeSource. */
  at(uptime: number): number {
    return (Date.now() - this.uptime + Math.round(uptime * 1000)) / 1000;
  }

  /** Sets the time to `seconds` since 1970. @returns whether the clock was off */
  setFromNetwork(seconds: number): boolean {
    if (seconds < earliest) return false;
    this.#isKnown = true;
    this.#syncedAt = this.uptime;
    if (Math.abs(Date.now() / 1000 - seconds) <= tolerance) return false;
    Time.set(Math.round(seconds));
    return true;
  }
}
