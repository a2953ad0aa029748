import Timer from "timer";
import type { NodeConfig } from "./config.js";
import type { Intake } from "./intake.js";
import { SampledSensor } from "./sampledsensor.js";
import type { OpenSensor } from "./sensors/types.js";
import { Supplies } from "./supplies.js";
import { Uptime } from "./uptime.js";

/** Seconds by which the time of day may drift from the uptime between two windows. */
const tolerance = 5;
/** ms after its nominal end at which a window ends although samples are missing. */
const patience = 500;

export interface SamplerEvents {
  /** A window is complete. @param time its start by `Date`, seconds since 1970. @param isFit whether its samples may be used for inference. @param age seconds since its start */
  onWindow(time: number, isFit: boolean, age: number): void;
  /** The time of day has jumped by `seconds` against the uptime. */
  onClockJump(seconds: number): void;
  /** A sensor could not be opened, read or closed. */
  onSensorError(sensor: number, error: unknown): void;
}

/**
 * Gathers a window every `everySeconds`: has the sensors supplied and warmed up, opens them, reads each as often as it needs, passes the samples to the intake, and closes
 * the sensors, which stay open when windows follow without a gap. Begins and reads are on one grid of the uptime, which the time that code
 * takes does not shift; a window ends when it has its samples. Between begin and end nothing is allocated: one timer serves all steps.
 */
export class Sampler {
  readonly #config: NodeConfig;
  readonly #open: OpenSensor;
  readonly #intake: Intake;
  readonly #events: SamplerEvents;
  readonly #uptime: Pick<Uptime, "now">;
  readonly #sensors: SampledSensor[];
  readonly #supplies: Supplies;
  readonly #period: number;
  /** Steps of the grid in a window. */
  readonly #last: number;
  /** By sensor: steps from one read to the next, and the step at which it is read again. */
  readonly #steps: Uint32Array;
  readonly #nextSteps: Uint32Array;
  /** Uptime, ms, of the window's nominal start; and its time of day, seconds. */
  #began = 0;
  #time = 0;
  #step = 0;
  #isSampling = false;
  #dueAt = 0;
  #timer: Timer | undefined;
  readonly #now = (): number => this.#uptime.now;
  /** Time of day minus uptime, seconds; NaN before the first window. */
  #offset = NaN;

  constructor(
    config: NodeConfig,
    open: OpenSensor,
    intake: Intake,
    events: SamplerEvents,
    uptime: Pick<Uptime, "now"> = new Uptime(),
    supplies: Supplies = new Supplies(config.sensors, uptime),
  ) {
    this.#config = config;
    this.#open = open;
    this.#intake = intake;
    this.#events = events;
    this.#uptime = uptime;
    this.#supplies = supplies;
    this.#sensors = config.sensors.map(
      (sensor, index) =>
        new SampledSensor(sensor, index, config.window.seconds, intake, (at, error) => events.onSensorError(at, error)),
    );
    this.#period = Math.min(...this.#sensors.map(({ period }) => period));
    this.#steps = Uint32Array.from(this.#sensors, ({ period }) => period / this.#period);
    this.#nextSteps = new Uint32Array(this.#sensors.length);
    this.#last = (config.window.seconds * 1000) / this.#period;
  }

  /** Begins the first window, and then one every `everySeconds`. @param at uptime, ms: when it has passed, as soon as the sensors have warmed up */
  start(at = 0): void {
    this.#began = Math.max(at, this.#uptime.now + this.#supplies.lead);
    this.#beginLater();
  }

  /** A window is under way. */
  get isSampling(): boolean {
    return this.#isSampling;
  }

  /** Uptime (ms) of the next window's start; 0 while one is under way. */
  get nextAt(): number {
    return this.#isSampling ? 0 : this.#began;
  }

  /** Uptime (ms) at which it goes on. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** The time of day was set on purpose. */
  clockSet(): void {
    this.#offset = NaN;
    if (this.#isSampling) this.#time = this.#timeOfStart();
  }

  /** ms since the window's nominal start. */
  get #age(): number {
    return this.#uptime.now - this.#began;
  }

  #timeOfStart(): number {
    return (Date.now() - this.#age) / 1000;
  }

  /** At `#began`. */
  #beginLater(): void {
    this.#dueAt = this.#began;
    const wait = this.#began - this.#uptime.now;
    this.#supplies.prepare(wait);
    if (wait > 0) this.#schedule(wait);
    else this.#begin();
  }

  /** The next step is in `ms`. The timer repeats only because it would be freed otherwise: each step schedules the next. */
  #schedule(ms: number): void {
    if (this.#timer) Timer.schedule(this.#timer, Math.max(0, ms), this.#period);
    else this.#timer = Timer.set(() => this.#run(), Math.max(0, ms), this.#period);
  }

  #run(): void {
    if (this.#isSampling) this.#read();
    else this.#begin();
  }

  #begin(): void {
    for (let i = 0; i < this.#sensors.length; i++) this.#sensors[i]!.open(this.#open, this.#config, this.#now);
    this.#time = this.#timeOfStart();
    this.#checkClock();
    this.#step = 0;
    this.#nextSteps.set(this.#steps);
    this.#isSampling = true;
    this.#intake.begin(this.#began / 1000);
    for (let i = 0; i < this.#sensors.length; i++) this.#sensors[i]!.begin();
    this.#wait(this.#period);
  }

  /** Calls `#read` at `age` ms of the window. */
  #wait(age: number): void {
    this.#dueAt = this.#began + age;
    this.#schedule(age - this.#age);
  }

  #read(): void {
    const age = this.#age;
    const last = this.#last;
    const step = Math.min(last, Math.floor(age / this.#period));
    // Not for..of, whose iterator is garbage; and divisions only where a read is due, since many chips have none for such numbers.
    for (let i = 0; i < this.#sensors.length; i++) {
      const sensor = this.#sensors[i]!;
      // After the last step: only what is not full is read again.
      if (step < this.#nextSteps[i]! && (this.#step !== last || sensor.isFull)) continue;
      const steps = this.#steps[i]!;
      const reads = Math.floor(step / steps);
      this.#nextSteps[i] = (reads + 1) * steps;
      // A sample of a sensor that warms up is a missing one.
      if (this.#supplies.isReady(i)) sensor.read(this.#uptime.now, reads);
    }
    this.#supplies.rest(step * this.#period, last * this.#period);
    this.#step = step;
    if (step < last) return this.#wait((step + 1) * this.#period);
    let rest = 0;
    for (let i = 0; i < this.#sensors.length; i++) {
      const sensor = this.#sensors[i]!;
      if (!sensor.isFull) rest = Math.max(rest, sensor.remaining);
    }
    const end = last * this.#period + patience;
    if (rest === 0 || age >= end) this.#end();
    else this.#wait(Math.min(end, age + rest + 1));
  }

  #end(): void {
    const { seconds, everySeconds } = this.#config.window;
    const next = this.#began + everySeconds * 1000;
    const isGapless = everySeconds === seconds && this.#uptime.now < next + patience + this.#period;
    for (const sensor of this.#sensors) {
      sensor.end();
      if (!isGapless) sensor.close();
    }
    if (isGapless) this.#supplies.stayOn();
    else this.#supplies.prepare(next - this.#uptime.now);
    this.#isSampling = false;
    this.#events.onWindow(this.#time, this.#intake.end(), this.#age / 1000);
    const late = this.#uptime.now - next;
    // Windows that have passed meanwhile are left out.
    this.#began = next;
    if (!isGapless && late > 0)
      this.#began += Math.ceil((late + this.#supplies.lead) / (everySeconds * 1000)) * everySeconds * 1000;
    this.#beginLater();
  }

  #checkClock(): void {
    const offset = this.#time - this.#began / 1000;
    const jump = offset - this.#offset;
    this.#offset = offset;
    if (Math.abs(jump) > tolerance) this.#events.onClockJump(jump);
  }
}
