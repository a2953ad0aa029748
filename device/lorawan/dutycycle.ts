import type { Region } from "./regions/regions.js";

/** An hour is watched in slots of five minutes, the one under way and twelve before it, so that no 60 minutes can hold more than their share. */
const slotMs = 300000;
const slots = 13;
/** Airtime is kept in units of 10 ms, rounded up. */
const unit = 10;
const hourMs = 3600000;
/** Flash is told of this many frames at a time. */
const framesAhead = 4;

/**
 * The airtime that a node has spent, by band, and what its law leaves it. Flash knows of it before the air does, a few frames at a time, so
 * that a reset cannot forget airtime and flash is not written at every uplink.
 */
export class DutyCycle {
  readonly #region: Region;
  /** Row a band, column a slot (number modulo 13). */
  readonly #spent: Uint16Array;
  /** By band: units that flash counts as spent already. */
  readonly #ahead: Uint16Array;
  #slot = 0;
  /** What flash keeps: row a band, column an age in slots, in 1/200 of the band's hour. */
  readonly record: Uint8Array;
  /** The network's limit over all bands (DutyCycleReq): nothing before this time. */
  quietUntil = 0;

  constructor(region: Region) {
    const bands = region.bands.length;
    this.#region = region;
    this.#spent = new Uint16Array(bands * slots);
    this.#ahead = new Uint16Array(bands);
    this.record = new Uint8Array(bands * slots);
  }

  /** Brings `record` up to date. */
  pack(now: number): void {
    this.#turn(now);
    for (let band = 0; band < this.#ahead.length; band++) {
      const grain = this.#grain(band);
      for (let age = 0; age < slots; age++) {
        const units = this.#spent[this.#at(band, age)]! + (age === 0 ? this.#ahead[band]! : 0);
        this.record[band * slots + age] = Math.min(255, Math.ceil(units / grain));
      }
    }
  }

  /** Takes `record` for what was spent up to `elapsed` ms ago. */
  unpack(now: number, elapsed: number): void {
    this.#turn(now);
    this.#spent.fill(0);
    this.#ahead.fill(0);
    const passed = Math.min(slots, Math.floor(elapsed / slotMs));
    for (let band = 0; band < this.#ahead.length; band++) {
      for (let age = passed; age < slots; age++)
        this.#spent[this.#at(band, age)] = this.record[band * slots + age - passed]! * this.#grain(band);
    }
  }

  /** From when `airtime` ms may be sent in `band` (-1: no limit); Infinity when its hour is too short for it. */
  earliest(band: number, airtime: number, now: number): number {
    const general = Math.max(now, this.quietUntil);
    if (band < 0) return general;
    this.#turn(now);
    const budget = this.#budget(band);
    const units = Math.ceil(airtime / unit);
    if (units > budget) return Infinity;
    let spent = 0;
    for (let age = 0; age < slots; age++) spent += this.#spent[this.#at(band, age)]!;
    if (spent + units <= budget) return general;
    // The oldest slot leaves the hour first.
    for (let age = slots - 1; age >= 0; age--) {
      spent -= this.#spent[this.#at(band, age)]!;
      if (spent + units <= budget) return Math.max(general, (this.#slot - age + slots) * slotMs);
    }
    return Infinity;
  }

  /** Whether flash must hear of it (pack) before `airtime` ms are sent in `band`. */
  reserve(band: number, airtime: number): boolean {
    if (band < 0) return false;
    const units = Math.ceil(airtime / unit);
    if (units <= this.#ahead[band]!) return false;
    this.#ahead[band] = framesAhead * units;
    return true;
  }

  /** `airtime` ms were sent in `band` and ended at `end`; `divisor` is the network's limit over all bands, 1: none. */
  spend(band: number, airtime: number, end: number, divisor: number): void {
    if (divisor > 1) this.quietUntil = end + airtime * (divisor - 1);
    if (band < 0) return;
    this.#turn(end);
    const units = Math.ceil(airtime / unit);
    this.#spent[this.#at(band, 0)]! += units;
    this.#ahead[band] = Math.max(0, this.#ahead[band]! - units);
  }

  #budget(band: number): number {
    return Math.floor((this.#region.bands[band]!.duty * hourMs) / unit);
  }

  /** Units in one step of `record`. */
  #grain(band: number): number {
    return Math.ceil(this.#budget(band) / 200);
  }

  /** Index into `#spent` of the slot that is `age` slots old. */
  #at(band: number, age: number): number {
    return band * slots + ((this.#slot - age + slots) % slots);
  }

  /** Empties the slots that have left the hour. */
  #turn(now: number): void {
    const slot = Math.floor(now / slotMs);
    const passed = Math.min(slot - this.#slot, slots);
    for (let i = 0; i < passed; i++) {
      for (let band = 0; band < this.#ahead.length; band++) this.#spent[band * slots + ((slot - i) % slots)] = 0;
    }
    this.#slot = Math.max(slot, this.#slot);
  }
}
