import { crc32 } from "../lorawan/crc32.js";

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
/** Record: a word that is cleared when it is done with; CRC-32 of what follows; length (uint16), port, importance, sequence (uint16), 2 bytes of 0; the payload, padded to 4. */
const recordHead = 16;
const zeroWord = new ArrayBuffer(4);

export const longestPayload = 1024;

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
}

/** Whether sequence number a comes before b, modulo 65,536. */
export const isBefore = (a: number, b: number): boolean => ((a - b) & 0x8000) !== 0;

const recordBytes = (length: number): number => recordHead + ((length + 3) & ~3);

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
  count = 0;
  nextSequence = 0;

  /** Reads what is there. @param most records at a time. @throws RangeError for fewer than two blocks */
  constructor(flash: LogFlash, bytes: number, most: number) {
    const blocks = Math.floor(Math.min(bytes, flash.byteLength) / flash.blockSize);
    if (blocks < 2) throw new RangeError(`outbox: ${blocks} blocks of ${flash.blockSize} bytes, at least 2 needed`);
    this.#flash = flash;
    this.offsets = new Uint32Array(most);
    this.sequences = new Uint16Array(most);
    this.importances = new Uint8Array(most);
    for (let block = 0; block < blocks; block++) this.#blocks.push(this.#openBlock(block));
    this.#scan();
    this.#settle();
  }

  /** Appends under `nextSequence`. @returns false when there is no room, and nothing is written */
  append(port: number, importance: number, payload: Uint8Array): boolean {
    if (payload.length > longestPayload) throw new RangeError(`outbox: ${payload.length} bytes, at most ${longestPayload}`);
    if (this.count === this.offsets.length || !this.#makeRoom(recordBytes(payload.length))) return false;
    const record = this.#encode(port, importance, payload, this.nextSequence);
    this.#index(this.#write(record), this.nextSequence, importance);
    this.nextSequence = (this.nextSequence + 1) & 0xffff;
    return true;
  }

  read(index: number): LogRecord {
    const offset = this.offsets[index]!;
    const head = new DataView(this.#flash.read(offset, recordHead));
    const payload = new Uint8Array(this.#flash.read(offset + recordHead, head.getUint16(8, true)));
    return { sequence: this.sequences[index]!, port: head.getUint8(10), importance: this.importances[index]!, payload };
  }

  remove(index: number): void {
    this.#flash.write(this.offsets[index]!, 4, zeroWord);
    this.offsets.copyWithin(index, index + 1, this.count);
    this.sequences.copyWithin(index, index + 1, this.count);
    this.importances.copyWithin(index, index + 1, this.count);
    this.count--;
  }

  #encode(port: number, importance: number, payload: Uint8Array, sequence: number): ArrayBuffer {
    const bytes = new Uint8Array(recordBytes(payload.length));
    const view = new DataView(bytes.buffer);
    view.setUint16(8, payload.length, true);
    view.setUint8(10, port);
    view.setUint8(11, importance);
    view.setUint16(12, sequence, true);
    bytes.set(payload, recordHead);
    view.setUint32(0, 0xffffffff, true);
    view.setUint32(4, crc32(bytes.subarray(8)), true);
    return bytes.buffer as ArrayBuffer;
  }

  /** @returns where it was written */
  #write(record: ArrayBuffer): number {
    const block = this.#blocks[this.#head]!;
    const offset = this.#head * this.#flash.blockSize + block.end;
    this.#flash.write(offset, record.byteLength, record);
    block.end += record.byteLength;
    return offset;
  }

  #index(offset: number, sequence: number, importance: number): void {
    let at = this.count++;
    for (; at > 0 && isBefore(sequence, this.sequences[at - 1]!); at--) {
      this.offsets[at] = this.offsets[at - 1]!;
      this.sequences[at] = this.sequences[at - 1]!;
      this.importances[at] = this.importances[at - 1]!;
    }
    this.offsets[at] = offset;
    this.sequences[at] = sequence;
    this.importances[at] = importance;
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
      const { payload, port, importance, sequence } = this.read(i);
      this.offsets[i] = this.#write(this.#encode(port, importance, payload, sequence));
    }
    this.#flash.write(block * blockSize + retiredAt, 4, zeroWord);
    this.#erase(block);
  }

  #erase(block: number): void {
    this.#flash.erase(block);
    this.#blocks[block] = { generation: 0, end: this.#flash.blockSize };
  }

  #liveBytes(block: number): number {
    let bytes = 0;
    for (let i = 0; i < this.count; i++) {
      const offset = this.offsets[i]!;
      if (Math.floor(offset / this.#flash.blockSize) !== block) continue;
      bytes += recordBytes(new DataView(this.#flash.read(offset + 8, 2)).getUint16(0, true));
    }
    return bytes;
  }

  /** What a block's head says; what is neither in use nor erased is erased. */
  #openBlock(block: number): Block {
    const { blockSize } = this.#flash;
    const head = new DataView(this.#flash.read(block * blockSize, blockHead));
    const isWhole = head.getUint32(0, true) === magic && head.getUint32(12, true) === crc32(new Uint8Array(head.buffer, 0, 12));
    if (isWhole && head.getUint32(retiredAt, true) === 0xffffffff) return { generation: head.getUint32(4, true), end: blockSize };
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
      const length = view.getUint16(at + 8, true);
      const size = recordBytes(length);
      if (length === 0xffff && view.getUint32(at + 4, true) === 0xffffffff) return isErased(bytes, at) ? at : bytes.length;
      // The power failed while this was written: nothing that follows is to be trusted.
      if (length > longestPayload || at + size > bytes.length || view.getUint32(at + 4, true) !== crc32(bytes.subarray(at + 8, at + size))) return bytes.length;
      const sequence = view.getUint16(at + 12, true);
      if (!isBefore(sequence, this.nextSequence)) this.nextSequence = (sequence + 1) & 0xffff;
      // A second copy comes from a move that was cut short: the first one still counts.
      const isLive = view.getUint32(at, true) === 0xffffffff && !this.sequences.subarray(0, this.count).includes(sequence);
      if (isLive && this.count < this.offsets.length) this.#index(block * bytes.length + at, sequence, view.getUint8(at + 11));
      at += size;
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
