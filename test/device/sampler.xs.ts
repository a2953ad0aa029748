/** A sampler with sensors that fail in every way; prints what it reports, one line each. */
import Time from "time";
import Timer from "timer";
import { frameSamples, type NodeConfig } from "config";
import { Intake } from "intake";
import { Sampler } from "sampler";
import type { NodeSensor, Reading } from "sensors/types";

const sensor = (name: string, rate: number, stuckSeconds = 0) => ({
  name,
  unit: "",
  rate,
  range: [0, 10] as [number, number],
  stuckSeconds,
});
const config = {
  sensors: [sensor("good", 1), sensor("absent", 1), sensor("breaks", 1), sensor("fifo", 8, 2), sensor("odd", 1)],
  window: { seconds: 10, everySeconds: 60, frames: 1 },
  features: { statistics: [], spanSeconds: 10, spectra: [], correlations: [] },
} as unknown as NodeConfig;

let windows = 0;
let open = 0;
const print = (...values: unknown[]) => trace(`${JSON.stringify(values)}\n`);

class TestSensor implements NodeSensor {
  readonly #index: number;
  readonly #reading: Reading = { count: 0, values: new Float32Array(8) };
  #samples = 0;
  #isOpen = true;

  constructor(index: number) {
    if (index === 1 && windows === 0) throw new Error("nobody answers");
    this.#index = index;
    open++;
  }

  configure(): void {}

  sample(): Reading | undefined {
    const i = this.#samples++;
    const { values } = this.#reading;
    this.#reading.count = this.#index === 3 ? 2 : 1;
    if (this.#index === 2 && windows === 0 && i === 4) throw new Error("the bus hangs");
    if (this.#index === 4 && windows === 1) values[0] = i === 2 ? NaN : i === 5 ? 11 : i;
    else for (let k = 0; k < 2; k++) values[k] = this.#index === 3 && windows === 2 ? 5 : 1 + ((i * 2 + k) % 7);
    return this.#index === 0 && windows === 1 && i === 3 ? undefined : this.#reading;
  }

  close(): void {
    if (this.#isOpen) open--;
    this.#isOpen = false;
  }
}

/** Of each sensor, the window's samples. */
const samples: number[][] = config.sensors.map(() => []);
const intake = new Intake(config, {
  onBegin: () => samples.forEach((values) => (values.length = 0)),
  onFrame(index, frame) {
    const { data, capacity } = intake.rings[index]!;
    const count = frameSamples(config, config.sensors[index]!);
    for (let i = frame * count; i < (frame + 1) * count; i++) samples[index]!.push(data[i % capacity]!);
  },
  onFault: (index, kind, count) => print("fault", config.sensors[index]!.name, kind, count),
});
const sampler = new Sampler(config, (_, index) => new TestSensor(index), intake, {
  onWindow(time, isFit) {
    print("window", windows, Math.round(time - start), isFit, open);
    if (windows === 1) for (const index of [0, 4]) print("samples", samples[index]);
    windows++;
    // The clock is set from outside, once backwards and once on purpose.
    if (windows === 3) Time.set(Date.now() / 1000 - 3600);
    if (windows === 5) {
      Time.set(Date.now() / 1000 + 7200);
      sampler.clockSet();
    }
    if (windows === 6) ended = true;
  },
  onClockJump: (seconds) => print("clock", Math.round(seconds)),
  onSensorError: (index, error) => print("error", config.sensors[index]!.name, String(error)),
});
const start = Date.now() / 1000;
let ended = false;
sampler.start();

import Host from "host";
Timer.repeat(() => ended && Host.exit(0), 1000);
