import {
  decodeReport,
  encodeAppMessage,
  encodeDeferral,
  encodeFaultReport,
  encodeHealth,
  encodeReport,
  encodeUpdateStatus,
  faultsThatFit,
  importance,
  mayMerge,
  mergeReports,
  ports,
  reportImportance,
  type AppMessage,
  type FeatureWindow,
  type Health,
  type Report,
} from "./codec/codec.js";
import { encodeSettingsReport, type SettingsInForce } from "./codec/settingsreport.js";
import { writeSequence } from "./codec/stamp.js";
import type { UpdateStatus } from "./codec/update.js";
import type { Importance } from "./codec/importance.js";
import type { Faults } from "./faults.js";
import type { Fields, RetainedPart } from "./flash/fields.js";
import type { Outbox } from "./outbox/outbox.js";
import type { TimeSource } from "./timesource.js";
import type { Verdict } from "./verdict.js";

/** The largest payload of any data rate: deferrals are stored whole, and compressed when they are sent. */
const maxRoom = 1000;
/** Fault reports fit the slowest data rate of every region. */
const minRoom = 11;

/** Encodes reports, deferrals and fault reports, and puts them into the outbox. */
export class UplinkReporter implements RetainedPart {
  readonly #outbox: Outbox;
  readonly #faults: Faults;
  readonly #clock: TimeSource;
  readonly #onPut: () => void;
  #lastLabel = -1;
  #lastActions = 0;

  /** @param onPut called when an item was put into the outbox */
  constructor(outbox: Outbox, faults: Faults, clock: TimeSource, onPut: () => void) {
    this.#outbox = outbox;
    this.#faults = faults;
    this.#clock = clock;
    this.#onPut = onPut;
  }

  /** What was reported last. */
  layout(fields: Fields): void {
    this.#lastLabel = fields.number(2, this.#lastLabel + 1) - 1;
    this.#lastActions = fields.number(4, this.#lastActions);
  }

  /** Unchanged reports are merged while they wait. @param actions bit i: actuator i is on. @returns the report's sequence number; undefined when the outbox is full */
  report(verdict: Verdict, actions: number): number | undefined {
    const isChanged = verdict.label !== this.#lastLabel || actions !== this.#lastActions;
    const weight = reportImportance(isChanged);
    const { time, made } = this.#timestamp(verdict);
    const report = { sequence: 0, time, label: verdict.label, confidence: verdict.confidence, actions, count: 1 };
    const merged = this.#merge(report, weight);
    const sequence =
      merged === null
        ? undefined
        : (merged ?? this.#put(ports.report, weight, (number) => encodeReport({ ...report, sequence: number }), made));
    // A change that was not stored is still a change with the next window.
    if (sequence === undefined) return undefined;
    this.#lastLabel = verdict.label;
    this.#lastActions = actions;
    return sequence;
  }

  /** Merges the report into the waiting one. @returns undefined when they cannot be merged; null when the outbox is full and the waiting one is unchanged */
  #merge(report: Report, weight: Importance): number | undefined | null {
    const waiting = this.#outbox.newest();
    if (waiting?.port !== ports.report || !mayMerge(waiting.importance as Importance, weight)) return undefined;
    const earlier = decodeReport(waiting.payload);
    const { time, made } =
      earlier.time === 0 && waiting.made !== undefined
        ? this.#timestamp({ time: 0, made: waiting.made })
        : { time: earlier.time, made: undefined };
    // A report from before a reset, which will never have a timestamp, must not get the other's.
    if (time === 0 && made === undefined) return undefined;
    const merged = mergeReports({ ...earlier, time }, report);
    if (!merged) return undefined;
    const sequence = this.#outbox.nextSequence;
    if (!this.#outbox.replace(waiting.sequence, ports.report, weight, encodeReport({ ...merged, sequence }), made))
      return null;
    this.#onPut();
    return sequence;
  }

  /** @returns the deferral's sequence number; undefined when the outbox is full */
  defer(verdict: Verdict, window: FeatureWindow): number | undefined {
    const { label, confidence } = verdict;
    const { time, made } = this.#timestamp(verdict);
    return this.#put(
      ports.deferral,
      importance.deferral,
      (sequence) => encodeDeferral({ sequence, time, label, confidence, window }, maxRoom),
      made,
    );
  }

  /** A message of the app script. @param now uptime, seconds. @returns its sequence number; undefined when the outbox is full. @throws RangeError when it is too long */
  message(message: Pick<AppMessage, "values" | "text">, now: number): number | undefined {
    const { time, made } = this.#timestamp({ time: 0, made: now });
    const encode = (sequence: number): Uint8Array => encodeAppMessage({ ...message, sequence, time });
    return this.#put(ports.app, importance.appMessage, encode, made);
  }

  /** @returns false when the outbox is full */
  health(health: Omit<Health, "sequence" | "time">, now: number): boolean {
    const { time, made } = this.#timestamp({ time: 0, made: now });
    const encode = (sequence: number): Uint8Array => encodeHealth({ ...health, sequence, time }, maxRoom);
    return this.#put(ports.health, importance.health, encode, made) !== undefined;
  }

  /** @returns false when the outbox is full */
  update(status: Omit<UpdateStatus, "sequence" | "time">, now: number): boolean {
    const { time, made } = this.#timestamp({ time: 0, made: now });
    const encode = (sequence: number): Uint8Array => encodeUpdateStatus({ ...status, sequence, time }, maxRoom);
    return this.#put(ports.update, importance.update, encode, made) !== undefined;
  }

  /** @returns false when the outbox is full: part of it may be there then */
  settings(settings: SettingsInForce, now: number): boolean {
    const { time, made } = this.#timestamp({ time: 0, made: now });
    const encoded = (payload: Uint8Array) => (sequence: number) => (writeSequence(payload, sequence), payload);
    for (const payload of encodeSettingsReport(settings, time))
      if (this.#put(ports.settings, importance.settings, encoded(payload), made) === undefined) return false;
    return true;
  }

  /** A message of LoRaWAN's application layer, which has no stamp. What there is no room for is asked for again. */
  answer(port: number, payload: Uint8Array): void {
    if (this.#outbox.put(port, importance.update, payload)) this.#onPut();
  }

  /** Queues fault reports that are due; those that do not fit are reported later. @param now uptime, seconds */
  reportFaults(now: number): void {
    for (;;) {
      this.#countDropped(0);
      const faults = this.#faults.take(now, faultsThatFit(minRoom));
      if (faults.length === 0) return;
      const { time, made } = this.#timestamp({ time: 0, made: now });
      if (
        this.#put(ports.fault, importance.fault, (sequence) => encodeFaultReport({ sequence, time, faults }), made) !==
        undefined
      )
        continue;
      this.#faults.restore(faults);
      // The fault report itself was not dropped: its faults are kept.
      return this.#countDropped(1);
    }
  }

  #countDropped(except: number): void {
    const dropped = this.#outbox.takeDropped() - except;
    if (dropped > 0) this.#faults.add("data dropped", undefined, dropped);
  }

  /** A payload's time, 0 when unknown; then `made`, the uptime, is set. */
  #timestamp({ time, made }: Pick<Verdict, "time" | "made">): { time: number; made: number | undefined } {
    if (made === undefined) return { time: this.#clock.isKnown ? seconds(time) : 0, made };
    return this.#clock.isKnown
      ? { time: seconds(this.#clock.at(made)), made: undefined }
      : { time: 0, made: Math.round(made) };
  }

  #put(
    port: number,
    weight: Importance,
    encode: (sequence: number) => Uint8Array,
    made: number | undefined,
  ): number | undefined {
    const sequence = this.#outbox.nextSequence;
    if (!this.#outbox.put(port, weight, encode(sequence), made)) return undefined;
    this.#onPut();
    return sequence;
  }
}

/** The time in whole seconds as payloads carry it; 0 when out of range. */
function seconds(time: number): number {
  return time >= 0 && time < 0xffffffff ? Math.round(time) : 0;
}
