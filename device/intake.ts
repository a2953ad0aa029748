import type { FaultKind } from "./codec/types.js";
import { windowSamples, type NodeConfig, type SensorConfig } from "./config.js";
import { missingSample } from "./replay/format.js";
import type { Fields, RetainedPart } from "./flash/fields.js";
import { Ring } from "./ring.js";

/** A window in which more than this share of a sensor's samples was imputed is not used for inference. */
const maxImputedShare = 0.1;

type SensorFault = Extract<FaultKind, "missing" | "stuck" | "not a number" | "out of range">;

/**
 * Validates samples: a sample that is missing, not a number or out of range is replaced by the last
 * good one (at the window's start: by the first good one), and counted as a fault. A sensor that has not changed for too long is a fault, and
 * its windows are not used. No allocation per sample.
 */
export class Intake implements RetainedPart {
  readonly rings: readonly Ring[];
  readonly #channels: SensorChannel[];
  readonly #onFault: (sensor: number, kind: SensorFault, count: number) => void;

  /** @param onFault called at a window's end with the count of each fault in it */
  constructor(config: NodeConfig, onFault: (sensor: number, kind: SensorFault, count: number) => void) {
    this.#channels = config.sensors.map((sensor) => new SensorChannel(sensor, windowSamples(config, sensor)));
    this.rings = this.#channels.map((channel) => channel.ring);
    this.#onFault = onFault;
  }

  /** The last values, and since when each has not changed. */
  layout(fields: Fields): void {
    for (const channel of this.#channels) channel.layout(fields);
  }

  /** A window begins at `time` (seconds, monotonic). */
  begin(time: number): void {
    for (const channel of this.#channels) channel.begin(time);
  }

  /** The next `count` samples of a sensor. */
  take(sensor: number, values: Float32Array, count: number): void {
    this.#channels[sensor]!.take(values, count);
  }

  /** The sensor should have given `count` samples, but gave none. */
  miss(sensor: number, count: number): void {
    this.#channels[sensor]!.miss(count);
  }

  /** The window is over. @returns whether it may be used for inference */
  end(): boolean {
    let isFit = true;
    for (let s = 0; s < this.#channels.length; s++) {
      const channel = this.#channels[s]!;
      channel.complete();
      if (channel.missing > 0) this.#onFault(s, "missing", channel.missing);
      if (channel.nanCount > 0) this.#onFault(s, "not a number", channel.nanCount);
      if (channel.outside > 0) this.#onFault(s, "out of range", channel.outside);
      if (channel.stuck) this.#onFault(s, "stuck", 1);
      if (
        channel.stuck ||
        channel.missing + channel.nanCount + channel.outside > maxImputedShare * channel.ring.capacity
      )
        isFit = false;
    }
    return isFit;
  }
}

/** The samples of one sensor. */
class SensorChannel {
  readonly ring: Ring;
  readonly #low: number;
  readonly #high: number;
  readonly #period: number;
  readonly #stuckSeconds: number;
  missing = 0;
  nanCount = 0;
  outside = 0;
  stuck = false;
  #startTime = 0;
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

  layout(fields: Fields): void {
    fields.float(this.#last, (value) => (this.#last = value));
    fields.float(this.#good, (value) => (this.#good = value));
    fields.number(7, Math.round(this.#lastSince * 1000), (value) => (this.#lastSince = value / 1000));
  }

  begin(time: number): void {
    this.ring.clear();
    this.missing = this.nanCount = this.outside = 0;
    this.stuck = this.#hasGood = false;
    this.#startTime = time;
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
          this.#lastSince = this.#startTime + ring.count * this.#period;
        }
        good = value;
      } else if (value === missingSample) this.missing++;
      else if (value !== value) this.nanCount++;
      else this.outside++;
      ring.push(good);
    }
    this.#last = last;
    this.#good = good;
    if (
      this.#stuckSeconds > 0 &&
      this.#hasGood &&
      this.#startTime + ring.count * this.#period - this.#lastSince >= this.#stuckSeconds
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
