import type { Fields } from "../flash/fields.js";
import type { Prng } from "./prng.js";

/** Duty cycle of join requests by time since the first (TS001 1.0.4, section 7: 36 s in the first hour, 36 s in the next ten, then 8.7 s a day). */
const steps = [
  { until: 3600, duty: 0.01 },
  { until: 11 * 3600, duty: 0.001 },
  { until: Infinity, duty: 0.0001 },
] as const;

/** First requests are spread over this many ms, so that nodes powered up together do not collide. */
const firstRequestJitter = 10000;

/** Spaces join requests: after each, a time off of its airtime over the current duty cycle, plus a random part of up to half of that. */
export class JoinBackoff {
  /** Seconds since the first join request, as of `#counted`. */
  elapsed = 0;
  /** The clock's time (ms) before which no join request may go. */
  next = 0;
  #counted = 0;

  /** Starts or continues; an earlier wait still holds. @param wait ms still to wait, restored from flash; 0: a first join, with random jitter */
  start(now: number, wait: number, prng: Prng): void {
    this.#counted = now;
    this.next = Math.max(this.next, now + (wait > 0 ? wait : prng.below(firstRequestJitter) + 1));
  }

  /** To be called before the request is sent, so that it is persisted first. */
  sent(airtime: number, now: number, prng: Prng): void {
    this.count(now);
    const { duty } = steps.find((step) => this.elapsed < step.until)!;
    const timeOff = airtime / duty;
    this.next = now + timeOff + prng.below(timeOff / 2);
  }

  /** Updates `elapsed`. */
  count(now: number): void {
    this.elapsed += (now - this.#counted) / 1000;
    this.#counted = now;
  }

  /** Stores or restores its state, on a clock that goes on. */
  layout(fields: Fields): void {
    this.elapsed = fields.milli(this.elapsed);
    const next = fields.number(7, Math.ceil(this.next));
    const counted = fields.number(7, Math.floor(this.#counted));
    if (!fields.isReading) return;
    this.next = next;
    this.#counted = counted;
  }

  reset(): void {
    this.elapsed = 0;
    this.next = 0;
  }
}
