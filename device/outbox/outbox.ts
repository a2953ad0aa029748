import { confirmedFrom, type Importance } from "../codec/importance.js";
import { writeTime } from "../codec/stamp.js";
import type { Fields } from "../flash/fields.js";
import { Log, type Retain } from "../flash/log.js";
import { PartitionBlocks, type FlashPartition } from "../flash/partition.js";

const maxItems = 192;

export interface OutboxItem {
  /** Identifies the item; the payload carries its low 16 bits. */
  sequence: number;
  port: number;
  importance: number;
  payload: Uint8Array;
  /** As passed to `put`; undefined after `setTimestamp`, `cancelTimestamp` or a reset. */
  made?: number;
}

/**
 * Persistent queue of uplinks: an item is in flash from before its transmission until it is delivered, across resets and power cuts. When the
 * outbox is full, the oldest of the least important items is dropped, but never one that must be confirmed.
 */
export class Outbox {
  readonly #log: Log;
  #dropped = 0;
  #inFlight = -1;

  /** @param bytes of the partition to use, a multiple of its block size @param retain see Log */
  constructor(flash: FlashPartition, bytes: number, retain?: Retain) {
    const blocks = Math.floor(Math.min(bytes, flash.byteLength) / flash.blockSize);
    this.#log = new Log(new PartitionBlocks(flash, 0, blocks), { name: "outbox", records: maxItems }, retain);
  }

  /** The items' `made`, which flash does not have. The item in flight may have gone out without a timestamp, so it never gets one. */
  layout(fields: Fields): void {
    const { index } = this.#log;
    let stored = 0;
    for (let i = 0; i < index.count; i++) if (this.#isStored(i)) stored++;
    stored = fields.number(1, stored);
    for (let next = 0; stored > 0; stored--) {
      while (next < index.count && !this.#isStored(next)) next++;
      const found = next < index.count ? next++ : -1;
      const sequence = fields.number(4, found < 0 ? 0 : index.sequence(found));
      const made = fields.number(4, found < 0 ? 0 : index.memo(found));
      const at = fields.isReading ? index.indexOf(sequence) : -1;
      if (at >= 0) index.setMemo(at, made);
    }
  }

  #isStored(index: number): boolean {
    const records = this.#log.index;
    return records.memo(index) > 0 && records.sequence(index) !== this.#inFlight;
  }

  get count(): number {
    return this.#log.count;
  }

  /** Sequence number (16 bits) for the payload of the next item. */
  get nextSequence(): number {
    return this.#log.nextSequence & 0xffff;
  }

  /** Corrupt items found since the last call. */
  takeDamaged(): number {
    return this.#log.takeDamaged();
  }

  /** See `Log`. */
  takeFailedWrites(): number {
    return this.#log.takeFailedWrites();
  }

  get erases(): number {
    return this.#log.erases;
  }

  /** Items dropped or refused since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /**
   * Stores an item under `nextSequence`. @returns false when there was no room for it
   * @param made for an item whose time of day is not known yet: its time by the node's own clock, whole seconds; see `setTimestamp`
   */
  put(port: number, importance: Importance, payload: Uint8Array, made?: number): boolean {
    return this.#add(port, importance, payload, made, -1);
  }

  /** Like `put`, replacing the waiting item `sequence`: after a power cut one of the two exists. When there is no room the waiting item stays. */
  replace(sequence: number, port: number, importance: Importance, payload: Uint8Array, made?: number): boolean {
    return this.#add(port, importance, payload, made, sequence);
  }

  #add(port: number, importance: Importance, payload: Uint8Array, made: number | undefined, replaced: number): boolean {
    for (let isFirst = true; ; isFirst = false) {
      // Removing a victim changes the index.
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
      // Drop nothing when the new item would not fit anyway.
      if (
        isFirst &&
        !this.#log.wouldFit(payload.length, made !== undefined, (index) =>
          this.#isEvictable(index, importance, replaced),
        )
      )
        return false;
      const victim = this.#leastImportant(importance, replaced);
      if (victim < 0) return false;
      this.#log.remove(victim);
    }
  }

  /** The item to send next: the oldest of the most important ones. */
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

  /** Sets the time of day of an item with `made`, seconds since 1970. It is persisted before the transmission, so that a retransmission after a reset is identical. */
  setTimestamp(sequence: number, time: number): void {
    const index = this.#log.index.indexOf(sequence);
    if (index < 0 || this.#log.index.memo(index) === 0) return;
    this.#log.setDeferred(index, time);
    this.#log.index.setMemo(index, 0);
  }

  /** The network may have received the item without a timestamp: it never gets one, so that a retransmission is identical and the cloud can deduplicate it. */
  cancelTimestamp(sequence: number): void {
    const index = this.#log.index.indexOf(sequence);
    if (index >= 0) this.#log.index.setMemo(index, 0);
  }

  /** The newest item, if it may still be replaced: undefined while it is in flight. */
  newest(): OutboxItem | undefined {
    const { index } = this.#log;
    const newest = index.count - 1;
    return newest < 0 || index.sequence(newest) === this.#inFlight ? undefined : this.#read(newest);
  }

  /** The item being transmitted; -1: none. */
  setInFlight(sequence: number): void {
    this.#inFlight = sequence;
  }

  /** Removes a delivered item. An unknown number is ignored: the item was removed before. */
  remove(sequence: number): void {
    const index = this.#log.index.indexOf(sequence);
    if (index >= 0) this.#log.remove(index);
  }

  /** @returns undefined when the item was corrupt in flash and has been removed */
  #read(index: number): OutboxItem | undefined {
    const record = this.#log.read(index);
    if (!record) return undefined;
    const { sequence, kind: port, key, payload, memo, deferred } = record;
    if (deferred !== undefined) writeTime(payload, deferred);
    return { sequence, port, importance: key, payload, ...(memo > 0 && { made: memo - 1 }) };
  }

  /** Whether an item may be dropped in favour of a new one. */
  #isEvictable(index: number, newImportance: Importance, protectedSequence: number): boolean {
    const importance = this.#log.index.key(index);
    const sequence = this.#log.index.sequence(index);
    return (
      importance < confirmedFrom &&
      importance <= newImportance &&
      sequence !== protectedSequence &&
      (sequence !== this.#inFlight || newImportance >= confirmedFrom)
    );
  }

  /** The oldest of the least important evictable items, excluding `protectedSequence`; the item in flight only as a last resort, since it is about to make room anyway. */
  #leastImportant(newImportance: Importance, protectedSequence: number): number {
    const { index } = this.#log;
    let worst = -1;
    for (let i = 0; i < index.count; i++) {
      if (!this.#isEvictable(i, newImportance, protectedSequence) || index.sequence(i) === this.#inFlight) continue;
      if (worst < 0 || index.key(i) < index.key(worst)) worst = i;
    }
    const sent = worst < 0 ? this.#log.index.indexOf(this.#inFlight) : -1;
    return sent >= 0 && this.#isEvictable(sent, newImportance, protectedSequence) ? sent : worst;
  }
}
