/** The newest samples of one sensor, at most `capacity`. Allocates only in the constructor. */
export class Ring {
  /** Samples in order of arrival from index `start`, wrapping around at the end. */
  readonly data: Float32Array;
  /** The buffer of `data`. */
  readonly buffer: ArrayBufferLike;
  readonly capacity: number;
  #count = 0;
  #next = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.data = new Float32Array(capacity);
    this.buffer = this.data.buffer;
  }

  get count(): number {
    return this.#count;
  }

  /** Index of the oldest sample. */
  get start(): number {
    return this.#count < this.capacity ? 0 : this.#next;
  }

  push(value: number): void {
    this.data[this.#next] = value;
    if (++this.#next === this.capacity) this.#next = 0;
    if (this.#count < this.capacity) this.#count++;
  }

  /** Sets all samples so far to one value. */
  fill(value: number): void {
    this.data.fill(value);
  }

  clear(): void {
    this.#count = 0;
    this.#next = 0;
  }
}
