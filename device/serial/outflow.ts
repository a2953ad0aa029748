import Timer from "timer";

/** ms until it is tried again when the UART has no room for what should fit. */
const retryMs = 5;

/**
 * Frames on their way out of the UART, whose FIFO holds one: the next goes when the last is on the line. By the clock, since the SDK's serial tells of room all the time
 * once it is asked to.
 */
export class Outflow {
  readonly #write: (frame: Uint8Array) => void;
  readonly #baud: number;
  readonly #frames: Uint8Array[] = [];
  #bytes = 0;
  #timer: Timer | undefined;

  /** @param write throws when the FIFO has no room */
  constructor(write: (frame: Uint8Array) => void, baud: number) {
    this.#write = write;
    this.#baud = baud;
  }

  /** @param most bytes that may wait @returns false: it is not sent, as too many wait */
  send(frame: Uint8Array, most: number): boolean {
    if (this.#bytes + frame.length > most) return false;
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (!this.#timer) this.#next();
    return true;
  }

  clear(): void {
    this.#frames.length = this.#bytes = 0;
  }

  #next(): void {
    this.#timer = undefined;
    const frame = this.#frames[0];
    if (!frame) return;
    let wait = retryMs;
    try {
      this.#write(frame);
      this.#frames.shift();
      this.#bytes -= frame.length;
      wait = Math.ceil((frame.length * 10_000) / this.#baud);
    } catch {
      // Log text is on the line too.
    }
    this.#timer = Timer.set(() => this.#next(), wait);
  }
}
