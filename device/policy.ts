import type { Decision } from "./codec/types.js";
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

/** Who decides: the node when it is sure, else the cloud. One deferral waits at a time; a newer window's verdict supersedes it. */
export class Policy {
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
