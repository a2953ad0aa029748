import {
  decodeReport,
  encodeDeferral,
  encodeFaultReport,
  encodeReport,
  faultsThatFit,
  importance,
  mayMerge,
  mergeReports,
  ports,
  reportImportance,
  type FeatureWindow,
  type Report,
} from "./codec/codec.js";
import type { Importance } from "./codec/importance.js";
import type { Faults } from "./faults.js";
import type { Outbox } from "./outbox/outbox.js";
import type { KnownTime } from "./knowntime.js";
import type { Verdict } from "./verdict.js";

/** The largest payload of any data rate: deferrals are kept whole, and made smaller when they are sent. */
const anyRoom = 1000;
/** Fault reports fit the slowest data rate of every region. */
const slowestRoom = 11;

/** Puts what the node has to say into the outbox. */
export class UplinkReporter {
  readonly #outbox: Outbox;
  readonly #faults: Faults;
  readonly #clock: KnownTime;
  readonly #onPut: () => void;
  #lastLabel = -1;
  #lastActions = 0;

  /** @param onPut hears that there is something in the outbox */
  constructor(outbox: Outbox, faults: Faults, clock: KnownTime, onPut: () => void) {
    this.#outbox = outbox;
    this.#faults = faults;
    this.#clock = clock;
    this.#onPut = onPut;
  }

  /** Reports that say nothing new are merged while they wait. @param actions bit i: actuator i is on. @returns the report's number; undefined when there was no room for it */
  report(verdict: Verdict, actions: number): number | undefined {
    const isChanged = verdict.label !== this.#lastLabel || actions !== this.#lastActions;
    const weight = reportImportance(isChanged);
    const { time, made } = this.#moment(verdict);
    const report = { sequence: 0, time, label: verdict.label, confidence: verdict.confidence, actions, count: 1 };
    const merged = this.#merge(report, weight);
    const sequence =
      merged === null
        ? undefined
        : (merged ?? this.#put(ports.report, weight, (number) => encodeReport({ ...report, sequence: number }), made));
    // A change that there was no room for is still news with the next window.
    if (sequence === undefined) return undefined;
    this.#lastLabel = verdict.label;
    this.#lastActions = actions;
    return sequence;
  }

  /** The report with the one that waits as one. @returns undefined when they are not to be merged; null when there was no room, and the one that waits stays as it was */
  #merge(report: Report, weight: Importance): number | undefined | null {
    const waiting = this.#outbox.newest();
    if (!waiting || waiting.port !== ports.report || !mayMerge(waiting.importance as Importance, weight))
      return undefined;
    const earlier = decodeReport(waiting.payload);
    const { time, made } =
      earlier.time === 0 && waiting.made !== undefined
        ? this.#moment({ time: 0, made: waiting.made })
        : { time: earlier.time, made: undefined };
    // What will never have a time, having been made before a reset, must not take the other's.
    if (time === 0 && made === undefined) return undefined;
    const merged = mergeReports({ ...earlier, time }, report);
    if (!merged) return undefined;
    const sequence = this.#outbox.nextSequence;
    if (!this.#outbox.replace(waiting.sequence, ports.report, weight, encodeReport({ ...merged, sequence }), made))
      return null;
    this.#onPut();
    return sequence;
  }

  /** @returns the deferral's number; undefined when there was no room for it */
  defer(verdict: Verdict, window: FeatureWindow): number | undefined {
    const { label, confidence } = verdict;
    const { time, made } = this.#moment(verdict);
    return this.#put(
      ports.deferral,
      importance.deferral,
      (sequence) => encodeDeferral({ sequence, time, label, confidence, window }, anyRoom),
      made,
    );
  }

  /** Tells the faults that are worth telling; what there is no room for is told later. @param now the node's own clock, seconds */
  tellFaults(now: number): void {
    for (;;) {
      this.#countDropped(0);
      const faults = this.#faults.take(now, faultsThatFit(slowestRoom));
      if (faults.length === 0) return;
      const { time, made } = this.#moment({ time: 0, made: now });
      if (
        this.#put(ports.fault, importance.fault, (sequence) => encodeFaultReport({ sequence, time, faults }), made) !==
        undefined
      )
        continue;
      this.#faults.giveBack(faults);
      // The fault report itself is not lost.
      return this.#countDropped(1);
    }
  }

  #countDropped(except: number): void {
    const dropped = this.#outbox.takeDropped() - except;
    if (dropped > 0) this.#faults.add("data dropped", undefined, dropped);
  }

  /** The time that a payload carries, 0 when it is not known; and then, when it was made. */
  #moment({ time, made }: Pick<Verdict, "time" | "made">): { time: number; made: number | undefined } {
    if (made === undefined) return { time: this.#clock.isKnown ? seconds(time) : 0, made };
    return this.#clock.isKnown
      ? { time: seconds(this.#clock.at(made)), made: undefined }
      : { time: 0, made: Math.floor(made) };
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

/** A time of day as payloads carry it; 0 when it cannot be one. */
function seconds(time: number): number {
  return time >= 0 && time < 0xffffffff ? Math.floor(time) : 0;
}
