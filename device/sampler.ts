import Timer from "timer";
import { stretchesOf, type NodeConfig } from "./config.js";
import { SampledSensor, type SampleTaker } from "./sampledsensor.js";
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

/** Share of a period: rates are decimal. */
const hair = 1e-6;
/** ms: after any stretch. */
const never = 0x7fffffff;

/**
 * Gathers a window every `everySeconds`, or where windows overlap the stretches that they are made of: has the sensors supplied and warmed up, opens them, reads each as often as it needs, passes the samples to the intake, and closes
 * the sensors, which stay open when windows follow without a gap. Begins and reads are on one grid of the uptime, which the time that code
 * takes does not shift; a stretch ends when it has its samples. Between begin and end nothing is allocated: one timer serves all steps.
 */
export class Sampler {
  readonly #config: NodeConfig;
  readonly #open: OpenSensor;
  readonly #intake: SampleTaker;
  readonly #events: SamplerEvents;
  readonly #uptime: Pick<Uptime, "now">;
  readonly #sensors: SampledSensor[];
  readonly #supplies: Supplies;
  readonly #period: number;
  /** Seconds of each stretch in turn; the current one, and its length in ms. */
  readonly #stretches: readonly number[];
  #stretch = 0;
  #length = 0;
  /** By sensor: whole ms of the stretch at which it is read next; integers, since many chips compute others by software. */
  readonly #nextReads: Uint32Array;
  /** Uptime, ms, of the stretch's nominal start; and its time of day, seconds. */
  #began = 0;
  #time = 0;
  /** Whether all reads of the stretch were due. */
  #isPast = false;
  #isSampling = false;
  #dueAt = 0;
  #timer: Timer | undefined;
  readonly #now = (): number => this.#uptime.now;
  /** Time of day minus uptime, seconds; NaN before the first window. */
  #offset = NaN;

  constructor(
    config: NodeConfig,
    open: OpenSensor,
    intake: SampleTaker,
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
      (sensor, index) => new SampledSensor(sensor, index, intake, (at, error) => events.onSensorError(at, error)),
    );
    this.#period = Math.min(...this.#sensors.map(({ period }) => period));
    this.#stretches = stretchesOf(config);
    this.#nextReads = new Uint32Array(this.#sensors.length);
  }

  /** Begins the first window, and then one every `everySeconds`. @param at uptime, ms: when it has passed, as soon as the sensors have warmed up */
  start(at = 0): void {
    this.#began = Math.max(at, this.#uptime.now + this.#supplies.lead);
    this.#beginLater();
  }

  /** Ends it without the rest of a window: what there is of one is lost. */
  stop(): void {
    if (this.#timer) Timer.clear(this.#timer);
    this.#timer = undefined;
    for (const sensor of this.#sensors) sensor.close();
    this.#supplies.off();
    this.#stretch = 0;
    this.#isSampling = false;
    this.#dueAt = Infinity;
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

  /** ms since the stretch's nominal start. */
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
    const seconds = this.#stretches[this.#stretch]!;
    this.#length = seconds * 1000;
    this.#isPast = false;
    for (let i = 0; i < this.#sensors.length; i++)
      this.#nextReads[i] = Math.ceil(Math.min(this.#sensors[i]!.period, this.#length) - hair);
    this.#isSampling = true;
    this.#intake.begin(this.#began / 1000);
    for (let i = 0; i < this.#sensors.length; i++) this.#sensors[i]!.begin(seconds);
    this.#waitForReads();
  }

  /** Calls `#read` at `age` ms of the stretch. */
  #wait(age: number): void {
    this.#dueAt = this.#began + age;
    // Timers take whole ms, and cut off what is over: one that fires too early does so for nothing.
    this.#schedule(Math.ceil(age - this.#age));
  }

  /** Until the next read of any sensor. */
  #waitForReads(): void {
    const reads = this.#nextReads;
    let next = reads[0]!;
    for (let i = 1; i < reads.length; i++) if (reads[i]! < next) next = reads[i]!;
    this.#wait(next);
  }

  #read(): void {
    const age = this.#age;
    const length = this.#length;
    const passed = Math.min(length, Math.floor(age + hair));
    // Not for..of, whose iterator is garbage; and divisions only where a read is due, since many chips have none for such numbers.
    for (let i = 0; i < this.#sensors.length; i++) {
      const sensor = this.#sensors[i]!;
      // After the last one: only what is not full is read again.
      if (passed < this.#nextReads[i]! && (!this.#isPast || sensor.isFull)) continue;
      const { period } = sensor;
      const reads = Math.floor(passed / period + hair);
      this.#nextReads[i] = passed >= length ? never : Math.ceil(Math.min(length, (reads + 1) * period) - hair);
      // A sample of a sensor that warms up is a missing one.
      if (this.#supplies.isReady(i)) sensor.read(this.#uptime.now, reads);
    }
    this.#supplies.rest(passed, length);
    this.#isPast = passed >= length;
    if (!this.#isPast) return this.#waitForReads();
    let rest = 0;
    for (let i = 0; i < this.#sensors.length; i++) {
      const sensor = this.#sensors[i]!;
      if (!sensor.isFull) rest = Math.max(rest, sensor.remaining);
    }
    const end = length + patience;
    if (rest === 0 || age >= end) this.#end();
    else this.#wait(Math.min(end, age + rest + 1));
  }

  #end(): void {
    const { seconds, everySeconds } = this.#config.window;
    const next = this.#began + (everySeconds > seconds ? everySeconds * 1000 : this.#length);
    const isGapless = everySeconds <= seconds && this.#uptime.now < next + patience + this.#period;
    for (const sensor of this.#sensors) {
      sensor.end();
      if (!isGapless) sensor.close();
    }
    if (isGapless) this.#supplies.stayOn();
    else this.#supplies.prepare(next - this.#uptime.now);
    this.#isSampling = false;
    const isFit = this.#intake.end();
    // Stretches of the window before this one.
    const before = everySeconds < seconds ? seconds - this.#length / 1000 : 0;
    if (isFit !== undefined) this.#events.onWindow(this.#time - before, isFit, this.#age / 1000 + before);
    this.#stretch = (this.#stretch + 1) % this.#stretches.length;
    this.#began = next;
    if (!isGapless && this.#uptime.now > next) this.#leaveOut();
    this.#beginLater();
  }

  /** Windows that have passed meanwhile are left out: the next one that begins on time is the next. */
  #leaveOut(): void {
    const every = this.#config.window.everySeconds * 1000;
    if (this.#stretch > 0) this.#began += this.#stretches[this.#stretch]! * 1000 - every;
    this.#stretch = 0;
    const late = this.#uptime.now - this.#began;
    this.#began += Math.ceil((late + this.#supplies.lead) / every) * every;
  }

  #checkClock(): void {
    const offset = this.#time - this.#began / 1000;
    const jump = offset - this.#offset;
    this.#offset = offset;
    if (Math.abs(jump) > tolerance) this.#events.onClockJump(jump);
  }
}
