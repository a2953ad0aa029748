/** s between two lines about messages that are refused for the same kind of reason: whoever sends them must not fill the log. */
const pause = 10;

interface Kind {
  /** Since the last line. */
  count: number;
  last: { about: string; reason: string };
  timer: NodeJS.Timeout;
}

/** Says which messages were refused, and why: the first at once, then the last of `pause` seconds with their number. */
export class Refusals {
  readonly #onEvent: (event: Record<string, unknown>) => void;
  readonly #kinds = new Map<string, Kind>();

  constructor(onEvent: (event: Record<string, unknown>) => void) {
    this.#onEvent = onEvent;
  }

  add(event: string, about: string, reason: string): void {
    // What others have sent is repeated only so far.
    const last = { about: about.slice(0, 200), reason: reason.slice(0, 300) };
    const known = this.#kinds.get(event);
    if (known) {
      known.count++;
      known.last = last;
      return;
    }
    this.#onEvent({ event, ...last, count: 1 });
    const timer = setInterval(() => this.#report(event), pause * 1000).unref();
    this.#kinds.set(event, { count: 0, last, timer });
  }

  close(): void {
    for (const event of [...this.#kinds.keys()]) {
      this.#report(event);
      this.#forget(event);
    }
  }

  #report(event: string): void {
    const kind = this.#kinds.get(event)!;
    if (kind.count === 0) return this.#forget(event);
    this.#onEvent({ event, ...kind.last, count: kind.count });
    kind.count = 0;
  }

  #forget(event: string): void {
    clearInterval(this.#kinds.get(event)?.timer);
    this.#kinds.delete(event);
  }
}
