import type { FaultKind } from "./codec/types.js";
import { windowSamples, type NodeConfig, type SensorConfig } from "./config.js";
import { Ring } from "./ring.js";

/** A window in which more than this share of a sensor's samples had to be made up is not fit for the network. */
const maxImputedShare = 0.1;

type SensorFault = Extract<FaultKind, "missing" | "stuck" | "not a number" | "out of range">;

/**
 * Takes in samples and keeps garbage out: a sample that is missing, not a number or out of range is replaced by the last
 * good one (at the window's start: by the first good one), counted and told. A sensor that has said the same for too long is told, and
 * its windows are not fit. No allocation per sample.
 */
export class Intake {
  readonly rings: readonly Ring[];
  readonly #lines: SensorChannel[];
  readonly #onFault: (sensor: number, kind: SensorFault, count: number) => void;

  /** @param onFault hears at a window's end how often each fault was met in it */
  constructor(config: NodeConfig, onFault: (sensor: number, kind: SensorFault, count: number) => void) {
    this.#lines = config.sensors.map((sensor) => new SensorChannel(sensor, windowSamples(config, sensor)));
    this.rings = this.#lines.map((line) => line.ring);
    this.#onFault = onFault;
  }

  /** A window begins at `time` (seconds, a clock that never goes back). */
  begin(time: number): void {
    for (const line of this.#lines) line.begin(time);
  }

  /** The next `count` samples of a sensor. */
  take(sensor: number, values: Float32Array, count: number): void {
    this.#lines[sensor]!.take(values, count);
  }

  /** The sensor should have given `count` samples, and gave nothing. */
  miss(sensor: number, count: number): void {
    this.#lines[sensor]!.miss(count);
  }

  /** The window is over. @returns whether it is fit for the network */
  end(): boolean {
    let isFit = true;
    for (let s = 0; s < this.#lines.length; s++) {
      const line = this.#lines[s]!;
      line.complete();
      if (line.missing > 0) this.#onFault(s, "missing", line.missing);
      if (line.notNumbers > 0) this.#onFault(s, "not a number", line.notNumbers);
      if (line.outside > 0) this.#onFault(s, "out of range", line.outside);
      if (line.stuck) this.#onFault(s, "stuck", 1);
      if (line.stuck || line.missing + line.notNumbers + line.outside > maxImputedShare * line.ring.capacity)
        isFit = false;
    }
    return isFit;
  }
}

/** One sensor's way in. */
class SensorChannel {
  readonly ring: Ring;
  readonly #low: number;
  readonly #high: number;
  readonly #period: number;
  readonly #stuckSeconds: number;
  missing = 0;
  notNumbers = 0;
  outside = 0;
  stuck = false;
  #begun = 0;
  #hasGood = false;
  #good = 0;
  #last = NaN;
  #lastSince = 0;

  constructor(sensor: SensorConfig, capacity: number) {
    this.ring = new Ring(capacity);
    this.#low = sensor.range[0];
    this.#high = sensor.range[1];
    this.#period = 1 / sensor.rate;
    this.#stuckSeconds = sensor.stuckSeconds;
  }

  begin(time: number): void {
    this.ring.clear();
    this.missing = this.notNumbers = this.outside = 0;
    this.stuck = this.#hasGood = false;
    this.#begun = time;
  }

  take(values: Float32Array, count: number): void {
    const { ring } = this;
    const low = this.#low;
    const high = this.#high;
    let last = this.#last;
    let good = this.#good;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      if (value >= low && value <= high) {
        if (!this.#hasGood) {
          this.#hasGood = true;
          ring.fill(value);
        }
        if (value !== last) {
          last = value;
          this.#lastSince = this.#begun + ring.count * this.#period;
        }
        good = value;
      } else if (value !== value) this.notNumbers++;
      else this.outside++;
      ring.push(good);
    }
    this.#last = last;
    this.#good = good;
    if (
      this.#stuckSeconds > 0 &&
      this.#hasGood &&
      this.#begun + ring.count * this.#period - this.#lastSince >= this.#stuckSeconds
    )
      this.stuck = true;
  }

  miss(count: number): void {
    this.missing += count;
    for (let i = 0; i < count; i++) this.ring.push(this.#good);
  }

  complete(): void {
    const { ring } = this;
    if (ring.count < ring.capacity) this.miss(ring.capacity - ring.count);
    if (!this.#hasGood) ring.fill(0);
  }
}
