/** Windows of sensors whose samples count up from the start; argument: rates, window and how many windows. A line for each: its start, and of each sensor its first sample and how many follow one another. */
import Time from "time";
import { frameSamples, type NodeConfig } from "config";
import Host from "host";
import { Sampler } from "sampler";
import type { NodeSensor, Reading } from "sensors/types";
import { Uptime } from "uptime";
import { Windows } from "windows";

interface Case {
  rates: number[];
  window: NodeConfig["window"];
  windows: number;
  /** After which window (by its place) it takes so many ms to evaluate it. */
  slow?: [number, number];
  /** Samples of the first sensor, by their number, that are missing. */
  missing?: [from: number, to: number];
}

const { rates, window, windows: most, slow, missing = [0, 0] } = JSON.parse(Host.args[0]!) as Case;
const config = {
  sensors: rates.map((rate, index) => ({ name: `s${index}`, unit: "", rate, range: [-1, 1e7], stuckSeconds: 0 })),
  window,
  features: { statistics: [], spanSeconds: window.seconds, spectra: [], correlations: [] },
} as unknown as NodeConfig;
/** What a sensor gives: made before, for a loop over 16,000 samples a second would take a chip's time. */
const seconds = window.everySeconds * (most + 2) + window.seconds + (slow ? 10 : 0);
const ramps = rates.map((rate, index) => {
  const ramp = Float32Array.from({ length: Math.ceil(rate * seconds) }, (_, value) => value);
  if (index === 0) ramp.fill(-Infinity, ...missing);
  return ramp;
});
const uptime = new Uptime();
/** When the first sensor was opened. */
let began = -1;

class Counter implements NodeSensor {
  readonly #reading: Reading;
  #given = 0;
  readonly index: number;

  constructor(index: number) {
    this.index = index;
    this.#reading = { count: 0, values: ramps[index]!, from: 0 };
    this.index = index;
  }

  configure(): void {
    if (began < 0) began = uptime.now;
    this.#given = this.#due;
  }

  get #due(): number {
    return Math.floor(((uptime.now - began) * rates[this.index]!) / 1000 + 0.01);
  }

  sample(): Reading | undefined {
    const reading = this.#reading;
    const due = this.#due;
    reading.count = due - this.#given;
    reading.from = this.#given;
    this.#given = due;
    return reading.count > 0 ? reading : undefined;
  }

  close(): void {}
}

/** Of each lane and sensor: its first sample, and how many followed one another, frame by frame. */
const samples: { first: number; count: number; run: number }[][] = [];
const print = (...values: unknown[]) => trace(`${JSON.stringify(values)}\n`);
const windows = new Windows(config, {
  onBegin: (lane) => void (samples[lane] = rates.map(() => ({ first: 0, count: 0, run: 0 }))),
  onFault: (sensor, kind, count) => print("fault", sensor, kind, count),
  onFrame(lane, sensor, { rings }) {
    const { data, capacity } = rings[sensor]!;
    const run = samples[lane]![sensor]!;
    const size = frameSamples(config, config.sensors[sensor]!);
    if (run.count === 0) run.first = data[0]!;
    const ends = [data[run.count % capacity], data[(run.count + size - 1) % capacity]];
    if (ends[0] === run.first + run.count && ends[1] === ends[0] + size - 1 && run.run === run.count) run.run += size;
    run.count += size;
  },
});
let count = 0;
const start = Date.now() / 1000;
const sampler = new Sampler(config, (_, index) => new Counter(index), windows, {
  onWindow(time, isFit, age) {
    print(
      "window",
      Math.round((time - start) * 100) / 100,
      isFit,
      age,
      samples[windows.ended]!.map(({ first, run }) => [first, run]),
    );
    if (count === slow?.[0]) {
      const from = Time.ticks;
      while (Time.delta(from) < slow[1]);
    }
    if (++count === most) Host.exit(0);
  },
  onClockJump: (seconds) => print("clock", seconds),
  onSensorError: (index, error) => print("error", index, String(error)),
});
sampler.start();
