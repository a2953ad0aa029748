import Time from "time";
import Timer from "timer";
import type { NodeConfig } from "./config.js";
import type { Intake } from "./intake.js";
import type { NodeSensor, OpenSensor } from "./sensors/types.js";

/** ms between two reads of a sensor with a FIFO. */
const fifoPeriod = 250;
/** Seconds by which the time of day may drift from the uptime between two windows. */
const tolerance = 5;

export interface SamplerEvents {
  /** A window is complete. @param time its start by `Date`, seconds since 1970. @param isFit whether its samples may be used for inference. @param age seconds since its start */
  onWindow(time: number, isFit: boolean, age: number): void;
  /** The time of day has jumped by `seconds` against the uptime. */
  onClockJump(seconds: number): void;
  /** A sensor could not be opened or read. */
  onSensorError(sensor: number, error: unknown): void;
}

/** Gathers a window every `everySeconds`: opens the sensors, samples each as often as it needs, passes the readings to the intake, and closes the sensors. */
export class Sampler {
  readonly #config: NodeConfig;
  readonly #open: OpenSensor;
  readonly #intake: Intake;
  readonly #events: SamplerEvents;
  readonly #sensors: (NodeSensor | undefined)[];
  readonly #steps: number[];
  readonly #period: number;
  #step = 0;
  #time = 0;
  #began = 0;
  #timer: Timer | undefined;
  /** Time of day minus uptime, seconds; NaN before the first window. */
  #offset = NaN;

  constructor(config: NodeConfig, open: OpenSensor, intake: Intake, events: SamplerEvents) {
    this.#config = config;
    this.#open = open;
    this.#intake = intake;
    this.#events = events;
    this.#sensors = config.sensors.map(() => undefined);
    const periods = config.sensors.map((sensor) => ((sensor.rate * fifoPeriod) % 1000 === 0 ? fifoPeriod : 1000));
    this.#period = Math.min(...periods);
    this.#steps = periods.map((period) => period / this.#period);
  }

  /** Begins the first window now, and then one every `everySeconds`. */
  start(): void {
    Timer.repeat(() => this.#begin(), this.#config.window.everySeconds * 1000);
    this.#begin();
  }

  /** The time of day was set on purpose. */
  clockSet(): void {
    this.#offset = NaN;
    if (this.#timer) this.#time = Date.now() / 1000 - this.#age();
  }

  /** Seconds of uptime since the window began. */
  #age(): number {
    return ((Time.ticks - this.#began) >>> 0) / 1000;
  }

  #begin(): void {
    // Windows may follow without a gap: this timer may fire before the last read of the sensors, which is due now.
    if (this.#timer) this.#tick();
    if (this.#timer) this.#end();
    this.#config.sensors.forEach(({ rate }, index) => {
      try {
        const sensor = this.#open(this.#config, index);
        this.#sensors[index] = sensor;
        sensor.configure({ rate });
      } catch (error) {
        this.#dropSensor(index, error);
      }
    });
    this.#time = Date.now() / 1000;
    this.#began = Time.ticks;
    this.#checkClock();
    this.#step = 0;
    this.#intake.begin(Time.ticks / 1000);
    this.#timer = Timer.repeat(() => this.#tick(), this.#period);
  }

  #tick(): void {
    this.#step++;
    for (let index = 0; index < this.#sensors.length; index++) {
      const steps = this.#steps[index]!;
      if (this.#step % steps === 0)
        this.#sample(index, (this.#config.sensors[index]!.rate * steps * this.#period) / 1000);
    }
    if (this.#step * this.#period >= this.#config.window.seconds * 1000) this.#end();
  }

  #sample(index: number, expected: number): void {
    let reading;
    try {
      reading = this.#sensors[index]?.sample();
    } catch (error) {
      this.#dropSensor(index, error);
    }
    if (reading) this.#intake.take(index, reading.values, reading.count);
    else this.#intake.miss(index, expected);
  }

  #dropSensor(index: number, error: unknown): void {
    const sensor = this.#sensors[index];
    this.#sensors[index] = undefined;
    try {
      sensor?.close();
    } catch {
      // The first error is the one to report.
    }
    this.#events.onSensorError(index, error);
  }

  #end(): void {
    Timer.clear(this.#timer);
    this.#timer = undefined;
    for (let index = 0; index < this.#sensors.length; index++) {
      this.#sensors[index]?.close();
      this.#sensors[index] = undefined;
    }
    this.#events.onWindow(this.#time, this.#intake.end(), this.#age());
  }

  #checkClock(): void {
    const offset = this.#time - Time.ticks / 1000;
    const jump = offset - this.#offset;
    this.#offset = offset;
    if (Math.abs(jump) > tolerance) this.#events.onClockJump(jump);
  }
}
