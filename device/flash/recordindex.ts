/** The live records of a log in order of sequence number: what is needed to choose one without reading flash. Allocated once. */
export class RecordIndex {
  /** Where each begins. */
  readonly offsets: Uint32Array;
  readonly sequences: Uint32Array;
  /** What each takes of flash. */
  readonly bytes: Uint16Array;
  readonly kinds: Uint8Array;
  readonly keys: Uint8Array;
  /** A number of its owner's, which a reset makes 0. */
  readonly memos: Uint32Array;
  readonly #columns: (Uint32Array | Uint16Array | Uint8Array)[];
  count = 0;

  constructor(capacity: number) {
    this.offsets = new Uint32Array(capacity);
    this.sequences = new Uint32Array(capacity);
    this.bytes = new Uint16Array(capacity);
    this.kinds = new Uint8Array(capacity);
    this.keys = new Uint8Array(capacity);
    this.memos = new Uint32Array(capacity);
    this.#columns = [this.offsets, this.sequences, this.bytes, this.kinds, this.keys, this.memos];
  }

  get isFull(): boolean {
    return this.count === this.offsets.length;
  }

  insert(offset: number, sequence: number, bytes: number, kind: number, key: number, memo: number): void {
    let at = this.count++;
    while (at > 0 && sequence < this.sequences[at - 1]!) at--;
    for (const column of this.#columns) column.copyWithin(at + 1, at, this.count - 1);
    this.offsets[at] = offset;
    this.sequences[at] = sequence;
    this.bytes[at] = bytes;
    this.kinds[at] = kind;
    this.keys[at] = key;
    this.memos[at] = memo;
  }

  remove(index: number): void {
    for (const column of this.#columns) column.copyWithin(index, index + 1, this.count);
    this.count--;
  }

  /** -1: it is not there. */
  indexOf(sequence: number): number {
    for (let i = 0; i < this.count; i++) if (this.sequences[i] === sequence) return i;
    return -1;
  }

  /** Index of the newest record of a kind and key; -1: there is none. */
  newest(kind: number, key: number): number {
    for (let i = this.count - 1; i >= 0; i--) if (this.kinds[i] === kind && this.keys[i] === key) return i;
    return -1;
  }
}
