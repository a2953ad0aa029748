/** Whether a recording's readings come at the rate of the description. */
import { medianOf } from "../lib/numbers.js";

/** Intervals that are looked at, and the fewest that say something. */
const most = 4000;
const least = 30;
/** Share by which median and mean may both be off: jitter moves the one, lost samples the other. */
const tolerance = 0.015;
/** From here on what is recorded faster is aliased when only some of it is read. */
const aliased = 1.2;

export class Pace {
  readonly #rate: number;
  readonly #intervals: number[] = [];
  #last = NaN;

  /** @param rate Hz, of the description */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** A reading. @param time seconds */
  add(time: number): void {
    const interval = time - this.#last;
    this.#last = time;
    // Longer ones are between windows, or holes.
    if (interval < 8 / this.#rate && this.#intervals.length < most) this.#intervals.push(interval);
  }

  /** Hz; undefined: as described, or too few readings to say. */
  get other(): number | undefined {
    const count = this.#intervals.length;
    if (count < least) return undefined;
    const median = medianOf(this.#intervals);
    const mean = this.#intervals.reduce((sum, interval) => sum + interval, 0) / count;
    const isOff = (interval: number): boolean => Math.abs(interval * this.#rate - 1) > tolerance;
    return isOff(median) && isOff(mean) ? 1 / mean : undefined;
  }

  get isAliased(): boolean {
    return (this.other ?? 0) > aliased * this.#rate;
  }
}
