import { confirmedFrom, type Importance } from "../codec/importance.js";
import { writeTime } from "../codec/stamp.js";
import { Log, isBefore, type LogFlash, type LogRecord } from "../flash/log.js";

/** Items at a time; the index takes 11 bytes of memory each. */
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

  /**
   * Keeps an item under `nextSequence`. @returns false when there was no room for it
   * @param made when its time of day is not known yet: the time by the node's own clock, whole seconds; `date` may complete it
   */
  put(port: number, importance: Importance, payload: Uint8Array, made?: number): boolean {
    return this.#add(port, importance, payload, made, -1);
  }

  /** As put, in place of the waiting item `sequence`: whenever the power fails, one of the two is there. When there is no room for it the waiting one stays. */
  replace(sequence: number, port: number, importance: Importance, payload: Uint8Array, made?: number): boolean {
    return this.#add(port, importance, payload, made, sequence);
  }

  #add(port: number, importance: Importance, payload: Uint8Array, made: number | undefined, replaced: number): boolean {
    for (let isFirst = true; ; isFirst = false) {
      // Its index is another once a victim is gone.
      const supersedes = replaced < 0 ? -1 : this.#log.indexOf(replaced);
      if (
        this.#log.append(port, importance, payload, {
          ...(made !== undefined && { made }),
          ...(supersedes >= 0 && { supersedes }),
        })
      )
        return true;
      this.#dropped++;
      // Nothing is dropped for what there is no room for anyway.
      if (
        isFirst &&
        !this.#log.wouldFit(payload.length, made !== undefined, (index) => this.#mayGo(index, importance, replaced))
      )
        return false;
      const victim = this.#leastImportant(importance, replaced);
      if (victim < 0) return false;
      this.#log.remove(victim);
    }
  }

  /** What is to be sent next: the most important, the oldest of these. */
  next(): LogRecord | undefined {
    const { count, importances } = this.#log;
    if (count === 0) return undefined;
    let best = 0;
    for (let i = 1; i < count; i++) if (importances[i]! > importances[best]!) best = i;
    return this.#read(best);
  }

  /** The time of day of an item with `made`, seconds since 1970. It is in flash before the item is sent: what is sent again, if after a reset, is the same. */
  date(sequence: number, time: number): void {
    const index = this.#log.indexOf(sequence);
    if (index >= 0) this.#log.setDeferredTime(index, time);
  }

  /** The network may have the item without its time: it keeps none, so that the cloud knows it when it comes again. */
  leaveUndated(sequence: number): void {
    const index = this.#log.indexOf(sequence);
    if (index >= 0) this.#log.forgetMade(index);
  }

  /** The newest item, while it may still be replaced: not when it is on its way. */
  newest(): LogRecord | undefined {
    const { count, sequences } = this.#log;
    return count === 0 || sequences[count - 1] === this.#onItsWay ? undefined : this.#read(count - 1);
  }

  /** This item is being sent; -1: none is. */
  onItsWay(sequence: number): void {
    this.#onItsWay = sequence;
  }

  /** The network has it. Unknown numbers are ignored: it was removed before. */
  remove(sequence: number): void {
    const index = this.#log.indexOf(sequence);
    if (index >= 0) this.#log.remove(index);
  }

  #read(index: number): LogRecord {
    const record = this.#log.read(index);
    if (record.deferredTime !== undefined) writeTime(record.payload, record.deferredTime);
    return record;
  }

  /** Whether an item may be dropped for a newcomer. */
  #mayGo(index: number, newcomer: Importance, spared: number): boolean {
    const importance = this.#log.importances[index]!;
    const isSent = this.#log.sequences[index] === this.#onItsWay;
    return (
      importance < confirmedFrom &&
      importance <= newcomer &&
      this.#log.sequences[index] !== spared &&
      (!isSent || newcomer >= confirmedFrom)
    );
  }

  /** The oldest of the least important that may go. Not the item `spared`; the one on its way only when there is no other, since it will make room by itself. */
  #leastImportant(newcomer: Importance, spared: number): number {
    const { count, importances, sequences } = this.#log;
    let worst = -1;
    for (let i = 0; i < count; i++) {
      const importance = importances[i]!;
      if (!this.#mayGo(i, newcomer, spared) || sequences[i] === this.#onItsWay) continue;
      if (
        worst < 0 ||
        importance < importances[worst]! ||
        (importance === importances[worst]! && isBefore(sequences[i]!, sequences[worst]!))
      )
        worst = i;
    }
    const sent = worst < 0 ? this.#log.indexOf(this.#onItsWay) : -1;
    return sent >= 0 && this.#mayGo(sent, newcomer, spared) ? sent : worst;
  }
}
