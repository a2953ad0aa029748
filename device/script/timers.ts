import Timer from "timer";
import type { Fields, RetainedPart } from "../flash/fields.js";

export const mostTimers = 8;
export const longestName = 16;
/** ms after which a timer that is far off is looked at again. */
const lookAgain = 3_600_000;
/** ms before a timer is due in which the node may have been woken for it: it begins some ahead, and its RTC is off by a share of the sleep. */
const wakeAhead = 11_000;

interface Entry {
  name: string;
  /** Uptime, ms. */
  due: number;
  /** ms; 0: once. */
  every: number;
}

/** Timers of the app script, by name. They outlast deep sleep and resets. */
export class ScriptTimers implements RetainedPart {
  readonly #now: () => number;
  readonly #onDue: (name: string) => void;
  readonly #mayFire: (due: number) => boolean;
  readonly #isStarting: () => boolean;
  #entries: Entry[] = [];
  /** How often all were ended. */
  #ended = 0;
  #timer: ReturnType<typeof Timer.set> | undefined;

  /**
   * @param now uptime, ms
   * @param mayFire asked of each that is due, with when it was (ms); else all timers end
   * @param isStarting whether the script is being started
   */
  constructor(
    now: () => number,
    onDue: (name: string) => void,
    mayFire: (due: number) => boolean,
    isStarting: () => boolean,
  ) {
    this.#now = now;
    this.#onDue = onDue;
    this.#mayFire = mayFire;
    this.#isStarting = isStarting;
  }

  /**
   * Replaces the timer of that name. A script that sets its timers at each of its starts, so after each deep sleep, does not put them off: what is due earlier stays.
   * @throws RangeError when there are too many
   */
  set(name: string, seconds: number, isRepeated: boolean): void {
    const others = this.#entries.filter((entry) => entry.name !== name);
    if (others.length >= mostTimers) throw new RangeError(`there are ${mostTimers} timers`);
    const every = Math.round(seconds * 1000);
    const before = this.#isStarting() ? this.#entries.find((entry) => entry.name === name)?.due : undefined;
    const due = Math.min(this.#now() + every, before ?? Infinity);
    this.#entries = [...others, { name, due, every: isRepeated ? every : 0 }];
    this.schedule();
  }

  clear(name: string): boolean {
    const others = this.#entries.filter((entry) => entry.name !== name);
    const isFound = others.length < this.#entries.length;
    this.#entries = others;
    this.schedule();
    return isFound;
  }

  clearAll(): void {
    this.#ended++;
    this.#entries = [];
    this.schedule();
  }

  /** Uptime (ms) at which the next one is due; Infinity: there is none. */
  get nextAt(): number {
    return Math.min(Infinity, ...this.#entries.map(({ due }) => due));
  }

  /** To be called after the state was restored. */
  schedule(): void {
    if (this.#timer) Timer.clear(this.#timer);
    this.#timer = undefined;
    const { nextAt } = this;
    if (nextAt === Infinity) return;
    this.#timer = Timer.set(() => this.#fire(), Math.max(0, Math.min(lookAgain, nextAt - this.#now())));
  }

  /** Starts the script after a sleep. What the node has woken for counts as due, though the script ends it. */
  start(begin: () => void): void {
    const ahead = this.#now() + wakeAhead;
    const woke = this.#entries.filter(({ due }) => due <= ahead);
    const before = this.#ended;
    begin();
    // With its start the script has failed for good: what takes over has woken the node for none.
    if (this.#ended !== before) return;
    const ended = woke.filter(({ name, due }) => !this.#entries.some((each) => each.name === name && each.due <= due));
    if (ended.some(({ due }) => !this.#mayFire(due))) this.clearAll();
    this.schedule();
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#now();
    const due = this.#entries.filter((entry) => entry.due <= now);
    this.#entries = this.#entries.filter((entry) => entry.due > now || entry.every > 0);
    // A chip that wakes late delays one, and perhaps not the next: they are counted by when they were due.
    const moments = due.map((entry) => entry.due);
    // Those that have passed meanwhile are left out.
    for (const entry of due) entry.due += Math.max(1, Math.ceil((now - entry.due + 1) / entry.every)) * entry.every;
    this.schedule();
    const ended = this.#ended;
    for (let i = 0; i < due.length; i++) {
      const { name } = due[i]!;
      if (!this.#mayFire(moments[i]!)) return this.clearAll();
      this.#onDue(name);
      // With it the script has failed: its timers are none of what takes over.
      if (this.#ended !== ended) return;
    }
  }

  layout(fields: Fields): void {
    const count = fields.number(1, this.#entries.length);
    for (let i = 0; i < count; i++) {
      const entry: Entry = this.#entries[i] ?? { name: "", due: 0, every: 0 };
      let bytes = new Uint8Array(ArrayBuffer.fromString(entry.name));
      const length = fields.number(1, bytes.length);
      if (fields.isReading) bytes = new Uint8Array(length);
      fields.bytes(bytes);
      entry.name = String.fromArrayBuffer(bytes.buffer);
      const due = fields.number(7, Math.round(entry.due));
      const every = fields.number(7, entry.every);
      if (fields.isReading) {
        entry.due = due;
        entry.every = every;
      }
      this.#entries[i] = entry;
    }
  }
}
