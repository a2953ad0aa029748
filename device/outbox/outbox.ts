import { confirmedFrom, type Importance } from "../codec/importance.js";
import { writeTime } from "../codec/stamp.js";
import { Log } from "../flash/log.js";
import { PartitionBlocks, type FlashPartition } from "../flash/partition.js";

/** Items at a time. */
const mostItems = 192;

export interface OutboxItem {
  /** By which the outbox knows it; its low 16 bits are the number that its payload carries. */
  sequence: number;
  port: number;
  importance: number;
  payload: Uint8Array;
  /** What `put` was given, until `date`, `leaveUndated` or a reset. */
  made?: number;
}

/**
 * What the node still has to say, in flash: an item is there before it is sent and until the network has it, across resets and power
 * cuts. When it is full the oldest of the least important goes, but never one that must be confirmed.
 */
export class Outbox {
  readonly #log: Log;
  #dropped = 0;
  #onItsWay = -1;

  /** @param bytes of the partition, a multiple of its block */
  constructor(flash: FlashPartition, bytes: number) {
    const blocks = Math.floor(Math.min(bytes, flash.byteLength) / flash.blockSize);
    this.#log = new Log(new PartitionBlocks(flash, 0, blocks), { name: "outbox", records: mostItems });
  }

  get count(): number {
    return this.#log.count;
  }

  /** The number that the next item gets; its payload carries it. */
  get nextSequence(): number {
    return this.#log.nextSequence & 0xffff;
  }

  /** Corrupt items, found since the last call. */
  takeDamaged(): number {
    return this.#log.takeDamaged();
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
      const supersedes = this.#log.index.indexOf(replaced);
      if (
        this.#log.append({
          kind: port,
          key: importance,
          payload,
          ...(made !== undefined && { memo: made + 1, deferred: true }),
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
  next(): OutboxItem | undefined {
    const { index } = this.#log;
    while (index.count > 0) {
      let best = 0;
      for (let i = 1; i < index.count; i++) if (index.key(i) > index.key(best)) best = i;
      const item = this.#read(best);
      if (item) return item;
    }
    return undefined;
  }

  /** The time of day of an item with `made`, seconds since 1970. It is in flash before the item is sent: what is sent again, if after a reset, is the same. */
  date(sequence: number, time: number): void {
    const index = this.#log.index.indexOf(sequence);
    if (index < 0 || this.#log.index.memo(index) === 0) return;
    this.#log.setDeferred(index, time);
    this.#log.index.setMemo(index, 0);
  }

  /** The network may have the item without its time: it keeps none, so that the cloud knows it when it comes again. */
  leaveUndated(sequence: number): void {
    const index = this.#log.index.indexOf(sequence);
    if (index >= 0) this.#log.index.setMemo(index, 0);
  }

  /** The newest item, while it may still be replaced: not when it is on its way. */
  newest(): OutboxItem | undefined {
    const { index } = this.#log;
    const newest = index.count - 1;
    return newest < 0 || index.sequence(newest) === this.#onItsWay ? undefined : this.#read(newest);
  }

  /** This item is being sent; -1: none is. */
  onItsWay(sequence: number): void {
    this.#onItsWay = sequence;
  }

  /** The network has it. Unknown numbers are ignored: it was removed before. */
  remove(sequence: number): void {
    const index = this.#log.index.indexOf(sequence);
    if (index >= 0) this.#log.remove(index);
  }

  /** @returns undefined when it is corrupt in flash, and was removed */
  #read(index: number): OutboxItem | undefined {
    const record = this.#log.read(index);
    if (!record) return undefined;
    const { sequence, kind: port, key, payload, memo, deferred } = record;
    if (deferred !== undefined) writeTime(payload, deferred);
    return { sequence, port, importance: key, payload, ...(memo > 0 && { made: memo - 1 }) };
  }

  /** Whether an item may be dropped for a newcomer. */
  #mayGo(index: number, newcomer: Importance, spared: number): boolean {
    const importance = this.#log.index.key(index);
    const sequence = this.#log.index.sequence(index);
    return (
      importance < confirmedFrom &&
      importance <= newcomer &&
      sequence !== spared &&
      (sequence !== this.#onItsWay || newcomer >= confirmedFrom)
    );
  }

  /** The oldest of the least important that may go. Not the item `spared`; the one on its way only when there is no other, since it will make room by itself. */
  #leastImportant(newcomer: Importance, spared: number): number {
    const { index } = this.#log;
    let worst = -1;
    for (let i = 0; i < index.count; i++) {
      if (!this.#mayGo(i, newcomer, spared) || index.sequence(i) === this.#onItsWay) continue;
      if (worst < 0 || index.key(i) < index.key(worst)) worst = i;
    }
    const sent = worst < 0 ? this.#log.index.indexOf(this.#onItsWay) : -1;
    return sent >= 0 && this.#mayGo(sent, newcomer, spared) ? sent : worst;
  }
}
