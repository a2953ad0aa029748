import { decodeReport, encodeDeferral, encodeFaultReport, encodeReport, faultsThatFit, importance, mayMerge, mergeReports, ports, reportImportance, type FeatureWindow } from "./codec/codec.js";
import type { Importance } from "./codec/importance.js";
import type { Faults } from "./faults.js";
import type { Outbox } from "./outbox/outbox.js";
import type { Verdict } from "./verdict.js";

/** The largest payload of any data rate: deferrals are kept whole, and made smaller when they are sent. */
const anyRoom = 1000;
/** Fault reports fit the slowest data rate of every region. */
const slowestRoom = 11;

/** Puts what the node has to say into the outbox. */
export class Voice {
  readonly #outbox: Outbox;
  readonly #faults: Faults;
  readonly #onPut: () => void;
  #lastLabel = -1;
  #lastActions = 0;

  /** @param onPut hears that there is something in the outbox */
  constructor(outbox: Outbox, faults: Faults, onPut: () => void) {
    this.#outbox = outbox;
    this.#faults = faults;
    this.#onPut = onPut;
  }

  /** Reports that say nothing new are merged while they wait. @param actions bit i: actuator i is on. @returns the report's number; undefined when there was no room for it */
  report(verdict: Verdict, actions: number): number | undefined {
    const isChanged = verdict.label !== this.#lastLabel || actions !== this.#lastActions;
    this.#lastLabel = verdict.label;
    this.#lastActions = actions;
    const weight = reportImportance(isChanged);
    const report = { sequence: 0, time: seconds(verdict.time), label: verdict.label, confidence: verdict.confidence, actions, count: 1 };
    const waiting = this.#outbox.newest();
    const merged = waiting && waiting.port === ports.report && mayMerge(waiting.importance as Importance, weight) ? mergeReports(decodeReport(waiting.payload), report) : undefined;
    const sequence = this.#put(ports.report, weight, (number) => encodeReport({ ...(merged ?? report), sequence: number }));
    // Only now: a power cut between the two tells a window twice rather than never.
    if (waiting && merged && sequence !== undefined) this.#outbox.remove(waiting.sequence);
    return sequence;
  }

  /** @returns the deferral's number; undefined when there was no room for it */
  defer(verdict: Verdict, window: FeatureWindow): number | undefined {
    const { label, confidence } = verdict;
    return this.#put(ports.deferral, importance.deferral, (sequence) => encodeDeferral({ sequence, time: seconds(verdict.time), label, confidence, window }, anyRoom));
  }

  /** Tells the faults that are worth telling. @param now the node's own clock, seconds. @param time of day */
  tellFaults(now: number, time: number): void {
    for (;;) {
      const dropped = this.#outbox.takeDropped();
      if (dropped > 0) this.#faults.add("data dropped", undefined, dropped);
      const faults = this.#faults.take(now, faultsThatFit(slowestRoom));
      if (faults.length === 0) return;
      this.#put(ports.fault, importance.fault, (sequence) => encodeFaultReport({ sequence, time: seconds(time), faults }));
    }
  }

  #put(port: number, weight: Importance, encode: (sequence: number) => Uint8Array): number | undefined {
    const sequence = this.#outbox.nextSequence;
    if (!this.#outbox.put(port, weight, encode(sequence))) return undefined;
    this.#onPut();
    return sequence;
  }
}

/** A time of day as payloads carry it; 0 when it cannot be one. */
function seconds(time: number): number {
  return time >= 0 && time < 0xffffffff ? Math.floor(time) : 0;
}
