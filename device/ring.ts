/** The newest `capacity` samples of one sensor: sample i since `clear` is at index i modulo `capacity`. Allocates only in the constructor. */
export class Ring {
  readonly data: Float32Array;
  /** The buffer of `data`. */
  readonly buffer: ArrayBufferLike;
  readonly capacity: number;
  #next = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.data = new Float32Array(capacity);
    this.buffer = this.data.buffer;
  }

  push(value: number): void {
    this.data[this.#next] = value;
    if (++this.#next === this.capacity) this.#next = 0;
  }

  /** Where the next sample goes. */
  get next(): number {
    return this.#next;
  }

  /** `count` samples were put into `buffer`, from `next` on. */
  advance(count: number): void {
    this.#next = (this.#next + count) % this.capacity;
  }

  /** Sets all samples so far to one value. */
  fill(value: number): void {
    this.data.fill(value);
  }

  /** The next sample is at index 0. */
  clear(): void {
    this.#next = 0;
  }
}
