import { crc32 } from "./crc32.js";
import {
  decodeDeferredTime,
  encodeDeferredTime,
  encodeRecord,
  isWhole,
  deferredTimeAt,
  longestPayload,
  readHead,
  recordBytes,
  recordHead,
  type RecordHead,
} from "./record.js";

/** NOR flash as the SDK's `flash` module gives it: erase sets a block's bits, write only clears bits. */
export interface LogFlash {
  readonly byteLength: number;
  readonly blockSize: number;
  read(offset: number, byteLength: number): ArrayBuffer;
  write(offset: number, byteLength: number, buffer: ArrayBuffer): void;
  erase(block: number): void;
}

/** Block: magic, generation, next sequence number (uint32 each), CRC-32 of these; then a word that is cleared when all of it was copied elsewhere. */
const magic = 0x3142584f;
const blockHead = 20;
const retiredAt = 16;
const zeroWord = new ArrayBuffer(4);

interface Block {
  /** 0: erased. */
  generation: number;
  /** Where the next record goes; the block's size when nothing more may be written. */
  end: number;
}

export interface LogRecord {
  sequence: number;
  port: number;
  importance: number;
  payload: Uint8Array;
  /** What `append` was given, until `forgetMade`, `setDeferredTime` or a reset. */
  made?: number;
  /** What `setDeferredTime` was given. */
  deferredTime?: number;
}

export interface AppendOptions {
  /** When it was made by a clock that starts with the node, whole seconds: kept in memory alone, and leaves room for a deferred timestamp. */
  made?: number;
  /** Index of the record that it takes the place of: after a power cut the one or the other is there. */
  supersedes?: number;
}

/** Whether sequence number a comes before b, modulo 65,536. */
export const isBefore = (a: number, b: number): boolean => ((a - b) & 0x8000) !== 0;

/**
 * Records in NOR flash that each are there wholly or not at all, whenever the power fails. Blocks are filled in turn; one is always kept
 * erased, and when it is needed the live records of the emptiest block are copied into it, and that block is erased.
 */
export class Log {
  readonly #flash: LogFlash;
  readonly #blocks: Block[] = [];
  #head = -1;
  #generation = 0;
  /** The live records in order of sequence number: where each begins, and what is needed to choose one. */
  readonly offsets: Uint32Array;
  readonly sequences: Uint16Array;
  readonly importances: Uint8Array;
  /** When it was made, plus 1; 0 when that is not known, or of no use. */
  readonly #made: Uint32Array;
  readonly #most: number;
  count = 0;
  nextSequence = 0;

  /** Reads what is there. @param most records at a time. @throws RangeError for fewer than two blocks */
  constructor(flash: LogFlash, bytes: number, most: number) {
    const blocks = Math.floor(Math.min(bytes, flash.byteLength) / flash.blockSize);
    if (blocks < 2) throw new RangeError(`outbox: ${blocks} blocks of ${flash.blockSize} bytes, at least 2 needed`);
    this.#flash = flash;
    this.#most = most;
    // One more: a record and the one that it supersedes are there together for a moment.
    this.offsets = new Uint32Array(most + 1);
    this.sequences = new Uint16Array(most + 1);
    this.importances = new Uint8Array(most + 1);
    this.#made = new Uint32Array(most + 1);
    for (let block = 0; block < blocks; block++) this.#blocks.push(this.#openBlock(block));
    this.#scan();
    this.#settle();
  }

  /** Appends under `nextSequence`. @returns false when there is no room, and nothing is written */
  append(port: number, importance: number, payload: Uint8Array, { made, supersedes }: AppendOptions = {}): boolean {
    if (payload.length > longestPayload)
      throw new RangeError(`outbox: ${payload.length} bytes, at most ${longestPayload}`);
    const deferred = made !== undefined;
    const room = this.#most + (supersedes === undefined ? 0 : 1);
    if (this.count >= room || !this.#makeRoom(recordBytes(payload.length, deferred))) return false;
    const old = supersedes === undefined ? undefined : this.sequences[supersedes]!;
    const sequence = this.nextSequence;
    const offset = this.#write(encodeRecord({ port, importance, payload, sequence, supersedes: old, deferred }));
    this.nextSequence = (sequence + 1) & 0xffff;
    if (old !== undefined) this.remove(this.indexOf(old));
    this.#index(offset, sequence, importance, deferred ? made + 1 : 0);
    return true;
  }

  /** Whether there would be room for a payload of `length` bytes if the records that `mayGo` says were gone. */
  wouldFit(length: number, deferred: boolean, mayGo: (index: number) => boolean): boolean {
    let stay = 0;
    for (let i = 0; i < this.count; i++) if (!mayGo(i)) stay++;
    if (stay >= this.#most) return false;
    const bytes = recordBytes(length, deferred);
    const { blockSize } = this.#flash;
    return this.#blocks.some(
      ({ generation, end }, block) =>
        generation > 0 &&
        ((block === this.#head && end + bytes <= blockSize) ||
          blockHead + this.#liveBytes(block, mayGo) + bytes <= blockSize),
    );
  }

  /** -1: it is not there. */
  indexOf(sequence: number): number {
    for (let i = 0; i < this.count; i++) if (this.sequences[i] === sequence) return i;
    return -1;
  }

  read(index: number): LogRecord {
    const offset = this.offsets[index]!;
    const { length, port, deferred } = this.#headAt(offset);
    const payload = new Uint8Array(this.#flash.read(offset + recordHead, length));
    const deferredTime = deferred
      ? decodeDeferredTime(this.#flash.read(offset + deferredTimeAt(length), 8))
      : undefined;
    const made = this.#made[index]!;
    return {
      sequence: this.sequences[index]!,
      port,
      importance: this.importances[index]!,
      payload,
      ...(made > 0 && { made: made - 1 }),
      ...(deferredTime !== undefined && { deferredTime }),
    };
  }

  /** Writes the deferred timestamp of a record that has `made`, which it loses. */
  setDeferredTime(index: number, word: number): void {
    if (this.#made[index] === 0) return;
    const offset = this.offsets[index]!;
    this.#flash.write(offset + deferredTimeAt(this.#headAt(offset).length), 8, encodeDeferredTime(word));
    this.#made[index] = 0;
  }

  forgetMade(index: number): void {
    this.#made[index] = 0;
  }

  remove(index: number): void {
    this.#flash.write(this.offsets[index]!, 4, zeroWord);
    for (const column of [this.offsets, this.sequences, this.importances, this.#made])
      column.copyWithin(index, index + 1, this.count);
    this.count--;
  }

  #headAt(offset: number): RecordHead {
    return readHead(new DataView(this.#flash.read(offset, recordHead)), 0);
  }

  /** @returns where it was written */
  #write(record: ArrayBuffer): number {
    const block = this.#blocks[this.#head]!;
    const offset = this.#head * this.#flash.blockSize + block.end;
    this.#flash.write(offset, record.byteLength, record);
    block.end += record.byteLength;
    return offset;
  }

  #index(offset: number, sequence: number, importance: number, made: number): void {
    let at = this.count++;
    for (; at > 0 && isBefore(sequence, this.sequences[at - 1]!); at--) {
      this.offsets[at] = this.offsets[at - 1]!;
      this.sequences[at] = this.sequences[at - 1]!;
      this.importances[at] = this.importances[at - 1]!;
      this.#made[at] = this.#made[at - 1]!;
    }
    this.offsets[at] = offset;
    this.sequences[at] = sequence;
    this.importances[at] = importance;
    this.#made[at] = made;
  }

  #makeRoom(bytes: number): boolean {
    const { blockSize } = this.#flash;
    if (this.#head >= 0 && this.#blocks[this.#head]!.end + bytes <= blockSize) return true;
    const free = this.#blocks.filter((block) => block.generation === 0).length;
    if (free >= 2) {
      this.#start();
      return true;
    }
    if (free === 0) return false;
    let emptiest = -1;
    let least = Infinity;
    for (let block = 0; block < this.#blocks.length; block++) {
      if (this.#blocks[block]!.generation === 0) continue;
      const live = this.#liveBytes(block);
      if (live < least) [emptiest, least] = [block, live];
    }
    if (blockHead + least + bytes > blockSize) return false;
    this.#start();
    this.#move(emptiest);
    return true;
  }

  /** Begins an erased block. */
  #start(): void {
    const { blockSize } = this.#flash;
    this.#head = this.#blocks.findIndex((block) => block.generation === 0);
    this.#generation++;
    const head = new DataView(new ArrayBuffer(blockHead));
    head.setUint32(0, magic, true);
    head.setUint32(4, this.#generation, true);
    head.setUint32(8, this.nextSequence, true);
    head.setUint32(12, crc32(new Uint8Array(head.buffer, 0, 12)), true);
    head.setUint32(retiredAt, 0xffffffff, true);
    this.#blocks[this.#head] = { generation: this.#generation, end: blockHead };
    this.#flash.write(this.#head * blockSize, blockHead, head.buffer);
  }

  /** Copies a block's live records to the head and erases it. Until its word is cleared, the originals are the ones that count. */
  #move(block: number): void {
    const { blockSize } = this.#flash;
    for (let i = 0; i < this.count; i++) {
      if (Math.floor(this.offsets[i]! / blockSize) !== block) continue;
      // What it superseded is gone: the copy names it no more, since its number may come again.
      this.offsets[i] = this.#write(
        encodeRecord({ ...this.read(i), deferred: this.#headAt(this.offsets[i]!).deferred }),
      );
    }
    this.#flash.write(block * blockSize + retiredAt, 4, zeroWord);
    this.#erase(block);
  }

  #erase(block: number): void {
    this.#flash.erase(block);
    this.#blocks[block] = { generation: 0, end: this.#flash.blockSize };
  }

  #liveBytes(block: number, mayGo?: (index: number) => boolean): number {
    let bytes = 0;
    for (let i = 0; i < this.count; i++) {
      const offset = this.offsets[i]!;
      if (Math.floor(offset / this.#flash.blockSize) !== block || mayGo?.(i)) continue;
      bytes += this.#headAt(offset).bytes;
    }
    return bytes;
  }

  /** What a block's head says; what is neither in use nor erased is erased. */
  #openBlock(block: number): Block {
    const { blockSize } = this.#flash;
    const head = new DataView(this.#flash.read(block * blockSize, blockHead));
    const isWhole =
      head.getUint32(0, true) === magic && head.getUint32(12, true) === crc32(new Uint8Array(head.buffer, 0, 12));
    if (isWhole && head.getUint32(retiredAt, true) === 0xffffffff)
      return { generation: head.getUint32(4, true), end: blockSize };
    const words = new Uint32Array(this.#flash.read(block * blockSize, blockSize));
    if (words.some((word) => word !== 0xffffffff)) this.#flash.erase(block);
    return { generation: 0, end: blockSize };
  }

  #scan(): void {
    const inOrder = this.#blocks.map((_, block) => block).filter((block) => this.#blocks[block]!.generation > 0);
    inOrder.sort((a, b) => this.#blocks[a]!.generation - this.#blocks[b]!.generation);
    for (const block of inOrder) {
      const state = this.#blocks[block]!;
      this.#generation = state.generation;
      this.#head = block;
      const bytes = new Uint8Array(this.#flash.read(block * this.#flash.blockSize, this.#flash.blockSize));
      const view = new DataView(bytes.buffer);
      const began = view.getUint32(8, true);
      if (block === inOrder[0] || isBefore(this.nextSequence, began)) this.nextSequence = began;
      state.end = this.#scanBlock(block, bytes, view);
    }
  }

  /** @returns where the block's next record goes */
  #scanBlock(block: number, bytes: Uint8Array, view: DataView): number {
    let at = blockHead;
    while (at + recordHead <= bytes.length) {
      const head = readHead(view, at);
      if (head.length === 0xffff && view.getUint32(at + 4, true) === 0xffffffff)
        return isErased(bytes, at) ? at : bytes.length;
      // The power failed while this was written: nothing that follows is to be trusted.
      if (!isWhole(bytes, view, at, head)) return bytes.length;
      const { sequence } = head;
      if (!isBefore(sequence, this.nextSequence)) this.nextSequence = (sequence + 1) & 0xffff;
      // A second copy comes from a move that was cut short: the first one still counts.
      const isLive = view.getUint32(at, true) === 0xffffffff && this.indexOf(sequence) < 0;
      // The power failed before the superseded one was cleared. It was written before this one: what has its number now and comes later is another.
      const old = isLive && head.supersedes >= 0 ? this.indexOf(head.supersedes) : -1;
      if (old >= 0) this.remove(old);
      if (isLive && this.count < this.offsets.length)
        this.#index(block * bytes.length + at, sequence, head.importance, 0);
      at += head.bytes;
    }
    return bytes.length;
  }

  /** One block must be erased; after a move that was cut short none is, and the newest holds nothing but second copies. */
  #settle(): void {
    if (this.#blocks.some((block) => block.generation === 0)) return;
    const spare = this.#blocks.findIndex((_, block) => this.#liveBytes(block) === 0);
    if (spare < 0) return;
    this.#erase(this.#head === spare ? this.#head : spare);
    if (this.#head === spare) this.#head = this.#newest();
  }

  #newest(): number {
    let newest = -1;
    this.#blocks.forEach((block, index) => {
      if (block.generation > 0 && (newest < 0 || block.generation > this.#blocks[newest]!.generation)) newest = index;
    });
    return newest;
  }
}

function isErased(bytes: Uint8Array, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0xff) return false;
  return true;
}
