import { confirmedFrom, type Importance } from "../codec/importance.js";
import { Log, isBefore, type LogFlash, type LogRecord } from "./log.js";

/** Items at a time; the index takes 7 bytes of memory each. */
const mostItems = 192;

/**
 * What the node still has to say, in flash: an item is there before it is sent and until the network has it, across resets and power
 * cuts. When it is full the oldest of the least important goes, but never one that must be confirmed.
 */
export class Outbox {
  readonly #log: Log;
  #dropped = 0;
  #onItsWay = -1;

  /** @param bytes of the partition, a multiple of its block */
  constructor(flash: LogFlash, bytes: number) {
    this.#log = new Log(flash, bytes, mostItems);
  }

  get count(): number {
    return this.#log.count;
  }

  /** The number that the next item gets; its payload carries it. */
  get nextSequence(): number {
    return this.#log.nextSequence;
  }

  /** Items that were given up, or not taken, since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Keeps an item under `nextSequence`. @returns false when there was no room for it */
  put(port: number, importance: Importance, payload: Uint8Array): boolean {
    while (!this.#log.append(port, importance, payload)) {
      this.#dropped++;
      const victim = this.#leastImportant(importance);
      if (victim < 0) return false;
      this.#log.remove(victim);
    }
    return true;
  }

  /** What is to be sent next: the most important, the oldest of these. */
  next(): LogRecord | undefined {
    const { count, importances } = this.#log;
    if (count === 0) return undefined;
    let best = 0;
    for (let i = 1; i < count; i++) if (importances[i]! > importances[best]!) best = i;
    return this.#log.read(best);
  }

  /** The newest item, while it may still be replaced: not when it is on its way. */
  newest(): LogRecord | undefined {
    const { count, sequences } = this.#log;
    return count === 0 || sequences[count - 1] === this.#onItsWay ? undefined : this.#log.read(count - 1);
  }

  /** This item is being sent; -1: none is. */
  onItsWay(sequence: number): void {
    this.#onItsWay = sequence;
  }

  /** The network has it. Unknown numbers are ignored: it was removed before. */
  remove(sequence: number): void {
    const { count, sequences } = this.#log;
    for (let i = 0; i < count; i++) if (sequences[i] === sequence) return this.#log.remove(i);
  }

  #leastImportant(newcomer: Importance): number {
    const { count, importances, sequences } = this.#log;
    let worst = -1;
    for (let i = 0; i < count; i++) {
      const importance = importances[i]!;
      if (importance >= confirmedFrom || importance > newcomer) continue;
      if (worst < 0 || importance < importances[worst]! || (importance === importances[worst]! && isBefore(sequences[i]!, sequences[worst]!))) worst = i;
    }
    return worst;
  }
}
