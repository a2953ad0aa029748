import type { Prng } from "./prng.js";

/** Share of the air for join requests by time since the first (TS001 1.0.4, section 7: 36 s in the first hour, 36 s in the next ten, then 8.7 s a day). */
const steps = [
  { until: 3600, duty: 0.01 },
  { until: 11 * 3600, duty: 0.001 },
  { until: Infinity, duty: 0.0001 },
] as const;

/** First requests are spread over this many ms, so that nodes that lost power together do not shout together. */
const firstSpread = 10000;

/** Spaces join requests: after each, silence of its airtime over the share in force, and up to half of that more at random. */
export class JoinBackoff {
  /** Seconds since the first join request, as of `#counted`. */
  elapsed = 0;
  /** The clock's time (ms) before which no join request may go. */
  next = 0;
  #counted = 0;

  /** Begins or goes on; what was to be waited for before still is. @param wait ms still to wait, as flash knows; 0: a first join, which is spread at random */
  start(now: number, wait: number, prng: Prng): void {
    this.#counted = now;
    this.next = Math.max(this.next, now + (wait > 0 ? wait : prng.below(firstSpread) + 1));
  }

  /** To be called before the request, so that what is kept in flash already counts it. */
  sent(airtime: number, now: number, prng: Prng): void {
    this.count(now);
    const { duty } = steps.find((step) => this.elapsed < step.until)!;
    const quiet = airtime / duty;
    this.next = now + quiet + prng.below(quiet / 2);
  }

  /** Brings `elapsed` up to date. */
  count(now: number): void {
    this.elapsed += (now - this.#counted) / 1000;
    this.#counted = now;
  }

  reset(): void {
    this.elapsed = 0;
    this.next = 0;
  }
}
