import { confirmedFrom, type Importance } from "../codec/importance.js";
import { writeTime } from "../codec/stamp.js";
import { isReceived, type Received } from "../codec/received.js";
import type { Fields } from "../flash/fields.js";
import { layoutMade, layoutSends, madeOf, memoOf, mostSends, sendsOf, setSends } from "./memos.js";
import { Log, type Retain } from "../flash/log.js";
import { PartitionBlocks, type FlashPartition } from "../flash/partition.js";

const maxItems = 192;
/** Payloads dropped at once when flash has no room: one each time would move the others from block to block. */
const droppedAtOnce = 48;

export interface OutboxItem {
  /** Identifies the item; the payload carries its low 16 bits. */
  sequence: number;
  port: number;
  importance: number;
  payload: Uint8Array;
  /** As passed to `put`; undefined after `setTimestamp`, `cancelTimestamp` or a reset. */
  made?: number;
  /** How often it was transmitted, up to `mostSends`; a power cut forgets it. */
  sends: number;
}

/**
 * Persistent queue of uplinks: an item is in flash from before its transmission until it is delivered, across resets and power cuts. When the
 * outbox is full, room is made by items that were sent as often as any is, then by the oldest of the least important ones, never by one that
 * must be confirmed and was not sent.
 */
export class Outbox {
  readonly #log: Log;
  #dropped = 0;
  #inFlight = -1;
  /** Of the items that were sent as often as any is, the last one that was sent again. */
  #lastProbe = -1;

  /** @param bytes of the partition to use, a multiple of its block size @param retain see Log */
  constructor(flash: FlashPartition, bytes: number, retain?: Retain) {
    const blocks = Math.floor(Math.min(bytes, flash.byteLength) / flash.blockSize);
    this.#log = new Log(new PartitionBlocks(flash, 0, blocks), { name: "outbox", records: maxItems }, retain);
  }

  /** What flash does not have: the items' `made`, and how often each was sent. The item in flight may have gone out without a timestamp, so it never gets one. */
  layout(fields: Fields): void {
    this.#lastProbe = fields.number(4, this.#lastProbe + 1) - 1;
    layoutMade(fields, this.#log.index, this.#inFlight);
    layoutSends(fields, this.#log.index);
  }

  #sends(index: number): number {
    return sendsOf(this.#log.index, index);
  }

  #setSends(index: number, sends: number): void {
    setSends(this.#log.index, index, sends);
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
          ...(made !== undefined && { memo: memoOf(made), deferred: true }),
          ...(supersedes >= 0 && { supersedes }),
        })
      )
        return true;
      // Drop nothing when the new item would not fit anyway.
      const fits =
        !isFirst ||
        this.#log.wouldFit(
          payload.length,
          made !== undefined,
          (index) => this.#weight(index, importance, replaced) < Infinity,
        );
      if (fits && this.#dropFor(importance, replaced)) continue;
      this.#dropped++;
      return false;
    }
  }

  /** Drops an item for a new one; of those that were sent, which do not count as dropped, several at once. @returns false when there is none */
  #dropFor(importance: Importance, replaced: number): boolean {
    for (let count = 0; count < droppedAtOnce; count++) {
      const victim = this.#leastImportant(importance, replaced);
      const wasSent = victim >= 0 && this.#sends(victim) > 0 && this.#log.index.sequence(victim) !== this.#inFlight;
      if (victim < 0 || (count > 0 && !wasSent)) return count > 0;
      this.#log.remove(victim);
      if (wasSent) continue;
      this.#dropped++;
      return true;
    }
    return true;
  }

  /** The item to send next, of those that had no turn yet: the oldest of the most important ones. */
  next(): OutboxItem | undefined {
    return this.#best((index) => this.#isNew(index));
  }

  /** The item to repeat next: each has its turn, the important ones first. Undefined when none was sent that must be confirmed. */
  nextRepeat(): OutboxItem | undefined {
    return this.#best((index) => this.#isRepeatable(index) && this.#sends(index) < mostSends) ?? this.#nextProbe();
  }

  /** Of those that were sent as often as any is, the one after the last that was sent again. */
  #nextProbe(): OutboxItem | undefined {
    const { index } = this.#log;
    for (;;) {
      let first = -1;
      let next = -1;
      for (let i = index.count - 1; i >= 0; i--) {
        if (!this.#isRepeatable(i)) continue;
        first = i;
        if (index.sequence(i) > this.#lastProbe) next = i;
      }
      if (first < 0) return undefined;
      const item = this.#read(next < 0 ? first : next);
      if (item) return item;
    }
  }

  /** The oldest of those sent the least often, and of these of the most important ones. */
  #best(isMeant: (index: number) => boolean): OutboxItem | undefined {
    const { index } = this.#log;
    for (;;) {
      let best = -1;
      for (let i = 0; i < index.count; i++) {
        if (!isMeant(i)) continue;
        const order = best < 0 ? -1 : this.#sends(i) - this.#sends(best) || index.key(best) - index.key(i);
        if (order < 0) best = i;
      }
      if (best < 0) return undefined;
      const item = this.#read(best);
      if (item) return item;
    }
  }

  /** A transmission begins, or did not take place after all. */
  countSend(sequence: number, by: 1 | -1): void {
    const index = this.#log.index.indexOf(sequence);
    if (index < 0 || (by < 0 && this.#lastProbe === sequence)) return;
    if (by > 0 && this.#sends(index) === mostSends) this.#lastProbe = sequence;
    else this.#setSends(index, this.#sends(index) + by);
  }

  /** An unconfirmed payload was sent, and stays until `renew`, or until there is no room. */
  keep(sequence: number): void {
    const index = this.#log.index.indexOf(sequence);
    if (index >= 0) this.#setSends(index, mostSends);
  }

  /** The network has these. @returns whether one of them was here */
  acknowledge(received: Received): boolean {
    const { index } = this.#log;
    const before = index.count;
    for (let i = before - 1; i >= 0; i--) {
      // Of one that was not sent the number is another payload's: an outbox that lost its flash begins anew.
      if (this.#sends(i) > 0 && isReceived(received, index.sequence(i))) this.#log.remove(i);
    }
    return index.count < before;
  }

  /** How many items had no turn yet. */
  get waiting(): number {
    let waiting = 0;
    for (let i = 0; i < this.#log.index.count; i++) if (this.#isNew(i)) waiting++;
    return waiting;
  }

  /** Of an unconfirmed payload a count says that resets have interrupted its transmission. */
  #isNew(index: number): boolean {
    const sends = this.#sends(index);
    return sends === 0 || (sends < mostSends && this.#log.index.key(index) < confirmedFrom);
  }

  /** Sequence numbers since the first item that was sent and must be acknowledged, other than what is in flight; 0: there is none. */
  get unanswered(): number {
    const { index } = this.#log;
    for (let i = 0; i < index.count; i++)
      if (this.#isRepeatable(i) && index.sequence(i) !== this.#inFlight)
        return this.#log.nextSequence - index.sequence(i);
    return 0;
  }

  #isRepeatable(index: number): boolean {
    return this.#sends(index) > 0 && this.#log.index.key(index) >= confirmedFrom;
  }

  /** The link answers again: whatever was sent without an answer has its turn once more. */
  renew(): void {
    const { index } = this.#log;
    for (let i = 0; i < index.count; i++) {
      if (index.sequence(i) === this.#inFlight) continue;
      if (index.key(i) >= confirmedFrom) this.#setSends(i, Math.min(1, this.#sends(i)));
      else this.#setSends(i, 0);
    }
  }

  /** Sets the time of day of an item with `made`, seconds since 1970. It is persisted before the transmission, so that a retransmission after a reset is identical. */
  setTimestamp(sequence: number, time: number): void {
    const index = this.#log.index.indexOf(sequence);
    if (index < 0 || madeOf(this.#log.index.memo(index)) === undefined) return;
    this.#log.setDeferred(index, time);
    this.#log.index.setMemo(index, this.#sends(index));
  }

  /** The network may have received the item without a timestamp: it never gets one, so that a retransmission is identical and the cloud can deduplicate it. */
  cancelTimestamp(sequence: number): void {
    const index = this.#log.index.indexOf(sequence);
    if (index >= 0) this.#log.index.setMemo(index, this.#sends(index));
  }

  /** The newest item, if it may still be replaced: undefined when it was sent, or is in flight. */
  newest(): OutboxItem | undefined {
    const { index } = this.#log;
    const newest = index.count - 1;
    const isSent = newest < 0 || this.#sends(newest) > 0 || index.sequence(newest) === this.#inFlight;
    return isSent ? undefined : this.#read(newest);
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
    const made = madeOf(memo);
    if (deferred !== undefined) writeTime(payload, deferred);
    return { sequence, port, importance: key, payload, sends: this.#sends(index), ...(made !== undefined && { made }) };
  }

  /**
   * The lower it is, the earlier an item makes room for a new one; Infinity: it does not. First what has had its turns, then unconfirmed payloads, then what was
   * sent at least once. The item in flight only as a last resort, since it is about to make room anyway.
   */
  #weight(at: number, newImportance: Importance, protectedSequence: number): number {
    const { index } = this.#log;
    const importance = index.key(at);
    const sequence = index.sequence(at);
    const mayBeLost = importance < confirmedFrom;
    const isUrgent = newImportance >= confirmedFrom;
    if (sequence === protectedSequence) return Infinity;
    if (sequence === this.#inFlight) return mayBeLost && isUrgent ? 40 : Infinity;
    const sends = this.#sends(at);
    if (sends >= mostSends) return importance;
    if (mayBeLost) return importance <= newImportance ? 10 + importance : Infinity;
    return sends > 0 && isUrgent ? 20 + importance : Infinity;
  }

  /** The oldest of the least important items that may be dropped; -1: none. */
  #leastImportant(newImportance: Importance, protectedSequence: number): number {
    let worst = -1;
    let least = Infinity;
    for (let i = 0; i < this.#log.index.count; i++) {
      const weight = this.#weight(i, newImportance, protectedSequence);
      if (weight >= least) continue;
      worst = i;
      least = weight;
    }
    return worst;
  }
}
