import AudioIn from "embedded:io/audio/in";
import type { MicrophoneHardware, SensorConfig } from "../../config.js";
import type { Reading } from "../types.js";
import type { FieldDriver } from "./fielddriver.js";
import { microphoneRate, microphoneSize } from "./sensordefaults.js";
import { SoundLevel, type Bins } from "./soundlevel.js";

/** Samples that are read at once: as many as come at once at 16 kHz; the SDK's buffer holds 4096. */
const chunk = 512;
/** dB of sound pressure at which a microphone's sensitivity is given. */
const calibrator = 94;
/** Seconds of values that wait for the sampler. */
const capacity = 1.5;

interface Audio {
  read(into: ArrayBuffer): unknown;
  start(): void;
  close(): void;
}

/** The part of ECMA-419's audio input that is used. */
type AudioClass = new (options: {
  sampleRate: number;
  bitsPerSample: number;
  channels: number;
  onReadable: (bytes: number) => void;
}) => Audio;

/** Levels of sound from an I2S microphone: a value for each block of samples, of which there are `rate` a second. */
class MicrophoneSensor implements FieldDriver {
  readonly readings: readonly Reading[];
  readonly isStream = true;
  readonly #audio: Audio;
  readonly #sound: SoundLevel;
  readonly #offset: number;
  /** Place of each sensor's band; -1: the whole level. */
  readonly #bands: number[];
  readonly #samples = new Int16Array(chunk);
  readonly #sampleRate: number;
  #blockSize = 0;
  #inBlock = 0;
  #pending = 0;
  #error: unknown;
  #hasFailed = false;

  constructor(sensors: readonly SensorConfig[]) {
    const hardware = sensors.map((sensor) => sensor.hardware as MicrophoneHardware);
    const { sampleRate = microphoneRate, size = microphoneSize, sensitivity } = hardware[0]!;
    this.#sampleRate = sampleRate;
    this.#offset = sensitivity === undefined ? 0 : calibrator - sensitivity;
    this.readings = sensors.map(({ rate }) => ({ count: 0, values: new Float32Array(Math.ceil(rate * capacity)) }));
    const bins: Bins[] = [];
    this.#bands = hardware.map(({ band }) => {
      if (!band) return -1;
      const bin = (hertz: number) => Math.ceil((hertz * size) / sampleRate);
      return bins.push({ from: bin(band[0]), to: bin(band[1]) }) - 1;
    });
    this.#sound = new SoundLevel(size, bins);
    this.#audio = new (AudioIn as unknown as AudioClass)({
      sampleRate,
      bitsPerSample: 16,
      channels: 1,
      onReadable: (bytes) => this.#onReadable(bytes),
    });
  }

  configure({ rate }: { rate: number }): void {
    this.#blockSize = Math.round(this.#sampleRate / rate);
    this.#inBlock = this.#pending = 0;
    this.#sound.begin();
    this.#audio.start();
  }

  sample(): void {
    for (const reading of this.readings) reading.count = this.#pending;
    this.#pending = 0;
    if (!this.#hasFailed) return;
    this.#hasFailed = false;
    throw this.#error;
  }

  close(): void {
    this.#audio.close();
    this.#sound.close();
  }

  /** An error in a callback would end the node: the next `sample` throws it. */
  #onReadable(bytes: number): void {
    try {
      for (let rest = bytes; rest >= this.#samples.byteLength; rest -= this.#samples.byteLength) {
        this.#audio.read(this.#samples.buffer);
        this.#take();
      }
    } catch (error) {
      this.#error = error;
      this.#hasFailed = true;
    }
  }

  #take(): void {
    for (let from = 0; from < chunk;) {
      const to = Math.min(chunk, from + this.#blockSize - this.#inBlock);
      this.#sound.take(this.#samples, from, to);
      this.#inBlock += to - from;
      from = to;
      if (this.#inBlock === this.#blockSize) this.#endBlock();
    }
  }

  #endBlock(): void {
    const at = this.#pending;
    // Nobody has read for longer than the values of a second: the sampler counts them as missing.
    if (at < this.readings[0]!.values.length) {
      for (let i = 0; i < this.readings.length; i++) {
        const band = this.#bands[i]!;
        this.readings[i]!.values[at] = this.#offset + (band < 0 ? this.#sound.level : this.#sound.band(band));
      }
      this.#pending++;
    }
    this.#inBlock = 0;
    this.#sound.begin();
  }
}

export default (sensors: readonly SensorConfig[]): FieldDriver => new MicrophoneSensor(sensors);
