import type { Region } from "./regions/regions.js";

/** An hour is watched in slots of five minutes, the one under way and twelve before it, so that no 60 minutes can hold more than their share. */
const slotMs = 300000;
const slots = 13;
/** Airtime is kept in units of 10 ms, rounded up. */
const unit = 10;
const hourMs = 3600000;

/**
 * The airtime that a node has spent, by band, and what its law leaves it. What flash knows is an upper bound (`reserved`), raised before it
 * would be passed, so that a reset cannot forget airtime and flash is not written at every uplink.
 */
export class DutyCycle {
  readonly #region: Region;
  /** Row a band, column a slot (number modulo 13). */
  readonly #spent: Uint16Array;
  #slot = 0;
  /** By band: what flash says at most was spent in the last hour, in units. */
  readonly reserved: Uint16Array;
  /** The network's limit over all bands (DutyCycleReq): nothing before this time. */
  quietUntil = 0;

  constructor(region: Region) {
    this.#region = region;
    this.#spent = new Uint16Array(region.bands.length * slots);
    this.reserved = new Uint16Array(region.bands.length);
  }

  /** Takes what flash knew as spent just now, unless `elapsed` ms ago is out of the hour. */
  restore(now: number, elapsed: number): void {
    this.#turn(now);
    this.#spent.fill(0);
    if (elapsed >= slotMs * slots) return;
    for (let band = 0; band < this.reserved.length; band++) this.#spent[band * slots + (this.#slot % slots)] = this.reserved[band]!;
  }

  /** From when `airtime` ms may be sent in `band` (-1: no limit); Infinity when its hour is too short for it. */
  earliest(band: number, airtime: number, now: number): number {
    const general = Math.max(now, this.quietUntil);
    if (band < 0) return general;
    this.#turn(now);
    const budget = this.#budget(band);
    const units = Math.ceil(airtime / unit);
    if (units > budget) return Infinity;
    let spent = this.#sum(band);
    if (spent + units <= budget) return general;
    // The oldest slot leaves the hour first.
    for (let age = slots - 1; age >= 0; age--) {
      spent -= this.#spent[band * slots + ((this.#slot - age + slots) % slots)]!;
      if (spent + units <= budget) return Math.max(general, (this.#slot - age + slots) * slotMs);
    }
    return Infinity;
  }

  /** Whether flash must hear of it before `airtime` ms are sent in `band`; it then finds the new bound in `reserved`. */
  reserve(band: number, airtime: number, now: number): boolean {
    if (band < 0) return false;
    this.#turn(now);
    const needed = this.#sum(band) + Math.ceil(airtime / unit);
    if (needed <= this.reserved[band]!) return false;
    this.reserved[band] = Math.min(this.#budget(band), needed + 3 * Math.ceil(airtime / unit));
    return true;
  }

  /** `airtime` ms were sent in `band` and ended at `end`; `divisor` is the network's limit over all bands, 1: none. */
  spend(band: number, airtime: number, end: number, divisor: number): void {
    if (divisor > 1) this.quietUntil = end + airtime * (divisor - 1);
    if (band < 0) return;
    this.#turn(end);
    this.#spent[band * slots + (this.#slot % slots)]! += Math.ceil(airtime / unit);
  }

  #budget(band: number): number {
    return Math.floor((this.#region.bands[band]!.duty * hourMs) / unit);
  }

  #sum(band: number): number {
    let sum = 0;
    for (let i = band * slots; i < (band + 1) * slots; i++) sum += this.#spent[i]!;
    return sum;
  }

  /** Empties the slots that have left the hour. */
  #turn(now: number): void {
    const slot = Math.floor(now / slotMs);
    const passed = Math.min(slot - this.#slot, slots);
    for (let i = 0; i < passed; i++) {
      for (let band = 0; band < this.reserved.length; band++) this.#spent[band * slots + ((slot - i) % slots)] = 0;
    }
    this.#slot = Math.max(slot, this.#slot);
  }
}
