import { soundAt } from "sim/sound";
import Time from "time";
import Timer from "timer";

interface AudioInOptions {
  sampleRate: number;
  bitsPerSample?: number;
  channels?: number;
  onReadable?: (this: AudioIn, bytes: number) => void;
}

/** Samples that the SDK's buffer on ESP32 holds: what is not read in time is overwritten. */
const capacity = 4096;
/** ms between two blocks of DMA. */
const period = 32;

/** ECMA-419's audio input: 16 bits, one channel, from the simulated board's microphone. */
export default class AudioIn {
  readonly #rate: number;
  readonly #onReadable: AudioInOptions["onReadable"];
  #timer: Timer | undefined;
  #isOpen = true;
  #began = 0;
  /** Samples since the start. */
  #made = 0;
  #read = 0;

  constructor({ sampleRate, bitsPerSample = 16, channels = 1, onReadable }: AudioInOptions) {
    if (bitsPerSample !== 16 || channels !== 1) throw new RangeError("AudioIn: only 16 bits and one channel");
    if (!(sampleRate >= 8000 && sampleRate <= 48000)) throw new RangeError("AudioIn: invalid sample rate");
    this.#rate = sampleRate;
    this.#onReadable = onReadable;
  }

  start(): void {
    this.#open();
    this.#began = Time.ticks;
    this.#made = this.#read = 0;
    this.#timer ??= Timer.repeat(() => this.#block(), period);
  }

  stop(): void {
    this.#open();
    if (this.#timer) Timer.clear(this.#timer);
    this.#timer = undefined;
  }

  /** @throws when there are fewer bytes than the buffer holds */
  read(into: ArrayBuffer): number {
    this.#open();
    const samples = new Int16Array(into);
    if (samples.length > this.#made - this.#read) throw new Error("AudioIn: invalid size");
    for (let i = 0; i < samples.length; i++) {
      const value = soundAt(this.#began / 1000 + this.#read++ / this.#rate);
      samples[i] = Math.max(-32768, Math.min(32767, Math.round(32768 * value)));
    }
    return into.byteLength;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.stop();
    this.#isOpen = false;
  }

  #open(): void {
    if (!this.#isOpen) throw new Error("AudioIn: closed");
  }

  #block(): void {
    // The ticks wrap, and are signed.
    this.#made = Math.floor((((Time.ticks - this.#began) >>> 0) * this.#rate) / 1000);
    this.#read = Math.max(this.#read, this.#made - capacity);
    this.#onReadable?.((this.#made - this.#read) * 2);
  }
}
