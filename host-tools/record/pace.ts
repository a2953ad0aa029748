/** How a sensor's samples come: its last value, its rate by this machine's clock, and the course of the last seconds. */

/** Seconds that are looked at. */
const span = 20;

export class Pace {
  last = NaN;
  #arrivals: { at: number; index: number }[] = [];
  readonly #values: number[] = [];
  readonly #kept: number;

  /** @param rate Hz, of the description */
  constructor(rate: number) {
    this.#kept = Math.max(2, Math.ceil(rate * span));
  }

  /** @param index of the first @param at this machine's time, seconds */
  add(index: number, values: Float32Array, at: number): void {
    for (const value of values) this.#values.push(value);
    this.last = values[values.length - 1]!;
    if (this.#values.length > 2 * this.#kept) this.#values.splice(0, this.#values.length - this.#kept);
    const end = index + values.length;
    const newest = this.#arrivals[this.#arrivals.length - 1];
    // A node that began anew counts anew.
    if (newest && end <= newest.index) this.#arrivals = [];
    // Frames of one read come together: the last of them counts.
    if (newest && at - newest.at < 0.1) Object.assign(newest, { at, index: end });
    else this.#arrivals.push({ at, index: end });
    while (this.#arrivals.length > 2 && this.#arrivals[0]!.at < at - span) this.#arrivals.shift();
  }

  /** Hz, with what was lost; undefined: too little has come. */
  get rate(): number | undefined {
    const [first] = this.#arrivals;
    const newest = this.#arrivals[this.#arrivals.length - 1];
    if (!first || !newest || newest.at - first.at < 1.5) return undefined;
    return (newest.index - first.index) / (newest.at - first.at);
  }

  /** The last seconds in `width` steps, each by the value in it that is farthest from the mean. */
  course(width: number): number[] {
    const values = this.#values.slice(-this.#kept);
    const mean = values.reduce((sum, value) => sum + (value || 0), 0) / Math.max(1, values.length);
    const steps = Math.min(width, values.length);
    return Array.from({ length: steps }, (_, step) => {
      const part = values.slice(
        Math.floor((step * values.length) / steps),
        Math.floor(((step + 1) * values.length) / steps),
      );
      return part.reduce((far, value) => (Math.abs(value - mean) > Math.abs(far - mean) ? value : far), part[0]!);
    });
  }
}
