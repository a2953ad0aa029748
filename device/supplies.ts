import Digital from "embedded:io/digital";
import Sleep from "sleep";
import Timer from "timer";
import type { SensorConfig, SensorPower } from "./config.js";
import { isReadForEach, readPeriod } from "./sampledsensor.js";
import type { Uptime } from "./uptime.js";

/** ms that a supply is on before its warm-up begins: a timer may be late because script computes. */
const margin = 100;
/** ms from which it is worth to switch a supply off between two samples. */
const leastPause = 100;
/** ms: longer than any pause. */
const never = 2 ** 30;
/** Drivers that take one value from a pin: nothing in them, and nothing at the other end of the wire, has to last from one sample to the next. */
const momentary: readonly string[] = ["capacitive", "analog", "loop"];

/** ms */
type Clock = Pick<Uptime, "now">;

/** The supply of the sensors that name the same pin. */
class SupplyLine {
  readonly pin: number;
  /** ms from the supply to the first sample. */
  readonly warmUp: number;
  /** ms between two samples that it is switched on for each; 0: on through the window. */
  readonly every: number;
  readonly #uptime: Clock;
  readonly #io: Digital;
  readonly #onLevel: 0 | 1;
  #timer: Timer | undefined;
  /** Whether the timer is to switch it on. */
  #isPending = false;
  #isOn = false;
  /** ms of the window until the sample that was taken last. */
  #taken = 0;
  /** Uptime (ms) at which it was switched. */
  #since = 0;

  constructor(pin: number, sensors: readonly SensorConfig[], uptime: Clock) {
    this.#uptime = uptime;
    const powers = sensors.map(powerOf) as SensorPower[];
    this.pin = pin;
    this.#onLevel = powers[0]!.level ?? 1;
    this.warmUp = 1000 * Math.max(...powers.map(({ warmUpSeconds = 0 }) => warmUpSeconds));
    this.every = pulsePeriod(sensors, this.warmUp + margin);
    const off = 1 - this.#onLevel;
    this.#io = new Digital({ pin, mode: Digital.Output, initialValue: off } as never);
    this.#io.write(off as 0 | 1);
    Sleep.keep(pin);
    // The pad was held in the deep sleep by the level it has now.
    Sleep.release(pin);
  }

  /** A window begins in `wait` ms. */
  prepare(wait: number): void {
    this.#taken = 0;
    this.#need(wait + this.every);
  }

  /** The samples up to `age` ms of the window were read, which ends at `end`. */
  rest(age: number, end: number): void {
    if (this.every === 0) return;
    const taken = this.every * Math.floor(age / this.every + 1e-6);
    if (taken <= this.#taken) return;
    this.#taken = taken;
    if (taken < end) this.#need(taken + this.every - age);
    else this.off();
  }

  on(): void {
    this.#set(true);
  }

  off(): void {
    this.#set(false);
  }

  get isReady(): boolean {
    return this.#isOn && this.#uptime.now >= this.#since + this.warmUp;
  }

  /** Off through a deep sleep, and until the program has begun again. */
  hold(): void {
    this.off();
    Sleep.hold(this.pin);
  }

  close(): void {
    this.off();
    if (this.#timer) Timer.clear(this.#timer);
    this.#timer = undefined;
    this.#io.close();
  }

  /** The next sample is taken in `wait` ms, and none before. */
  #need(wait: number): void {
    const pause = wait - this.warmUp - margin;
    if (pause <= 0) return this.on();
    this.off();
    this.#isPending = true;
    // It is kept for the next pause, and repeats only because it would be freed otherwise.
    if (this.#timer) Timer.schedule(this.#timer, pause, never);
    else
      this.#timer = Timer.set(
        () => {
          if (this.#isPending) this.on();
        },
        pause,
        never,
      );
  }

  #set(isOn: boolean): void {
    this.#isPending = false;
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    this.#since = this.#uptime.now;
    this.#io.write(isOn === (this.#onLevel === 1) ? 1 : 0);
  }
}

const powerOf = ({ hardware }: SensorConfig): SensorPower | undefined => hardware?.power;

/** @param warmUp ms @returns 0: the line has to stay on */
function pulsePeriod(sensors: readonly SensorConfig[], warmUp: number): number {
  const period = readPeriod(sensors[0]!.rate);
  const isEach = sensors.every(
    ({ rate, hardware }) => momentary.includes(hardware!.chip) && readPeriod(rate) === period && isReadForEach(rate),
  );
  return isEach && period >= warmUp + leastPause ? period : 0;
}

/** The switched supplies of the node's sensors ("power" of their hardware): on only while they are needed. */
export class Supplies {
  /** By sensor. */
  readonly #lineOf: readonly (SupplyLine | undefined)[];
  readonly #lines: SupplyLine[] = [];
  /** ms before a window in which the slowest warms up. */
  readonly lead: number = 0;

  constructor(sensors: readonly SensorConfig[], uptime: Clock) {
    const lines = new Map<number, SupplyLine>();
    try {
      for (const sensor of sensors) {
        const pin = powerOf(sensor)?.pin;
        if (pin === undefined || lines.has(pin)) continue;
        const line = new SupplyLine(
          pin,
          sensors.filter((other) => powerOf(other)?.pin === pin),
          uptime,
        );
        lines.set(pin, line);
        this.#lines.push(line);
        if (line.every === 0) this.lead = Math.max(this.lead, line.warmUp + margin);
      }
    } catch (error) {
      this.close();
      throw error;
    }
    this.#lineOf = sensors.map((sensor) => lines.get(powerOf(sensor)?.pin ?? -1));
  }

  /** The next window begins in `wait` ms: its sensors will be warmed up then, and are off until it is time for that. Negative: it should have. */
  prepare(wait: number): void {
    for (const line of this.#lines) line.prepare(wait);
  }

  /** Script may take long now: a timer would be too late for the next sample. */
  stayOn(): void {
    for (const line of this.#lines) line.on();
  }

  /** Whether a sensor may be read. */
  isReady(sensor: number): boolean {
    return this.#lineOf[sensor]?.isReady ?? true;
  }

  /** The sensors were read up to `age` ms of a window of `end` ms. */
  rest(age: number, end: number): void {
    for (let i = 0; i < this.#lines.length; i++) this.#lines[i]!.rest(age, end);
  }

  /** Until they are prepared again. */
  off(): void {
    for (const line of this.#lines) line.off();
  }

  /** Before a deep sleep. */
  hold(): void {
    for (const line of this.#lines) line.hold();
  }

  /** May be called twice. */
  close(): void {
    for (const line of this.#lines.splice(0)) line.close();
  }
}
