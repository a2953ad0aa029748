import type { Fields, RetainedPart } from "../flash/fields.js";

/** What a script has used up of what it may do in a while. */
export class QuotaError extends RangeError {
  override name = "QuotaError";
}

/** s: moments are stored rounded. */
const tolerance = 1;

/** So many in so many seconds. */
export class Quota implements RetainedPart {
  readonly #what: string;
  readonly #most: number;
  readonly #seconds: number;
  readonly #now: () => number;
  #count = 0;
  #since = 0;

  /** @param now uptime, seconds */
  constructor(what: string, most: number, seconds: number, now: () => number) {
    this.#what = what;
    this.#most = most;
    this.#seconds = seconds;
    this.#now = now;
  }

  /** For another script. */
  renew(at = this.#now()): void {
    this.#since = at;
    this.#count = 0;
  }

  #isUsedUp(at: number): boolean {
    if (at - this.#since >= this.#seconds - tolerance) this.renew(at);
    return this.#count >= this.#most;
  }

  /** @throws QuotaError when there is none left */
  check(at = this.#now()): void {
    if (this.#isUsedUp(at)) throw new QuotaError(`${this.#what}: ${this.#most} in ${this.#seconds} s`);
  }

  /** @param at uptime (s) to which it is counted, which may be past @throws QuotaError when there is none left */
  take(at = this.#now()): void {
    this.check(at);
    this.#count++;
  }

  /** Counts what is never refused. */
  note(): void {
    if (!this.#isUsedUp(this.#now())) this.#count++;
  }

  layout(fields: Fields): void {
    this.#count = fields.number(2, this.#count);
    const since = fields.number(4, Math.round(this.#since));
    if (fields.isReading) this.#since = since;
  }
}
