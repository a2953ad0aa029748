/** Two windows of four sensors through the sampler: a good one, one whose close throws, one that gives every sample twice, one that answers late. */
import Timer from "timer";
import { frameSamples } from "config";
import Host from "host";
import type { NodeConfig } from "../../device/config.js";
import type { NodeSensor, Reading } from "../../device/sensors/types.js";
import { Intake } from "intake";
import { readConfig } from "resources";
import { Sampler } from "sampler";
import Time from "time";

const config: NodeConfig = readConfig();
const print = (...values: unknown[]) => trace(`${JSON.stringify(values)}\n`);

/** Counts up at its rate, by the clock. */
class Counting implements NodeSensor {
  protected readonly reading: Reading = { count: 0, values: new Float32Array(64) };
  #rate = 1;
  #since = 0;
  #given = 0;

  configure({ rate }: { rate: number }): void {
    this.#rate = rate;
    this.#since = Time.ticks;
    this.#given = 0;
  }

  sample(): Reading | undefined {
    const due = Math.floor((((Time.ticks - this.#since) >>> 0) * this.#rate) / 1000 + 0.01);
    this.reading.count = Math.min(32, due - this.#given);
    for (let i = 0; i < this.reading.count; i++) this.reading.values[i] = ++this.#given;
    return this.reading.count > 0 ? this.reading : undefined;
  }

  close(): void {}
}

class Clinging extends Counting {
  override close(): void {
    throw new Error("it does not close");
  }
}

class Twice extends Counting {
  override sample(): Reading | undefined {
    const reading = super.sample();
    if (!reading) return undefined;
    reading.values.copyWithin(reading.count, 0, reading.count);
    reading.count *= 2;
    return reading;
  }
}

class Late extends Counting {
  override sample(): Reading | undefined {
    // Longer than the sampler's period, now and then.
    if (Math.random() < 0.1) Timer.delay(400);
    return super.sample();
  }
}

const kinds = [Counting, Clinging, Twice, Late];
let windows = 0;
/** Of each sensor, the window's samples. */
const samples: number[][] = config.sensors.map(() => []);
const intake = new Intake(config, {
  onBegin: () => samples.forEach((values) => (values.length = 0)),
  onFrame(sensor, frame) {
    const { data, capacity } = intake.rings[sensor]!;
    const count = frameSamples(config, config.sensors[sensor]!);
    for (let i = frame * count; i < (frame + 1) * count; i++) samples[sensor]!.push(data[i % capacity]!);
  },
  onFault: (sensor, kind, count) => print("fault", config.sensors[sensor]!.name, kind, count),
});
const sampler = new Sampler(config, (_, index) => new kinds[index]!(), intake, {
  onWindow(_, isFit) {
    print(
      "window",
      isFit,
      samples.map((values) => [values.length, values[0], values.at(-1)]),
    );
    if (++windows === 2) Timer.set(() => Host.exit(0), 10);
  },
  onClockJump: (seconds) => print("clock", seconds),
  onSensorError: (sensor, error) => print("error", config.sensors[sensor]!.name, String(error)),
});
sampler.start();
