import type { Fields, RetainedPart } from "../flash/fields.js";

/** What a script has used up of what it may do in a while. */
export class QuotaError extends RangeError {
  override name = "QuotaError";
}

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
  renew(): void {
    this.#since = this.#now();
    this.#count = 0;
  }

  get #isUsedUp(): boolean {
    if (this.#now() - this.#since >= this.#seconds) this.renew();
    return this.#count >= this.#most;
  }

  /** @throws QuotaError when there is none left */
  check(): void {
    if (this.#isUsedUp) throw new QuotaError(`${this.#what}: ${this.#most} in ${this.#seconds} s`);
  }

  /** @throws QuotaError when there is none left */
  take(): void {
    this.check();
    this.#count++;
  }

  /** Counts what is never refused. */
  note(): void {
    if (!this.#isUsedUp) this.#count++;
  }

  layout(fields: Fields): void {
    this.#count = fields.number(2, this.#count);
    const since = fields.number(4, Math.round(this.#since));
    if (fields.isReading) this.#since = since;
  }
}
