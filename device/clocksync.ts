import {
  clockPackage,
  clockPeriod,
  decodeClockDownlink,
  encodeClockUplink,
  leastCorrection,
  mostCorrection,
  stampClockUplink,
  type ClockDownlink,
  type ClockUplink,
} from "./codec/clocksync.js";
import type { Fields, RetainedPart } from "./flash/fields.js";
import { fromGpsTime, toGpsTime } from "./codec/gpstime.js";
import { SyncedClock, type Moment } from "./syncedclock.js";
import type { TimeServer } from "./timesource.js";
import type { Journal } from "./uplinksender.js";

/** Uplinks with a DeviceTimeReq in a row, sent without an answer, after which AppTimeReq are sent. */
const maxSilence = 2;
/** An AppTimeReq that a reset has interrupted counts 1, one without an answer 4: after two of these there is a pause, ms, which doubles. */
const interrupted = 1;
const unanswered = 4;
const maxFailures = 2 * unanswered;
const mostFailures = 255;
const firstPause = 900_000;
const longestPause = 21_600_000;
/** ms after a request with this token, from which an answer to it is refused. */
const maxAge = 3_600_000;
/** ms: answers carry whole seconds, rounded by the server as it likes, and after an unknown delay. */
const second = 1000;
const serverError = 1000;
/** ms by which a correction may exceed what the clock may be off by. */
const tolerance = 1000;
/** ms after which DeviceTime begins at 0 again. */
const era = 2 ** 32 * second;
/** ms between the requests of a ForceDeviceResyncCmd; and by how much the time of a periodic one differs at random. */
const resyncPause = 60_000;
const jitter = 30_000;
/** Answers that are due; more commands in one downlink are ignored. */
const maxAnswers = 4;
const tokens = 16;

/** Since the token is this one: AppTimeReq that have no answer. */
interface Pending {
  /** Of the first. */
  since: Moment;
  /** ms between a request's DeviceTime and the end of its transmission by the node's clock: the least and the most of them. */
  least: number;
  most: number;
}

export interface ClockSyncParts {
  clock: SyncedClock;
  /** From 0 to below 1. */
  random(): number;
  /** An uplink is due. */
  kick(): void;
  /** Calls `wake` after so many ms, instead of what it was to do before. */
  wakeAfter(ms: number): void;
  /** The time of day was set. */
  onSet(): void;
  journal: Journal;
}

/**
 * The node's end of TS003-2.0.0: the time by AppTimeReq where the network does not answer DeviceTimeReq, and at what times the server wants. Nothing of it is
 * in flash: what goes on is in RTC memory.
 */
export class ClockSync implements TimeServer, RetainedPart {
  readonly #parts: ClockSyncParts;
  /** At random, although it should begin at 0: the network may hold an answer from before a power cut. */
  #token: number;
  /** What the server has asked, and is to be answered. */
  #answers: ("version" | "period")[] = [];
  /** -1: the server has set none. */
  #period = -1;
  /** Uptime (ms) of the next request of the period, and of the next of those that the server forces. */
  #periodicAt = 0;
  #forced = 0;
  #forcedAt = 0;
  /** See `maxSilence`, `interrupted` and `unanswered`. And the uptime (ms) up to which it pauses. */
  #silence = 0;
  #failures = 0;
  #pausesUntil = 0;
  #pending: Pending | undefined;
  /** DeviceTimeAns came in the receive windows that are on. */
  #hasDeviceTime = false;
  /** Of what was composed: how many answers are in it, and whether a request. */
  #composed = 0;
  #isRequest = false;
  /** Of a clock that was never set: ms that were added to the uptime. */
  #base = 0;
  /** Uptime's 0 in ms since 1970, by an answer that contradicts the clock; 0: none. */
  #doubt = 0;

  constructor(parts: ClockSyncParts) {
    this.#parts = parts;
    this.#token = Math.floor(parts.random() * tokens);
  }

  layout(fields: Fields): void {
    this.#token = fields.number(1, this.#token);
    this.#period = fields.number(1, this.#period + 1) - 1;
    this.#periodicAt = fields.milli(this.#periodicAt);
    this.#forced = fields.number(1, this.#forced);
    this.#forcedAt = fields.milli(this.#forcedAt);
    this.#silence = fields.number(1, this.#silence);
    this.#failures = fields.number(1, this.#failures);
    this.#pausesUntil = fields.milli(this.#pausesUntil);
    this.#base = fields.milli(this.#base);
    this.#doubt = fields.milli(this.#doubt);
    const count = fields.number(1, this.#answers.length);
    for (let i = 0; i < Math.min(count, maxAnswers); i++)
      this.#answers[i] = fields.number(1, this.#answers[i] === "period" ? 1 : 0) ? "period" : "version";
    if (!fields.number(1, this.#pending ? 1 : 0)) return;
    const { since, least, most } = this.#pending ?? { since: this.#parts.clock.moment, least: 0, most: 0 };
    this.#pending = {
      since: {
        uptime: fields.milli(since.uptime),
        sleptRtc: fields.milli(since.sleptRtc),
        slept: fields.milli(since.slept),
        sleepError: fields.milli(since.sleepError),
      },
      least: fields.milli(least),
      most: fields.milli(most),
    };
  }

  get isTimeDue(): boolean | undefined {
    if (this.#silence < maxSilence) return undefined;
    const { clock } = this.#parts;
    return clock.needsSync && this.#pausesUntil <= clock.uptime;
  }

  get isDue(): boolean {
    return this.#answers.length > 0 || this.#requestAt <= this.#parts.clock.uptime;
  }

  /** Uptime (ms) at which the program must run for a request; Infinity: none is to come. */
  get wakeAt(): number {
    const at = this.#requestAt;
    return at > this.#parts.clock.uptime ? at : Infinity;
  }

  /** Uptime (ms) of the next request. */
  get #requestAt(): number {
    return Math.min(
      this.#silence >= maxSilence && this.#parts.clock.needsSync ? this.#pausesUntil : Infinity,
      this.#period < 0 ? Infinity : this.#periodicAt,
      this.#forced === 0 ? Infinity : this.#forcedAt,
    );
  }

  /** To be called when the program has begun, and when `wakeAfter` is over. */
  wake(): void {
    if (this.isDue) this.#parts.kick();
    const at = this.wakeAt;
    if (at < Infinity) this.#parts.wakeAfter(at - this.#parts.clock.uptime);
  }

  /** Answers that are due, and an AppTimeReq, as far as there is room. */
  compose(room: number): Uint8Array {
    const { clock } = this.#parts;
    const bytes: number[] = [];
    const add = (message: ClockUplink): boolean => {
      const next = encodeClockUplink(message);
      if (bytes.length + next.length > room) return false;
      bytes.push(...next);
      return true;
    };
    const answer = (command: "version" | "period"): ClockUplink =>
      command === "version"
        ? { command, ...clockPackage }
        : { command, isSupported: !clock.isAlwaysRight, deviceTime: 0 };
    this.#composed = 0;
    while (this.#composed < this.#answers.length && add(answer(this.#answers[this.#composed]!))) this.#composed++;
    this.#isRequest =
      this.#composed === this.#answers.length &&
      this.#requestAt <= clock.uptime &&
      add({ command: "time", deviceTime: 0, isAnswerRequired: clock.needsSync, token: 0 });
    return Uint8Array.from(bytes);
  }

  /** By the node's clock, right or not, ms since the GPS epoch. */
  #own(uptime: number): number {
    const { clock } = this.#parts;
    return clock.isEstimated ? toGpsTime(clock.at(uptime / 1000)) * 1000 : (this.#base + uptime) % era;
  }

  stamp(payload: Uint8Array, airtime: number): void {
    const { clock } = this.#parts;
    const since = clock.moment;
    const own = this.#own(since.uptime);
    const deviceTime = Math.floor(own / second);
    // An answer to what is so old must not be taken for one to this.
    if (this.#isRequest && this.#pending && this.#isOld(this.#pending)) this.#newToken();
    stampClockUplink(payload, deviceTime, this.#token);
    if (!this.#isRequest) return;
    const after = own - deviceTime * second + airtime;
    this.#pending ??= { since, least: after, most: after };
    this.#pending.least = Math.min(this.#pending.least, after);
    this.#pending.most = Math.max(this.#pending.most, after);
    // Now: its answer may force another.
    if (this.#period >= 0) this.#schedule(since.uptime);
    if (this.#forced > 0) this.#forced--;
    this.#forcedAt = since.uptime + resyncPause;
    if (clock.needsSync) this.#failed(interrupted);
  }

  /** Counts a request that may have no answer, and pauses after some. */
  #failed(weight: number): void {
    this.#failures = Math.min(mostFailures, this.#failures + weight);
    const pauses = Math.floor((this.#failures - maxFailures) / unanswered);
    const pause = pauses < 0 ? 0 : Math.min(longestPause, firstPause * 2 ** pauses);
    this.#pausesUntil = this.#parts.clock.uptime + pause;
  }

  sent(): void {
    this.#answers.splice(0, this.#composed);
    if (this.#isRequest && this.#pending && this.#parts.clock.needsSync) this.#failed(unanswered - interrupted);
    this.wake();
  }

  #schedule(uptime: number): void {
    this.#periodicAt = uptime + clockPeriod(this.#period) * 1000 + (2 * this.#parts.random() - 1) * jitter;
  }

  uplinkEnded(): void {
    if (!this.#hasDeviceTime) this.#silence = Math.min(maxSilence, this.#silence + 1);
    this.#hasDeviceTime = false;
  }

  /** DeviceTimeAns, which is better than what AppTimeAns may say: `seconds` since 1970. */
  deviceTime(seconds: number): void {
    const { clock, onSet } = this.#parts;
    const isOff = clock.setFromNetwork(seconds);
    if (SyncedClock.isPlausible(seconds)) {
      this.#hasDeviceTime = true;
      this.#silence = 0;
      this.#synchronized();
    }
    if (isOff) onSet();
  }

  #synchronized(): void {
    if (this.#pending) this.#newToken();
    this.#failures = this.#pausesUntil = this.#forced = this.#doubt = this.#base = 0;
  }

  #newToken(): void {
    this.#token = (this.#token + 1) % tokens;
    this.#pending = undefined;
  }

  #isOld({ since }: Pending): boolean {
    return this.#parts.clock.uptime - since.uptime > maxAge;
  }

  /** A downlink on the port of clock synchronization. */
  receive(payload: Uint8Array): void {
    for (const command of decodeClockDownlink(payload)) this.#execute(command);
    this.wake();
  }

  #execute(request: ClockDownlink): void {
    const { clock, journal } = this.#parts;
    switch (request.command) {
      case "version":
      case "period":
        if (this.#answers.length < maxAnswers) this.#answers.push(request.command);
        if (request.command === "version" || clock.isAlwaysRight) return;
        this.#period = request.period;
        this.#schedule(clock.uptime);
        return journal("clock", { periodSeconds: clockPeriod(request.period) });
      case "resync":
        if (request.count === 0) return;
        this.#forced = request.count;
        this.#forcedAt = clock.uptime;
        return journal("clock", { resync: request.count });
      case "time": {
        const refused = this.#take(request.correction, request.token);
        journal("clock", { correction: request.correction, ...(refused && { refused }) });
      }
    }
  }

  /** AppTimeAns. @returns why it was refused */
  #take(correction: number, token: number): string | undefined {
    const { clock, onSet } = this.#parts;
    const pending = this.#pending;
    if (!pending || token !== this.#token) return "token";
    if (this.#isOld(pending)) return "late";
    const { since, least, most } = pending;
    if (!clock.isEstimated && (correction === mostCorrection || correction === leastCorrection)) {
      this.#newToken();
      this.#base = Math.max(0, this.#base + correction * second);
      this.#forced = Math.max(this.#forced, 1);
      this.#forcedAt = this.#failures < maxFailures ? clock.uptime : clock.uptime + firstPause;
      return undefined;
    }
    // DeviceTime plus the correction is the whole second in which the server saw the end of the transmission.
    const change = correction * second + second / 2 - (least + most) / 2;
    const error = serverError + (most - least) / 2;
    const seconds = fromGpsTime((this.#own(since.uptime) + change) / 1000);
    if (!SyncedClock.isPlausible(seconds)) return "implausible";
    if (clock.isEstimated && Math.abs(change) > clock.error + error + tolerance) {
      // The clock cannot be off by so much; unless the next answer, to another request, says the same.
      const zero = seconds * 1000 - since.uptime;
      const isConfirmed = this.#doubt > 0 && Math.abs(zero - this.#doubt) <= 2 * error + tolerance;
      if (!isConfirmed) {
        this.#newToken();
        this.#doubt = zero;
        this.#forced = Math.max(this.#forced, 1);
        this.#forcedAt = clock.uptime + resyncPause;
        return "contradicts the clock";
      }
    }
    const isOff = clock.setFromNetwork(seconds, since, error);
    this.#synchronized();
    if (isOff) onSet();
    return undefined;
  }
}
