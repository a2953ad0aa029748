import type { NodeConfig, SensorConfig } from "./config.js";
import type { NodeSensor, OpenSensor } from "./sensors/types.js";

/** What has given its samples to the windows that are under way: an intake, or `Windows`. */
export interface SampleTaker {
  /** A stretch of samples begins (seconds, monotonic): a window, or a part of overlapping ones. */
  begin(time: number): void;
  /** The next `count` samples of a sensor, from index `from` on. */
  take(sensor: number, values: Float32Array, count: number, from?: number): void;
  /** The sensor should have given `count` samples, but gave none. */
  miss(sensor: number, count: number): void;
  /** The sensor has given `count` samples more than its rate in this stretch. */
  exceed(sensor: number, count: number): void;
  /** The stretch is over. @returns whether the window that has ended with it may be used for inference; undefined: none has */
  end(): boolean | undefined;
}

/** ms between two reads of a sensor with a FIFO, of a very fast one, and of a slow one. */
const fifoPeriod = 250;
const fastPeriod = 50;
const slowPeriod = 1000;
/** Hz: fast enough to fill much memory between two reads. */
const fastRate = 4096;
/** @param rate Hz @returns ms between two reads */
export function readPeriod(rate: number): number {
  if (rate < 1) return 1000 / rate;
  if (rate > fastRate) return fastPeriod;
  return rate >= 4 ? fifoPeriod : slowPeriod;
}

/** Whether a sensor is read as often as a sample is due. @param rate Hz */
export const isReadForEach = (rate: number): boolean => rate <= 1 || rate === 4;

/** Share of a second by which a FIFO may lag behind the clock before samples count as lost. */
const slack = 1 / 8;
/** Periods of samples that are kept for the next window, or the next read. */
const surplusPeriods = 3;

/**
 * A sensor while it is read. A stretch is a number of samples, not a time: what is over belongs to the next one. A
 * sensor that has lost samples gets as many replaced as its rate gives in that time, so that the others stay where they belong.
 */
export class SampledSensor {
  /** ms between two reads. */
  readonly period: number;
  readonly #index: number;
  readonly #rate: number;
  /** Whether it is read as often as a sample is due. */
  readonly #isDirect: boolean;
  /** Whether a read gives one sample: the one of this moment. One that a chip's own clock gives just before or after it may come with the read before or after. */
  #isSingle: boolean;
  readonly #intake: SampleTaker;
  readonly #onError: (sensor: number, error: unknown) => void;
  readonly #surplus: Float32Array;
  #surplusCount = 0;
  /** Samples beyond the surplus's room. */
  #excess = 0;
  #sensor: NodeSensor | undefined;
  /** Uptime at which it began to measure, ms; and the samples since then. */
  #since = 0;
  #taken = 0;
  /** Samples of the stretch, of them those that are there, and lost ones that belong to the next. */
  #size = 0;
  #count = 0;
  #owed = 0;

  constructor(
    { rate }: SensorConfig,
    index: number,
    intake: SampleTaker,
    onError: (sensor: number, error: unknown) => void,
  ) {
    this.#index = index;
    this.#rate = rate;
    this.#intake = intake;
    this.#onError = onError;
    this.period = readPeriod(rate);
    this.#isDirect = this.#isSingle = isReadForEach(rate);
    this.#surplus = new Float32Array(
      Math.max(1, Math.ceil((rate * surplusPeriods * Math.min(this.period, fifoPeriod)) / 1000)),
    );
  }

  get isFull(): boolean {
    return this.#count >= this.#size;
  }

  /** ms until the rest of the stretch has been measured. */
  get remaining(): number {
    return Math.ceil(((this.#size - this.#count) * 1000) / this.#rate);
  }

  /** Opens the sensor unless it is open. @param uptime ms, after the call */
  open(open: OpenSensor, config: NodeConfig, uptime: () => number): void {
    if (this.#sensor) return;
    this.#surplusCount = this.#owed = 0;
    try {
      this.#sensor = open(config, this.#index);
      this.#sensor.configure({ rate: this.#rate });
      this.#isSingle = this.#isDirect && !this.#sensor.isStream;
    } catch (error) {
      this.#drop(error);
    }
    this.#since = uptime();
    this.#taken = 0;
  }

  /** A stretch of so many seconds begins: with what was over. */
  begin(seconds: number): void {
    this.#size = Math.round(this.#rate * seconds);
    this.#count = this.#excess = 0;
    const owed = this.#owed;
    this.#owed = 0;
    this.#fill(owed);
    this.#takeSurplus(this.#isSingle ? 0 : this.#size);
  }

  /** Reads the sensor. @param now uptime, ms @param reads how many reads of this stretch were due, with this one */
  read(now: number, reads: number): void {
    let reading;
    try {
      reading = this.#sensor?.sample();
    } catch (error) {
      this.#drop(error);
    }
    if (!this.#sensor) return this.#fill(this.#size - this.#count);
    const count = reading?.count ?? 0;
    const due = this.#isSingle ? reads : this.#size;
    if (this.#surplusCount > 0) this.#takeSurplus(due);
    const lost = this.#isSingle
      ? due - this.#count - count
      : Math.floor(((now - this.#since) * this.#rate) / 1000) - this.#taken - count;
    // Of single samples, one that has not come may come with the next read.
    if (lost > (this.#isSingle ? (count === 0 ? 1 : 0) : Math.max(1, this.#rate * slack))) {
      this.#taken += lost;
      this.#fill(lost);
    }
    if (!reading) return;
    this.#taken += count;
    this.#take(reading.values, count, reading.from ?? 0, due);
  }

  close(): void {
    const sensor = this.#sensor;
    this.#sensor = undefined;
    try {
      sensor?.close();
    } catch (error) {
      this.#onError(this.#index, error);
    }
  }

  /** The stretch ends. */
  end(): void {
    if (this.#excess > 0) this.#intake.exceed(this.#index, this.#excess);
  }

  /** Lost samples. */
  #fill(count: number): void {
    const here = Math.min(count, this.#size - this.#count);
    this.#count += here;
    this.#owed += count - here;
    this.#intake.miss(this.#index, here);
  }

  #takeSurplus(due: number): void {
    const count = this.#surplusCount;
    this.#surplusCount = 0;
    this.#take(this.#surplus, count, 0, due);
  }

  /** What is beyond the stretch's first `due` samples is kept. */
  #take(values: Float32Array, count: number, from: number, due: number): void {
    const here = Math.max(0, Math.min(count, due - this.#count));
    this.#intake.take(this.#index, values, here, from);
    this.#count += here;
    for (let i = from + here; i < from + count; i++) {
      if (this.#surplusCount < this.#surplus.length) this.#surplus[this.#surplusCount++] = values[i]!;
      else this.#excess++;
    }
  }

  #drop(error: unknown): void {
    const sensor = this.#sensor;
    this.#sensor = undefined;
    try {
      sensor?.close();
    } catch {
      // The first error is the one to report.
    }
    this.#onError(this.#index, error);
  }
}
