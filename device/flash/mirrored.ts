import { Log, type LogOptions, type LogRecord, type Retain } from "./log.js";
import { PartitionBlocks, type FlashPartition } from "./partition.js";

/**
 * The newest record of each kind and key, stored twice: in two logs, one in each half of a partition. Every record is written to the first and
 * then to the second under one sequence number, so that not even a corrupt block loses the newest state.
 */
export class MirroredRecords {
  readonly #blockSize: number;
  readonly #first: Log;
  readonly #second: Log;

  /** @param retain of the two logs: see Log @throws RangeError when the partition has fewer than 4 blocks */
  constructor(flash: FlashPartition, options: LogOptions, retain?: readonly [Retain, Retain]) {
    const blocks = Math.floor(flash.byteLength / flash.blockSize);
    if (blocks < 4)
      throw new RangeError(`${options.name}: ${blocks} blocks of ${flash.blockSize} bytes, at least 4 needed`);
    const half = blocks >> 1;
    this.#blockSize = flash.blockSize;
    this.#first = new Log(new PartitionBlocks(flash, 0, half), options, retain?.[0]);
    this.#second = new Log(new PartitionBlocks(flash, half, half), options, retain?.[1]);
    this.#catchUp(this.#first, this.#second);
    this.#catchUp(this.#second, this.#first);
  }

  /** Sequence number of the next record. */
  get nextSequence(): number {
    return Math.max(this.#first.nextSequence, this.#second.nextSequence);
  }

  newest(kind: number, key: number): LogRecord | undefined {
    const first = this.#first;
    const second = this.#second;
    // A corrupt copy was removed by the read; the other log has its twin.
    for (;;) {
      const a = first.index.newest(kind, key);
      const b = second.index.newest(kind, key);
      if (a < 0 && b < 0) return undefined;
      const isFirst = b < 0 || (a >= 0 && first.index.sequence(a) >= second.index.sequence(b));
      const found = isFirst ? first.read(a) : second.read(b);
      if (found) return found;
    }
  }

  /** Replaces the record with this kind and key. */
  put(kind: number, key: number, payload: Uint8Array): void {
    const sequence = this.nextSequence;
    this.#write(this.#first, this.#second, kind, key, payload, sequence);
    this.#write(this.#second, this.#first, kind, key, payload, sequence);
    this.#stagger();
  }

  /** The logs hold the same, and would begin a new block in the same `put`: two erases at once. Half a block apart, each `put` has one at most. */
  #stagger(): void {
    const { room } = this.#first;
    const isHalfFull = room > 0.4 * this.#blockSize && room < 0.5 * this.#blockSize;
    const isInStep = Math.abs(room - this.#second.room) < this.#blockSize / 16;
    if (isHalfFull && isInStep) this.#second.renew();
  }

  /** Corrupt copies found since the last call. */
  takeDamaged(): number {
    return this.#first.takeDamaged() + this.#second.takeDamaged();
  }

  /** See `Log`. */
  takeFailedWrites(): number {
    return this.#first.takeFailedWrites() + this.#second.takeFailedWrites();
  }

  get erases(): number {
    return this.#first.erases + this.#second.erases;
  }

  #write(log: Log, other: Log, kind: number, key: number, payload: Uint8Array, sequence: number): void {
    const supersedes = log.index.newest(kind, key);
    if (log.append({ kind, key, payload, sequence, ...(supersedes >= 0 && { supersedes }) })) return;
    // No free block is left to copy into: this log is cleared and rewritten from the other.
    log.clear();
    this.#catchUp(log, other);
    const old = log.index.newest(kind, key);
    log.append({ kind, key, payload, sequence, ...(old >= 0 && { supersedes: old }) });
  }

  /** Copies the other log's newer records into this one, oldest first. */
  #catchUp(log: Log, other: Log): void {
    for (let i = 0; i < other.count; i++) {
      const kind = other.index.kind(i);
      const key = other.index.key(i);
      if (other.index.newest(kind, key) !== i) continue;
      const own = log.index.newest(kind, key);
      if (own >= 0 && log.index.sequence(own) >= other.index.sequence(i)) continue;
      const record = other.read(i);
      // It was corrupt and was removed: the next record now has this index.
      if (!record) i--;
      else log.append({ ...record, deferred: false, ...(own >= 0 && { supersedes: own }) });
    }
  }
}
