const two32 = 2 ** 32;

/** Of an unsigned number; 7 bytes hold every integer that a float64 can. */
export type NumberBytes = 1 | 2 | 4 | 7;

/**
 * The same traversal writes and reads the fields, so that the two cannot differ. Numbers are unsigned and little-endian. Each call takes the
 * value to write and returns the one to go on with, which is the same one, or what was read: closures would be garbage at each write.
 */
export interface Fields {
  /** Whether values are read, from a record that has been right so far. */
  readonly isReading: boolean;
  number(bytes: NumberBytes, value: number): number;
  /** Not negative, in thousandths, rounded; 7 bytes. When it is written it is returned as it is. */
  milli(value: number): number;
  /** Float32. */
  float(value: number): number;
  /** In place; as many as the array has. */
  bytes(value: Uint8Array): void;
  /** The record is rejected unless `condition` holds. */
  expect(condition: boolean): void;
}

/** State of a part of the node that outlasts the program (device/retained.ts). */
export interface RetainedPart {
  layout(fields: Fields): void;
}

export class FieldWriter implements Fields {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  readonly #float = new Float32Array(1);
  readonly #floatBytes = new Uint8Array(this.#float.buffer);
  readonly isReading = false;

  /** @param capacity at first: it grows */
  constructor(capacity = 512) {
    this.#bytes = new Uint8Array(capacity);
  }

  #need(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + bytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  get length(): number {
    return this.#length;
  }

  /** What was written; valid until the next write. */
  get buffer(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Overwrites two bytes at `at`. */
  patch(at: number, value: number): void {
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >> 8;
  }

  number(bytes: NumberBytes, value: number): number {
    this.#need(bytes);
    const to = this.#bytes;
    let at = this.#length;
    // Of 32 bits with a sign, which XS computes with as an integer.
    let rest = value | 0;
    for (const end = at + (bytes < 4 ? bytes : 4); at < end; rest >>= 8) to[at++] = rest;
    if (bytes === 7) {
      rest = Math.floor(value / two32);
      for (const end = at + 3; at < end; rest >>= 8) to[at++] = rest;
    }
    this.#length = at;
    return value;
  }

  milli(value: number): number {
    this.number(7, Math.round(value * 1000));
    return value;
  }

  float(value: number): number {
    this.#float[0] = value;
    this.bytes(this.#floatBytes);
    return value;
  }

  bytes(value: Uint8Array): void {
    this.#need(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  expect(): void {}

  result(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

const noBytes = new Uint8Array(0);

export class FieldReader implements Fields {
  #bytes: Uint8Array;
  #at = 0;
  #end: number;
  readonly #float = new Float32Array(1);
  readonly #floatBytes = new Uint8Array(this.#float.buffer);
  /** False when the record has another layout. */
  ok = true;

  constructor(bytes: Uint8Array = noBytes) {
    this.#bytes = bytes;
    this.#end = bytes.length;
  }

  /** Begins anew, with other bytes. */
  aim(bytes: Uint8Array, from: number, to: number): this {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.ok = true;
    return this;
  }

  get isReading(): boolean {
    return this.ok;
  }

  number(bytes: NumberBytes, value: number): number {
    if (this.#at + bytes > this.#end) this.ok = false;
    if (!this.ok) return value;
    let read = 0;
    for (let i = bytes - 1; i >= 0; i--) read = read * 256 + this.#bytes[this.#at + i]!;
    this.#at += bytes;
    return read;
  }

  milli(value: number): number {
    const read = this.number(7, 0) / 1000;
    return this.ok ? read : value;
  }

  float(value: number): number {
    this.bytes(this.#floatBytes);
    return this.ok ? this.#float[0]! : value;
  }

  bytes(value: Uint8Array): void {
    if (this.#at + value.length > this.#end) this.ok = false;
    if (!this.ok) return;
    for (let i = 0; i < value.length; i++) value[i] = this.#bytes[this.#at++]!;
  }

  expect(condition: boolean): void {
    if (!condition) this.ok = false;
  }
}
