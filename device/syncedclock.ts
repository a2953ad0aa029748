import Time from "time";
import type { Fields, RetainedPart } from "./flash/fields.js";
import type { SyncedTimeSource } from "./timesource.js";
import { Uptime } from "./uptime.js";

/** `Date` is set when it is off by more seconds than this: Time.set takes whole seconds only. */
const tolerance = 1;
/** 2024-01-01 and 2100-01-01: a network that gives another time has no valid clock. */
const earliest = 1704067200;
const latest = 4102444800;
/** ms by which the time of day may be wrong before it counts as unknown; it is requested at half of that, or half-way from what the last answer was wrong by. */
const maxError = 2000;
/** The crystal, by which the node counts while it is awake. */
const crystalPpm = 20;
/** The RTC's RC oscillator, before its drift is known, and at best afterwards: it follows the temperature. */
const unknownDrift = 0.05;
const leastDrift = 50e-6;
/** ms by which a DeviceTimeAns may be wrong. */
const answerError = 100;
/** ms of sleep between two answers from which the drift is learned. */
const leastSleep = 60_000;
/** What no RC oscillator does. */
const maxDrift = 0.12;

/** The RTC, which counts while the node sleeps: ms. */
export type Rtc = () => number;

/** A moment, for an answer that comes later: its uptime, and what the clock had counted since the last answer. */
export interface Moment {
  uptime: number;
  sleptRtc: number;
  slept: number;
  sleepError: number;
}

/**
 * The node's own time (uptime), which goes on through deep sleep and resets, and the time of day. Awake the crystal counts, asleep the
 * RTC. Its drift is what two answers of the network (DeviceTimeAns, AppTimeAns) show; the error that the time may have since the last one is known,
 * and when it gets too large the time is requested again.
 */
export class SyncedClock implements SyncedTimeSource, RetainedPart {
  readonly #rtc: Rtc;
  readonly #isDateRight: boolean;
  readonly #awake = new Uptime();
  /** Uptime and the link's clock when the program began, ms. */
  #began = 0;
  #linkBegan = 0;
  /** Time of day minus uptime, ms; NaN: never known. */
  #offset = NaN;
  /** ms of a second's sleep by the RTC, less 1000 and over 1000: real time is (1 + scale) of it. And how wrong that may be. */
  #scale = 0;
  #scaleError = unknownDrift;
  /** At the last answer: uptime, and the network's time. Since then: ms asleep by the RTC and by the uptime, and the error of the latter. */
  #syncedAt = 0;
  #syncedTime = NaN;
  #sleptRtc = 0;
  #slept = 0;
  #sleepError = 0;
  /** How wrong the last answer may have been. */
  #answerError = 0;

  /** @param isDateRight whether `Date` is the time of day, always */
  constructor(isDateRight: boolean, rtc: Rtc = () => 0) {
    this.#isDateRight = isDateRight;
    this.#rtc = rtc;
  }

  /** `Date` is the time of day, without the network. */
  get isAlwaysRight(): boolean {
    return this.#isDateRight;
  }

  get isKnown(): boolean {
    return this.#isDateRight || (this.isEstimated && this.error <= maxError);
  }

  /** Whether there is a time of day, right or not. */
  get isEstimated(): boolean {
    return this.#isDateRight || this.#offset === this.#offset;
  }

  get needsSync(): boolean {
    const most = (maxError + Math.max(0, this.#answerError - answerError)) / 2;
    return !this.#isDateRight && (!this.isEstimated || this.error > most);
  }

  /** ms by which the time of day may be wrong. */
  get error(): number {
    const awake = this.uptime - this.#syncedAt - this.#slept;
    return this.#answerError + this.#sleepError + (awake * crystalPpm) / 1e6;
  }

  /** By how much the RTC is fast, as learned. */
  get drift(): number {
    return 1 / (1 + this.#scale) - 1;
  }

  /** ms, monotonic. */
  get uptime(): number {
    return this.#began + this.#awake.now;
  }

  /** For the law, which limits airtime by the hour: ms that have passed at least. */
  get atLeast(): number {
    return this.#linkBegan + this.#awake.now;
  }

  /** What the RTC counts in `ms`. */
  byRtc(ms: number): number {
    return ms / (1 + this.#scale);
  }

  /** See TimeSource. */
  at(uptime: number): number {
    if (this.#isDateRight) return (Date.now() - this.uptime + Math.round(uptime * 1000)) / 1000;
    return (this.#offset + Math.round(uptime * 1000)) / 1000;
  }

  /** The time of day of a moment if it is known, else 0. @param date by `Date`, seconds since 1970 @param uptime seconds */
  known(date: number, uptime: number): number {
    return this.#isDateRight ? date : this.isKnown ? this.at(uptime) : 0;
  }

  /** Sets `Date` where it is off. @returns whether it was */
  setDate(): boolean {
    if (this.#isDateRight || !this.isEstimated) return false;
    const seconds = this.at(this.uptime / 1000);
    if (Math.abs(Date.now() / 1000 - seconds) <= tolerance) return false;
    Time.set(Math.round(seconds));
    return true;
  }

  /** Now. */
  get moment(): Moment {
    return { uptime: this.uptime, sleptRtc: this.#sleptRtc, slept: this.#slept, sleepError: this.#sleepError };
  }

  /** Whether a network may give this time: seconds since 1970. */
  static isPlausible(seconds: number): boolean {
    return seconds >= earliest && seconds < latest;
  }

  /**
   * The network's answer: `seconds` since 1970. @returns whether `Date` was off
   * @param at the moment that it is about, since the last answer; default: now @param error ms by which it may be wrong
   */
  setFromNetwork(seconds: number, at: Moment = this.moment, error = answerError): boolean {
    if (!SyncedClock.isPlausible(seconds) || this.#isDateRight) return false;
    const time = seconds * 1000;
    this.#learn(time, at, error);
    this.#offset = time - at.uptime;
    this.#syncedAt = at.uptime;
    this.#syncedTime = time;
    this.#sleptRtc -= at.sleptRtc;
    this.#slept -= at.slept;
    this.#sleepError -= at.sleepError;
    this.#answerError = error;
    return this.setDate();
  }

  /** The RTC's drift since the last answer; the old and the new value count by how wrong each may be. */
  #learn(time: number, { uptime, slept, sleptRtc }: Moment, answerError: number): void {
    if (this.#syncedTime !== this.#syncedTime || sleptRtc < leastSleep) return;
    const awake = uptime - this.#syncedAt - slept;
    const scale = (time - this.#syncedTime - awake) / sleptRtc - 1;
    if (Math.abs(scale) > maxDrift) return;
    const error = (this.#answerError + answerError + (awake * crystalPpm) / 1e6) / sleptRtc;
    const weight = this.#scaleError / (this.#scaleError + error);
    const change = Math.abs(scale - this.#scale);
    const isSurprise = change > this.#scaleError + error;
    this.#scale += weight * (scale - this.#scale);
    this.#scaleError = Math.min(unknownDrift, Math.max(leastDrift, weight * error, isSurprise ? change : 0));
  }

  layout(fields: Fields): void {
    const rtc = fields.milli(this.#rtc());
    const uptime = fields.milli(this.uptime);
    const atLeast = fields.milli(this.atLeast);
    const offset = fields.milli(this.isEstimated && !this.#isDateRight ? this.#offset : 0);
    this.#scale = fields.float(this.#scale);
    this.#scaleError = fields.float(this.#scaleError);
    this.#syncedAt = fields.milli(this.#syncedAt);
    const syncedTime = fields.milli(this.#syncedTime === this.#syncedTime ? this.#syncedTime : 0);
    this.#sleptRtc = fields.milli(this.#sleptRtc);
    this.#slept = fields.milli(this.#slept);
    this.#sleepError = fields.float(this.#sleepError);
    this.#answerError = fields.float(this.#answerError);
    if (!fields.isReading) return;
    this.#began = uptime;
    this.#linkBegan = atLeast;
    this.#offset = offset > 0 ? offset : NaN;
    this.#syncedTime = syncedTime || NaN;
    this.#resume(this.#rtc() - rtc);
  }

  /** The RTC has counted `pause` ms since the state was stored. */
  #resume(pause: number): void {
    // Now it counts from the program's start.
    const sinceStart = this.#awake.now;
    const asleep = Math.max(0, pause - sinceStart);
    // An RTC that has begun anew says nothing about the time that has passed.
    if (pause < 0) this.#offset = this.#syncedTime = NaN;
    const real = asleep * (1 + this.#scale);
    this.#sleptRtc += asleep;
    this.#slept += real;
    this.#sleepError += asleep * this.#scaleError;
    this.#began += real;
    this.#linkBegan += real * (1 - this.#scaleError);
  }
}
