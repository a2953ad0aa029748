import Digital from "embedded:io/digital";
import Sleep from "sleep";
import type { ActuatorConfig } from "./config.js";
import type { Fields, RetainedPart } from "./flash/fields.js";

/** The node's outputs by name: low at the start, after a deep sleep or a reset as they were. */
export class Actuators implements RetainedPart {
  readonly names: readonly string[];
  readonly #pins: Digital[] = [];
  readonly #states: boolean[];
  readonly #configs: readonly ActuatorConfig[];
  readonly #onChange: (name: string, on: boolean) => void;

  /** @param retain called before the outputs are opened: restores what they were */
  constructor(
    configs: readonly ActuatorConfig[],
    onChange: (name: string, on: boolean) => void,
    retain?: (part: RetainedPart) => void,
  ) {
    this.#configs = configs;
    this.names = configs.map((config) => config.name);
    this.#states = configs.map(() => false);
    this.#onChange = onChange;
    retain?.(this);
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
  }

  /** @returns whether that was a change. @throws RangeError for an unknown name */
  set(name: string, on: boolean): boolean {
    const index = this.names.indexOf(name);
    if (index < 0) throw new RangeError(`actuator "${name}": the node has ${this.names.join(", ")}`);
    if (this.#states[index] === on) return false;
    this.#pins[index]!.write(on ? 1 : 0);
    this.#states[index] = on;
    this.#onChange(name, on);
    return true;
  }

  /** Bit i: actuator i is on. */
  get bits(): number {
    let bits = 0;
    for (let i = 0; i < this.#states.length; i++) if (this.#states[i]) bits |= 1 << i;
    return bits;
  }

  layout(fields: Fields): void {
    fields.number(4, this.bits >>> 0, (bits) => {
      for (let i = 0; i < this.#states.length; i++) this.#states[i] = (bits & (1 << i)) !== 0;
    });
  }

  /** Outputs stay as they are through a deep sleep. */
  hold(): void {
    for (const { pin } of this.#configs) Sleep.hold(pin);
  }

  /** May be called twice. */
  close(): void {
    for (const pin of this.#pins.splice(0)) pin.close();
  }
}
