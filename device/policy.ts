import type { Decision } from "./codec/types.js";
import type { Fields, RetainedPart } from "./flash/fields.js";
import type { Verdict } from "./verdict.js";

export interface PolicyOptions {
  /** Verdicts of at least this confidence are acted on here. */
  threshold: number;
  /** How long a deferral waits for its decision. */
  decisionSeconds: number;
  classes: readonly string[];
}

/** Why a decision is refused. */
export type Refused = "unknown" | "superseded" | "late" | "no such class";

const nothing: Verdict = { label: 0, name: "", confidence: 0, time: 0, source: "node" };

/** Who decides: the node when it is sure, else the cloud. One deferral waits at a time; a newer window's verdict supersedes it. */
export class Policy implements RetainedPart {
  readonly #options: PolicyOptions;
  #waiting: { sequence: number; verdict: Verdict; since: number } | undefined;
  #lastDeferral = -1;

  constructor(options: PolicyOptions) {
    this.#options = options;
  }

  /** @returns whether the node acts on the verdict itself */
  judge(verdict: Verdict): "act" | "defer" {
    this.#waiting = undefined;
    return verdict.confidence >= this.#options.threshold ? "act" : "defer";
  }

  /** The verdict was sent to the cloud with this sequence number. @param now seconds, monotonic */
  deferred(sequence: number, verdict: Verdict, now: number): void {
    this.#waiting = { sequence, verdict, since: now };
    this.#lastDeferral = sequence;
  }

  /** The deferral that waits. */
  layout(fields: Fields): void {
    const { sequence, verdict, since } = this.#waiting ?? { sequence: 0, verdict: nothing, since: 0 };
    const waiting = { sequence, verdict: { ...verdict }, since };
    let isWaiting = this.#waiting !== undefined;
    fields.number(4, this.#lastDeferral + 1, (value) => (this.#lastDeferral = value - 1));
    fields.number(1, isWaiting ? 1 : 0, (value) => (isWaiting = value === 1));
    if (!isWaiting) return;
    fields.number(4, sequence, (value) => (waiting.sequence = value));
    fields.number(7, Math.round(since * 1000), (value) => (waiting.since = value / 1000));
    fields.number(1, verdict.label, (value) => (waiting.verdict.label = value));
    fields.float(verdict.confidence, (value) => (waiting.verdict.confidence = value));
    fields.number(7, Math.round(verdict.time * 1000), (value) => (waiting.verdict.time = value / 1000));
    fields.number(7, verdict.made === undefined ? 0 : Math.round(verdict.made * 1000) + 1, (value) => {
      if (value > 0) waiting.verdict.made = (value - 1) / 1000;
    });
    waiting.verdict.name = this.#options.classes[waiting.verdict.label] ?? "";
    this.#waiting = waiting;
  }

  /** The cloud's decision as the verdict to act on, or why it is refused. */
  decide(decision: Decision, now: number): Verdict | Refused {
    const waiting = this.#waiting;
    if (waiting?.sequence !== decision.sequence) return this.#lastDeferral < 0 ? "unknown" : "superseded";
    this.#waiting = undefined;
    if (now - waiting.since > this.#options.decisionSeconds) return "late";
    const name = this.#options.classes[decision.label];
    if (name === undefined) return "no such class";
    return { ...waiting.verdict, label: decision.label, name, confidence: decision.confidence, source: "cloud" };
  }
}
