import type { z } from "zod";

export interface Refusal {
  /** EUI, of a node where it is one that is refused, or an address where there is none. */
  gateway: string;
  /** What is wrong, with its place in the message. */
  error: string;
  /** So many of this gateway since the last report. */
  count: number;
}

/** ms between two reports of one gateway. */
const least = 60000;
/** Gateways that are counted at the same time: an attacker has as many as it likes. */
const most = 256;

/** Reports what was refused, a gateway at most once a minute, so that whoever sends garbage does not fill the log. */
export class Refusals {
  readonly #report: (refusal: Refusal) => void;
  readonly #last = new Map<string, { at: number; count: number }>();

  constructor(report: (refusal: Refusal) => void) {
    this.#report = report;
  }

  add(gateway: string, error: string, now = performance.now()): void {
    const last = this.#last.get(gateway);
    if (last && now - last.at < least) {
      last.count++;
      return;
    }
    if (!last && this.#last.size >= most) {
      const [oldest, { at }] = this.#last.entries().next().value!;
      if (now - at < least) return;
      this.#last.delete(oldest);
    }
    this.#last.delete(gateway);
    this.#last.set(gateway, { at: now, count: 0 });
    this.#report({ gateway, error, count: (last?.count ?? 0) + 1 });
  }
}

/** What is wrong first, with its place: "rxpk[0].freq: ...". */
export function describeIssue({ issues }: z.ZodError, ...before: PropertyKey[]): string {
  const { path, message } = issues[0]!;
  const place = [...before, ...path]
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${String(key)}`))
    .join("");
  return place ? `${place}: ${message}` : message;
}
