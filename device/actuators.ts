import Digital from "embedded:io/digital";
import Sleep from "sleep";
import Timer from "timer";
import { actuatorDefaults, type ActuatorConfig } from "./config.js";
import type { Fields, RetainedPart } from "./flash/fields.js";

/** ms after which a limit that is far off is looked at again. */
const lookAgain = 3_600_000;

export interface ActuatorEvents {
  onChange(name: string, on: boolean): void;
  /** An actuator was held to its interlock. */
  onInterlock(name: string, reason: string): void;
}

export interface ActuatorOptions extends ActuatorEvents {
  /** Uptime, ms. */
  now(): number;
  /** Called before the outputs are opened: restores what they were. */
  retain?(part: RetainedPart): void;
  /** The program goes on after a deep sleep: outputs stay as they were. Otherwise they are in their safe state. */
  isWoken: boolean;
}

/**
 * The node's outputs by name. Whoever switches them, they are held to the interlocks of the node description: on for no longer than `maxOnSeconds`, a pause of
 * `minOffSeconds` after that, and `safe` after a reset.
 */
export class Actuators implements RetainedPart {
  readonly names: readonly string[];
  readonly #pins: Digital[] = [];
  readonly #states: boolean[];
  /** Uptime (ms) of the last change, or of the start. */
  readonly #since: number[];
  readonly #configs: readonly ActuatorConfig[];
  readonly #options: ActuatorOptions;
  #timer: ReturnType<typeof Timer.set> | undefined;

  constructor(configs: readonly ActuatorConfig[], options: ActuatorOptions) {
    this.#configs = configs;
    this.#options = options;
    this.names = configs.map((config) => config.name);
    this.#states = configs.map(safeState);
    this.#since = configs.map(() => options.now());
    options.retain?.(this);
    if (!options.isWoken)
      configs.forEach((config, index) => {
        this.#states[index] = safeState(config);
        this.#since[index] = options.now();
      });
    try {
      configs.forEach(({ pin }, index) => {
        const level = this.#states[index] ? 1 : 0;
        const digital = new Digital({ pin, mode: Digital.Output, initialValue: level } as never);
        this.#pins.push(digital);
        digital.write(level);
        Sleep.keep(pin);
        // The pad was held by the level it has now.
        Sleep.release(pin);
      });
    } catch (error) {
      this.close();
      throw error;
    }
    this.#schedule();
  }

  #indexOf(name: string): number {
    const index = this.names.indexOf(name);
    if (index < 0) throw new RangeError(`actuator "${name}": the node has ${this.names.join(", ")}`);
    return index;
  }

  /** @throws RangeError for an unknown name */
  isOn(name: string): boolean {
    return this.#states[this.#indexOf(name)]!;
  }

  /** @returns whether that was a change. @throws RangeError for an unknown name */
  set(name: string, on: boolean): boolean {
    const index = this.#indexOf(name);
    if (this.#states[index] === on) return false;
    const { minOffSeconds = actuatorDefaults.minOffSeconds } = this.#configs[index]!;
    const pause = this.#since[index]! + minOffSeconds * 1000 - this.#options.now();
    if (on && minOffSeconds > 0 && pause > 0) {
      this.#options.onInterlock(name, `its pause lasts ${Math.ceil(pause / 1000)} s more`);
      return false;
    }
    this.#switch(index, on);
    return true;
  }

  #switch(index: number, on: boolean): void {
    if (this.#states[index] === on) return;
    this.#pins[index]!.write(on ? 1 : 0);
    this.#states[index] = on;
    this.#since[index] = this.#options.now();
    this.#options.onChange(this.names[index]!, on);
    this.#schedule();
  }

  /** All go to their safe state; of faults of sensors: those that are to. */
  makeSafe(reason: "fault" | "script failed"): void {
    this.#configs.forEach((config, index) => {
      const { name, onFault = actuatorDefaults.onFault } = config;
      if (this.#states[index] === safeState(config) || (reason === "fault" && onFault === "hold")) return;
      this.#options.onInterlock(name, reason);
      this.#switch(index, safeState(config));
    });
  }

  /** Uptime (ms) at which one has been on for as long as it may; Infinity: none. */
  get nextAt(): number {
    let next = Infinity;
    this.#configs.forEach(({ maxOnSeconds }, index) => {
      if (maxOnSeconds !== undefined && this.#states[index])
        next = Math.min(next, this.#since[index]! + maxOnSeconds * 1000);
    });
    return next;
  }

  #schedule(): void {
    if (this.#timer) Timer.clear(this.#timer);
    this.#timer = undefined;
    const { nextAt } = this;
    if (nextAt === Infinity) return;
    this.#timer = Timer.set(() => this.#limit(), Math.max(0, Math.min(lookAgain, nextAt - this.#options.now())));
  }

  #limit(): void {
    this.#timer = undefined;
    this.#configs.forEach(({ name, maxOnSeconds }, index) => {
      if (maxOnSeconds === undefined || !this.#states[index]) return;
      if (this.#options.now() < this.#since[index]! + maxOnSeconds * 1000) return;
      this.#options.onInterlock(name, `on for ${maxOnSeconds} s`);
      this.#switch(index, false);
    });
    this.#schedule();
  }

  /** Bit i: actuator i is on. */
  get bits(): number {
    let bits = 0;
    for (let i = 0; i < this.#states.length; i++) if (this.#states[i]) bits |= 1 << i;
    return bits;
  }

  layout(fields: Fields): void {
    const bits = fields.number(4, this.bits >>> 0);
    for (let i = 0; i < this.#states.length; i++) this.#states[i] = (bits & (1 << i)) !== 0;
    for (let i = 0; i < this.#since.length; i++) this.#since[i] = fields.number(7, Math.round(this.#since[i]!));
  }

  /** Outputs stay as they are through a deep sleep. */
  hold(): void {
    for (const { pin } of this.#configs) Sleep.hold(pin);
  }

  /** May be called twice. */
  close(): void {
    if (this.#timer) Timer.clear(this.#timer);
    this.#timer = undefined;
    for (const pin of this.#pins.splice(0)) pin.close();
  }
}

const safeState = ({ safe = actuatorDefaults.safe }: ActuatorConfig): boolean => safe;
