import type { Fields } from "./fields.js";

/** Words of a record: offset, sequence, memo, and bytes, kind and key in one. */
const words = 4;
const few = 33;

/**
 * The live records of a log in order of sequence number: what is needed to choose one without reading flash. One array, since every array
 * takes some hundred bytes of XS's heap beside its elements; the whole of it is allocated when there are more than a few.
 */
export class RecordIndex {
  #words: Uint32Array;
  readonly #capacity: number;
  count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#words = new Uint32Array(Math.min(capacity, few) * words);
  }

  /** All but the memos, for memory that outlasts the program. */
  layout(fields: Fields): void {
    const count = fields.number(2, this.count);
    fields.expect(count <= this.#capacity);
    if (fields.isReading) this.#need(count);
    for (let i = 0; i < count; i++) {
      const at = i * words;
      const offset = fields.number(4, this.#words[at]!);
      const sequence = fields.number(4, this.#words[at + 1]!);
      const rest = fields.number(4, this.#words[at + 3]!);
      if (!fields.isReading) continue;
      this.#words[at] = offset;
      this.#words[at + 1] = sequence;
      this.#words[at + 2] = 0;
      this.#words[at + 3] = rest;
    }
    if (fields.isReading) this.count = count;
  }

  get isFull(): boolean {
    return this.count === this.#capacity;
  }

  /** Where a record begins. */
  offset(index: number): number {
    return this.#words[index * words]!;
  }

  sequence(index: number): number {
    return this.#words[index * words + 1]!;
  }

  /** A number for the owner's use; 0 after a reset. */
  memo(index: number): number {
    return this.#words[index * words + 2]!;
  }

  /** What it takes of flash. */
  bytes(index: number): number {
    return this.#words[index * words + 3]! >>> 16;
  }

  kind(index: number): number {
    return (this.#words[index * words + 3]! >>> 8) & 0xff;
  }

  key(index: number): number {
    return this.#words[index * words + 3]! & 0xff;
  }

  move(index: number, offset: number): void {
    this.#words[index * words] = offset;
  }

  setMemo(index: number, memo: number): void {
    this.#words[index * words + 2] = memo;
  }

  #need(count: number): void {
    if (count * words <= this.#words.length) return;
    const all = new Uint32Array(this.#capacity * words);
    all.set(this.#words);
    this.#words = all;
  }

  insert(offset: number, sequence: number, bytes: number, kind: number, key: number, memo: number): void {
    this.#need(this.count + 1);
    let at = this.count;
    while (at > 0 && sequence < this.sequence(at - 1)) at--;
    this.#words.copyWithin((at + 1) * words, at * words, this.count * words);
    this.count++;
    this.#words[at * words] = offset;
    this.#words[at * words + 1] = sequence;
    this.#words[at * words + 2] = memo;
    this.#words[at * words + 3] = bytes * 0x10000 + kind * 0x100 + key;
  }

  remove(index: number): void {
    this.#words.copyWithin(index * words, (index + 1) * words, this.count * words);
    this.count--;
  }

  /** -1: not found. */
  indexOf(sequence: number): number {
    for (let i = 0; i < this.count; i++) if (this.sequence(i) === sequence) return i;
    return -1;
  }

  /** Index of the newest record of a kind and key; -1: none. */
  newest(kind: number, key: number): number {
    for (let i = this.count - 1; i >= 0; i--) if (this.kind(i) === kind && this.key(i) === key) return i;
    return -1;
  }
}
