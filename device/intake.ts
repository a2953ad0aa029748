import * as statistics from "statistics";
import type { FaultKind } from "./codec/types.js";
import {
  frameSamples,
  maxImputedShare,
  rollingSamples,
  windowSamples,
  type NodeConfig,
  type SensorConfig,
} from "./config.js";
import type { Fields, RetainedPart } from "./flash/fields.js";
import { Ring } from "./ring.js";

type SensorFault = Extract<FaultKind, "missing" | "stuck" | "not a number" | "out of range" | "surplus">;

export interface IntakeEvents {
  onBegin?(): void;
  /** At a window's end, with the count of each fault in it; of windows that overlap, in what the window before has not. */
  onFault(sensor: number, kind: SensorFault, count: number): void;
  /** A sensor's frame is complete, frame after frame; its newest samples are in its ring. */
  onFrame?(sensor: number, frame: number): void;
}

/**
 * Validates samples: a sample that is missing, not a number or out of range is replaced by the last
 * good one (at the window's start: by the first good one), and counted as a fault. A sensor that has not changed for too long is a fault, and
 * its windows are not used. No allocation per sample.
 */
export class Intake implements RetainedPart {
  /** Of each sensor, the samples that its rolling statistics need; a window starts at index 0. */
  readonly rings: readonly Ring[];
  readonly #channels: SensorChannel[];
  readonly #events: IntakeEvents;

  /** @param offsets added to each reading of a sensor, by its index */
  constructor(config: NodeConfig, events: IntakeEvents, offsets: Readonly<Record<number, number>> = {}) {
    this.#channels = config.sensors.map(
      (sensor, index) =>
        new SensorChannel(config, sensor, offsets[index] ?? 0, (frame) => events.onFrame?.(index, frame)),
    );
    this.rings = this.#channels.map((channel) => channel.ring);
    this.#events = events;
  }

  /** The last values, and since when each has not changed. */
  layout(fields: Fields): void {
    for (let i = 0; i < this.#channels.length; i++) this.#channels[i]!.layout(fields);
  }

  /** A window begins at `time` (seconds, monotonic). */
  begin(time: number): void {
    for (let i = 0; i < this.#channels.length; i++) this.#channels[i]!.begin(time);
    this.#events.onBegin?.();
  }

  /** The next `count` samples of a sensor, from index `from` on. */
  take(sensor: number, values: Float32Array, count: number, from = 0): void {
    this.#channels[sensor]!.take(values, count, from);
  }

  /** The sensor should have given `count` samples, but gave none. */
  miss(sensor: number, count: number): void {
    this.#channels[sensor]!.miss(count);
  }

  /** The sensor has given `count` samples more than its rate in this window. */
  exceed(sensor: number, count: number): void {
    this.#channels[sensor]!.surplus += count;
  }

  /** The window is over. @returns whether it may be used for inference */
  end(): boolean {
    this.complete(1);
    this.tell();
    return this.isFit;
  }

  /** What the sensors should have given of the window so far, and have not, is missing. @param share of the window that has passed */
  complete(share: number): void {
    for (let s = 0; s < this.#channels.length; s++) this.#channels[s]!.complete(share);
  }

  /** Reports the faults so far. */
  tell(): void {
    for (let s = 0; s < this.#channels.length; s++) {
      const channel = this.#channels[s]!;
      if (channel.missing > 0) this.#events.onFault(s, "missing", channel.missing);
      if (channel.nanCount > 0) this.#events.onFault(s, "not a number", channel.nanCount);
      if (channel.outside > 0) this.#events.onFault(s, "out of range", channel.outside);
      if (channel.surplus > 0) this.#events.onFault(s, "surplus", channel.surplus);
      if (channel.stuck) this.#events.onFault(s, "stuck", 1);
    }
  }

  /** Whether the window, which is over, may be used for inference. */
  get isFit(): boolean {
    for (let s = 0; s < this.#channels.length; s++) {
      const { samples, missing, nanCount, outside, surplus, stuck } = this.#channels[s]!;
      const most = maxImputedShare * samples;
      if (stuck || missing + nanCount + outside > most || surplus > most) return false;
    }
    return true;
  }

  /** What is known of the sensors from before is what another intake of the same node knows. */
  adopt(other: Intake): void {
    for (let s = 0; s < this.#channels.length; s++) this.#channels[s]!.adopt(other.#channels[s]!);
  }
}

/** The samples of one sensor. */
class SensorChannel {
  readonly ring: Ring;
  /** In a window. */
  readonly samples: number;
  readonly #state = statistics.newState();
  readonly #stateBuffer = this.#state.buffer;
  readonly #period: number;
  readonly #stuckSeconds: number;
  readonly #perFrame: number;
  readonly #onFrame: (frame: number) => void;
  surplus = 0;
  stuck = false;
  #startTime = 0;
  /** Of the current window. */
  #count = 0;
  #frames = 0;
  #hasGood = false;
  #lastSince = 0;

  constructor(config: NodeConfig, sensor: SensorConfig, offset: number, onFrame: (frame: number) => void) {
    this.ring = new Ring(rollingSamples(config, sensor));
    this.samples = windowSamples(config, sensor);
    this.#perFrame = frameSamples(config, sensor);
    this.#onFrame = onFrame;
    this.#state[statistics.low] = sensor.range[0];
    this.#state[statistics.high] = sensor.range[1];
    this.#state[statistics.offset] = offset;
    this.#period = 1 / sensor.rate;
    this.#stuckSeconds = sensor.stuckSeconds;
  }

  get missing(): number {
    return this.#state[statistics.missing]!;
  }

  get nanCount(): number {
    return this.#state[statistics.notNumber]!;
  }

  get outside(): number {
    return this.#state[statistics.outside]!;
  }

  layout(fields: Fields): void {
    // Without the offset it is a float32, which lasts exactly: a rounded one would look like a change.
    const offset = this.#state[statistics.offset]!;
    const last = fields.float(this.#state[statistics.last]! - offset);
    if (fields.isReading) this.#state[statistics.last] = last + offset;
    this.#state[statistics.good] = fields.float(this.#state[statistics.good]!);
    this.#lastSince = fields.milli(this.#lastSince);
  }

  begin(time: number): void {
    this.ring.clear();
    this.#count = this.#frames = 0;
    this.#state.fill(0, statistics.missing, statistics.changed);
    this.surplus = 0;
    this.stuck = this.#hasGood = false;
    this.#startTime = time;
  }

  take(values: Float32Array, count: number, from: number): void {
    const end = from + count;
    for (let at = from; at < end;) {
      const to = Math.min(end, at + this.#untilFrame());
      this.#takeRun(values, at, to);
      at = to;
      this.#endFrames();
    }
    if (
      this.#stuckSeconds > 0 &&
      this.#hasGood &&
      this.#startTime + this.#count * this.#period - this.#lastSince >= this.#stuckSeconds
    )
      this.stuck = true;
  }

  /** Samples up to the next frame's end, which would overwrite what this frame needs; at least 1. */
  #untilFrame(): number {
    return this.#perFrame - (this.#count % this.#perFrame);
  }

  /** Within a frame. */
  #takeRun(values: Float32Array, from: number, to: number): void {
    if (!this.#hasGood) this.#findGood(values, from, to);
    const { ring } = this;
    const state = this.#state;
    const place = values.byteOffset / values.BYTES_PER_ELEMENT + from;
    statistics.take(ring.buffer, ring.next, values.buffer, place, to - from, this.#stateBuffer);
    ring.advance(to - from);
    const changed = state[statistics.changed]!;
    if (changed >= 0) this.#lastSince = this.#startTime + (this.#count + changed) * this.#period;
    this.#count += to - from;
  }

  /** The window's first good sample, if it is among these. */
  #findGood(values: Float32Array, from: number, to: number): void {
    const low = this.#state[statistics.low]!;
    const high = this.#state[statistics.high]!;
    for (let i = from; i < to; i++) {
      const value = values[i]! + this.#state[statistics.offset]!;
      if (!(value >= low && value <= high)) continue;
      this.#firstGood(value);
      this.#state[statistics.good] = value;
      return;
    }
  }

  /** What was missing so far in this window is replaced by it: all samples of its frames are the same. */
  #firstGood(value: number): void {
    this.#hasGood = true;
    this.ring.fill(value);
    this.#endFrames();
  }

  #endFrames(): void {
    if (!this.#hasGood) return;
    while ((this.#frames + 1) * this.#perFrame <= this.#count) this.#onFrame(this.#frames++);
  }

  miss(count: number): void {
    this.#state[statistics.missing]! += count;
    const good = this.#state[statistics.good]!;
    while (count > 0) {
      const run = Math.min(count, this.#untilFrame());
      for (let i = 0; i < run; i++) this.ring.push(good);
      this.#count += run;
      count -= run;
      this.#endFrames();
    }
  }

  complete(share: number): void {
    const due = Math.round(share * this.samples);
    if (this.#count < due) this.miss(due - this.#count);
    if (due === this.samples && !this.#hasGood) this.#firstGood(0);
  }

  adopt(other: SensorChannel): void {
    this.#state[statistics.last] = other.#state[statistics.last]!;
    this.#state[statistics.good] = other.#state[statistics.good]!;
    this.#lastSince = other.#lastSince;
  }
}
