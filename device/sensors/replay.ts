import Resource from "Resource";
import Time from "time";
import type { NodeConfig } from "../config.js";
import { readReplayHeader, samplesOffset, type ReplayLayout } from "replay/format";
import type { NodeSensor, Reading } from "./types.js";

/** The recording that is replayed: resource replay.bin, read in place by the time of day. */
class Source {
  readonly resource = new Resource("replay.bin");
  readonly layout: ReplayLayout;
  readonly times: Float64Array;
  readonly seconds: number;

  constructor(config: NodeConfig) {
    const head = new DataView(this.resource.slice(0, 64));
    this.layout = readReplayHeader(head, this.resource.byteLength, config);
    this.seconds = config.window.seconds;
    this.times = new Float64Array(this.layout.windows);
    for (let window = 0; window < this.layout.windows; window++) {
      const at = this.layout.headerBytes + window * this.layout.windowBytes;
      this.times[window] = new DataView(this.resource.slice(at, at + 8)).getFloat64(0, true);
      // A board without a clock starts at the recording's start: at once, as the node's window has begun.
      if (window === 0 && Date.now() / 1000 < this.times[0]! - 1) Time.set(this.times[0]!);
    }
  }

  /** The recorded window that began last, -1 before the first. */
  windowAt(time: number): number {
    let window = -1;
    while (window + 1 < this.times.length && this.times[window + 1]! <= time + 0.001) window++;
    return window;
  }

  /** Copies samples [from, to) of a sensor. */
  samples(window: number, sensor: number, from: number, to: number): Float32Array {
    const at = samplesOffset(this.layout, window, sensor);
    return new Float32Array(this.resource.slice(at + 4 * from, at + 4 * to));
  }
}

/** Seconds by which a window may begin before the recorded one: a board without a clock sets it when it opens the sensors. */
const early = 0.5;

let source: Source | undefined;

/** A sensor that replays its recorded samples. */
class ReplaySensor implements NodeSensor {
  readonly #source: Source;
  readonly #sensor: number;
  readonly #reading: Reading;
  #rate = 0;
  #window = -1;
  #taken = 0;

  constructor(source: Source, sensor: number) {
    this.#source = source;
    this.#sensor = sensor;
    this.#reading = { count: 0, values: new Float32Array(source.layout.samples[sensor]!) };
  }

  /** Starts replaying the recorded window of the current time. */
  configure({ rate }: { rate: number }): void {
    this.#rate = rate;
    this.#window = this.#source.windowAt(Date.now() / 1000 + early);
    this.#taken = 0;
  }

  sample(): Reading | undefined {
    this.#reading.count = 0;
    while (this.#window >= 0) {
      const isComplete = this.#take();
      // Windows may follow without a gap: then the sensor stays open.
      if (!isComplete || this.#source.windowAt(Date.now() / 1000) === this.#window) break;
      this.#window++;
      this.#taken = 0;
    }
    return this.#reading.count > 0 ? this.#reading : undefined;
  }

  /** Adds the samples measured by now. @returns whether they were the window's last */
  #take(): boolean {
    const size = this.#source.layout.samples[this.#sensor]!;
    // A small tolerance for the clock's milliseconds.
    const elapsed = Date.now() / 1000 - this.#source.times[this.#window]!;
    const end = Math.min(size, Math.floor(elapsed * this.#rate + 0.05));
    const room = this.#reading.values.length - this.#reading.count;
    const count = Math.min(room, end - this.#taken);
    if (count > 0) {
      const samples = this.#source.samples(this.#window, this.#sensor, this.#taken, this.#taken + count);
      this.#reading.values.set(samples, this.#reading.count);
      this.#reading.count += count;
      this.#taken += count;
    }
    return this.#taken === size;
  }

  close(): void {}
}

/** `Date` is set to the recording's time. */
export const clockIsKnown = true;

export default function openSensor(config: NodeConfig, index: number): NodeSensor {
  source ??= new Source(config);
  return new ReplaySensor(source, index);
}
