/** Of an unsigned number; 7 bytes hold every integer that a float64 can. */
export type NumberBytes = 1 | 2 | 4 | 7;

/** The same traversal writes and reads the fields, so that the two cannot differ. Numbers are unsigned and little-endian. */
export interface Fields {
  number(bytes: NumberBytes, value: number, set: (value: number) => void): void;
  /** Float32. */
  float(value: number, set: (value: number) => void): void;
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

  number(bytes: NumberBytes, value: number): void {
    this.#need(bytes);
    for (let i = 0; i < bytes; i++) this.#bytes[this.#length++] = Math.floor(value / 256 ** i);
  }

  float(value: number): void {
    // Not a buffer of the module: that is in flash on the chip, and read-only.
    this.bytes(new Uint8Array(Float32Array.of(value).buffer));
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

export class FieldReader implements Fields {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** False when the record has another layout. */
  ok = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(bytes: NumberBytes, _value: number, set: (value: number) => void): void {
    if (this.#at + bytes > this.#bytes.length) this.ok = false;
    if (!this.ok) return;
    let value = 0;
    for (let i = 0; i < bytes; i++) value += this.#bytes[this.#at + i]! * 256 ** i;
    this.#at += bytes;
    set(value);
  }

  float(_value: number, set: (value: number) => void): void {
    const float = new Float32Array(1);
    this.bytes(new Uint8Array(float.buffer));
    if (this.ok) set(float[0]!);
  }

  bytes(value: Uint8Array): void {
    if (this.#at + value.length > this.#bytes.length) this.ok = false;
    if (!this.ok) return;
    value.set(this.#bytes.subarray(this.#at, this.#at + value.length));
    this.#at += value.length;
  }

  expect(condition: boolean): void {
    if (!condition) this.ok = false;
  }
}
