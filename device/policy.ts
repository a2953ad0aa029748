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

interface Waiting {
  sequence: number;
  verdict: Verdict;
  since: number;
}

const nothing: Waiting = {
  sequence: 0,
  verdict: { label: 0, name: "", confidence: 0, time: 0, source: "node" },
  since: 0,
};

/** Who decides: the node when it is sure, else the cloud. One deferral waits at a time; a newer window's verdict supersedes it. */
export class Policy implements RetainedPart {
  readonly #options: PolicyOptions;
  #waiting: Waiting | undefined;
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
    this.#lastDeferral = fields.number(4, this.#lastDeferral + 1) - 1;
    if (fields.number(1, this.#waiting ? 1 : 0) === 0) return;
    const waiting = this.#waiting ?? nothing;
    const { verdict } = waiting;
    const sequence = fields.number(4, waiting.sequence);
    const since = fields.milli(waiting.since);
    const label = fields.number(1, verdict.label);
    const confidence = fields.float(verdict.confidence);
    const time = fields.milli(verdict.time);
    const made = fields.number(7, verdict.made === undefined ? 0 : Math.round(verdict.made * 1000) + 1);
    if (!fields.isReading) return;
    const read: Verdict = { label, name: this.#options.classes[label] ?? "", confidence, time, source: "node" };
    if (made > 0) read.made = (made - 1) / 1000;
    this.#waiting = { sequence, verdict: read, since };
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
