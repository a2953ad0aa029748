import Resource from "Resource";
import Time from "time";
import type { NodeConfig } from "../config.js";
import { readReplayHeader, samplesOffset, type ReplayLayout } from "replay/format";
import type { NodeSensor, Reading } from "./types.js";

/** The recording that is replayed: resource replay.bin, read in place by the time of day. */
class Source {
  readonly resource = new Resource("replay.bin");
  readonly #view: DataView;
  readonly layout: ReplayLayout;
  /** Seconds from the start of a window to the next one's. */
  readonly spacing: number;

  constructor(config: NodeConfig) {
    this.spacing = config.window.everySeconds;
    this.#view = new DataView(this.resource as never);
    this.layout = readReplayHeader(this.#view, this.resource.byteLength, config);
    // A board without a clock starts at the recording's start: at once, as the node's window has begun.
    if (Date.now() / 1000 < this.time(0) - 1) Time.set(this.time(0));
  }

  /** When a window began, seconds since 1970. */
  time(window: number): number {
    return this.#view.getFloat64(this.layout.headerBytes + window * this.layout.windowBytes, true);
  }

  /** The recorded window that began last, -1 before the first. */
  windowAt(time: number): number {
    let from = 0;
    let to = this.layout.windows;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.time(middle) <= time + 0.001) from = middle + 1;
      else to = middle;
    }
    return from - 1;
  }

  /** A sensor's samples of a window, in place; of one that the next window overlaps, those before that. */
  samples(window: number, sensor: number, rate: number): Float32Array {
    const at = samplesOffset(this.layout, window, sensor);
    const count = this.layout.samples[sensor]!;
    const own =
      window + 1 < this.layout.windows ? Math.round((this.time(window + 1) - this.time(window)) * rate) : count;
    return new Float32Array(this.resource as never, at, Math.min(count, own));
  }
}

/** Seconds by which a window may begin before the recorded one: a board without a clock sets it when it opens the sensors. */
const early = 0.5;

let source: Source | undefined;

/** A sensor that replays its recorded samples. */
class ReplaySensor implements NodeSensor {
  readonly #source: Source;
  readonly #sensor: number;
  readonly #reading: Required<Reading> = { count: 0, values: new Float32Array(0), from: 0 };
  #rate = 0;
  #window = -1;
  #samples: Float32Array = this.#reading.values;
  #time = 0;
  #taken = 0;

  constructor(source: Source, sensor: number) {
    this.#source = source;
    this.#sensor = sensor;
  }

  /** Starts replaying the recorded window of the current time. */
  configure({ rate }: { rate: number }): void {
    this.#rate = rate;
    this.#begin(this.#source.windowAt(Date.now() / 1000 + Math.min(early, this.#source.spacing / 2)));
    // In a hole of the recording, and after its end, nothing is measured. Between windows, where a node that was reset may begin one, it is the last one again.
    const ends = this.#time + Math.max(this.#samples.length / rate, this.#source.spacing);
    if (Date.now() / 1000 >= ends) this.#taken = this.#samples.length;
  }

  #begin(window: number): void {
    this.#window = window;
    this.#taken = 0;
    if (window < 0) return;
    this.#time = this.#source.time(window);
    this.#samples = this.#source.samples(window, this.#sensor, this.#rate);
  }

  /** In place, in flash; copied only where a reading goes over the end of a recorded window. */
  sample(): Reading | undefined {
    if (this.#window < 0) return undefined;
    const reading = this.#reading;
    reading.values = this.#samples;
    reading.from = this.#taken;
    reading.count = this.#take();
    // Windows may follow without a gap: then the sensor stays open.
    while (this.#taken === this.#samples.length && this.#source.windowAt(Date.now() / 1000) !== this.#window)
      this.#goOn(reading);
    return reading.count > 0 ? reading : undefined;
  }

  /** Counts the samples measured by now as taken. @returns how many */
  #take(): number {
    // A small tolerance for the clock's milliseconds.
    const elapsed = Date.now() / 1000 - this.#time;
    const end = Math.min(this.#samples.length, Math.floor(elapsed * this.#rate + 0.05));
    const count = Math.max(0, end - this.#taken);
    this.#taken += count;
    return count;
  }

  /** Adds the next window's first samples. */
  #goOn(reading: Required<Reading>): void {
    const { values, from, count } = reading;
    this.#begin(this.#window + 1);
    const more = this.#take();
    reading.values = new Float32Array(count + more);
    reading.values.set(values.subarray(from, from + count));
    reading.values.set(this.#samples.subarray(0, more), count);
    reading.from = 0;
    reading.count += more;
  }

  close(): void {}
}

/** `Date` is set to the recording's time. */
export const clockIsKnown = true;

export default function openSensor(config: NodeConfig, index: number): NodeSensor {
  source ??= new Source(config);
  return new ReplaySensor(source, index);
}
