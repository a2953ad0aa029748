import Resource from "Resource";
import Time from "time";
import type { NodeConfig } from "../config.js";
import { missingSample, readReplayHeader, samplesOffset, type ReplayLayout } from "replay/format";
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
    }
    // A board without a clock starts at the recording's start.
    if (Date.now() / 1000 < this.times[0]! - 1) Time.set(this.times[0]!);
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
    this.#window = this.#source.windowAt(Date.now() / 1000);
    this.#taken = 0;
  }

  sample(): Reading | undefined {
    const window = this.#window;
    if (window < 0) return undefined;
    // The samples measured by now; a small tolerance for the clock's milliseconds.
    const elapsed = Date.now() / 1000 - this.#source.times[window]!;
    const available = Math.min(this.#source.layout.samples[this.#sensor]!, Math.floor(elapsed * this.#rate + 0.05));
    const samples =
      available > this.#taken ? this.#source.samples(window, this.#sensor, this.#taken, available) : undefined;
    this.#taken = available;
    if (!samples || samples.every((value) => value === missingSample)) return undefined;
    // A FIFO has no gaps: a sample missing in the middle reads as NaN.
    for (let i = 0; i < samples.length; i++) this.#reading.values[i] = samples[i] === missingSample ? NaN : samples[i]!;
    this.#reading.count = samples.length;
    return this.#reading;
  }

  close(): void {}
}

/** `Date` is set to the recording's time. */
export const clockIsKnown = true;

export default function openSensor(config: NodeConfig, index: number): NodeSensor {
  source ??= new Source(config);
  return new ReplaySensor(source, index);
}
