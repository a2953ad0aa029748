import type { Fields } from "../flash/fields.js";
import type { Region } from "./regions/regions.js";

/** Airtime is counted in slots of five minutes, the current one and twelve before it, so that no 60 minutes exceed the duty cycle. */
const slotMs = 300000;
const slots = 13;
/** Airtime is counted in units of 10 ms, rounded up. */
const unit = 10;
const hourMs = 3600000;
/** Airtime is reserved in flash for this many frames at a time. */
const framesReserved = 4;

/**
 * The airtime used in each band, and the duty cycle's limit. It is persisted before transmitting, a few frames at a time, so
 * that a reset loses no airtime and not every uplink writes to flash.
 */
export class DutyCycle {
  readonly #region: Region;
  /** One row per band, one column per slot (number modulo 13). */
  readonly #spent: Uint16Array;
  /** By band: units that are already counted as used in flash. */
  readonly #reserved: Uint16Array;
  readonly #spentBytes: Uint8Array;
  readonly #reservedBytes: Uint8Array;
  #slot = 0;
  /** The persisted form: one row per band, one column per age in slots, in 1/200 of the band's hourly budget. */
  readonly record: Uint8Array;
  /** The aggregated duty cycle (DutyCycleReq): no transmission before this time. */
  timeOffUntil = 0;

  constructor(region: Region) {
    const bands = region.bands.length;
    this.#region = region;
    this.#spent = new Uint16Array(bands * slots);
    this.#reserved = new Uint16Array(bands);
    this.#spentBytes = new Uint8Array(this.#spent.buffer);
    this.#reservedBytes = new Uint8Array(this.#reserved.buffer);
    this.record = new Uint8Array(bands * slots);
  }

  /** Updates `record`. */
  pack(now: number): void {
    this.#expireSlots(now);
    for (let band = 0; band < this.#reserved.length; band++) {
      const unitsPerStep = this.#unitsPerStep(band);
      for (let age = 0; age < slots; age++) {
        const units = this.#spent[this.#at(band, age)]! + (age === 0 ? this.#reserved[band]! : 0);
        this.record[band * slots + age] = Math.min(255, Math.ceil(units / unitsPerStep));
      }
    }
  }

  /** Restores the airtime from `record`, written `elapsed` ms ago. */
  unpack(now: number, elapsed: number): void {
    this.#expireSlots(now);
    this.#spent.fill(0);
    this.#reserved.fill(0);
    const passed = Math.min(slots, Math.floor(elapsed / slotMs));
    for (let band = 0; band < this.#reserved.length; band++) {
      for (let age = passed; age < slots; age++)
        this.#spent[this.#at(band, age)] = this.record[band * slots + age - passed]! * this.#unitsPerStep(band);
    }
  }

  /** Stores or restores the exact state, on a clock that goes on; `record` is for one that does not. */
  layout(fields: Fields): void {
    this.#slot = fields.number(4, this.#slot);
    this.timeOffUntil = fields.number(7, Math.ceil(this.timeOffUntil));
    fields.bytes(this.#spentBytes);
    fields.bytes(this.#reservedBytes);
  }

  /** Counts what is reserved as used: it may have been. */
  spendReserved(): void {
    for (let band = 0; band < this.#reserved.length; band++) {
      this.#spent[this.#at(band, 0)]! += this.#reserved[band]!;
      this.#reserved[band] = 0;
    }
  }

  /**
   * The earliest time at which `airtime` ms may be sent in `band` (-1: no limit); Infinity when they exceed its hourly budget.
   * @param spare share of the budget that must be left
   */
  earliest(band: number, airtime: number, now: number, spare = 0): number {
    const aggregated = Math.max(now, this.timeOffUntil);
    if (band < 0) return aggregated;
    this.#expireSlots(now);
    const budget = this.#budget(band);
    const units = Math.ceil(airtime / unit + spare * budget);
    if (units > budget) return Infinity;
    let spent = 0;
    for (let age = 0; age < slots; age++) spent += this.#spent[this.#at(band, age)]!;
    if (spent + units <= budget) return aggregated;
    // The oldest slot expires first.
    for (let age = slots - 1; age >= 0; age--) {
      spent -= this.#spent[this.#at(band, age)]!;
      if (spent + units <= budget) return Math.max(aggregated, (this.#slot - age + slots) * slotMs);
    }
    return Infinity;
  }

  /** The largest share of a band's hourly budget that is spent: 0..1. */
  used(now: number): number {
    this.#expireSlots(now);
    let used = 0;
    for (let band = 0; band < this.#reserved.length; band++) {
      let spent = 0;
      for (let age = 0; age < slots; age++) spent += this.#spent[this.#at(band, age)]!;
      used = Math.max(used, spent / this.#budget(band));
    }
    return Math.min(1, used);
  }

  /** Whether the state must be persisted (pack) before `airtime` ms are sent in `band`. */
  reserve(band: number, airtime: number): boolean {
    if (band < 0) return false;
    const units = Math.ceil(airtime / unit);
    if (units <= this.#reserved[band]!) return false;
    this.#reserved[band] = framesReserved * units;
    return true;
  }

  /** `airtime` ms were sent in `band` and ended at `end`; the aggregated duty cycle is 1 / `divisor`, 1: no limit. */
  spend(band: number, airtime: number, end: number, divisor: number): void {
    if (divisor > 1) this.timeOffUntil = end + airtime * (divisor - 1);
    if (band < 0) return;
    this.#expireSlots(end);
    const units = Math.ceil(airtime / unit);
    this.#spent[this.#at(band, 0)]! += units;
    this.#reserved[band] = Math.max(0, this.#reserved[band]! - units);
  }

  #budget(band: number): number {
    return Math.floor((this.#region.bands[band]!.duty * hourMs) / unit);
  }

  /** Units in one step of `record`. */
  #unitsPerStep(band: number): number {
    return Math.ceil(this.#budget(band) / 200);
  }

  /** Index into `#spent` of the slot that is `age` slots old. */
  #at(band: number, age: number): number {
    return band * slots + ((this.#slot - age + slots) % slots);
  }

  /** Clears the slots that are over an hour old. */
  #expireSlots(now: number): void {
    const slot = Math.floor(now / slotMs);
    const passed = Math.min(slot - this.#slot, slots);
    for (let i = 0; i < passed; i++) {
      for (let band = 0; band < this.#reserved.length; band++) this.#spent[band * slots + ((slot - i) % slots)] = 0;
    }
    this.#slot = Math.max(slot, this.#slot);
  }
}
