import Digital from "embedded:io/digital";
import type { ActuatorConfig } from "./config.js";

/** The node's outputs by name, low at the start. */
export class Actuators {
  readonly names: readonly string[];
  readonly #pins: Digital[] = [];
  readonly #states: boolean[];
  readonly #onChange: (name: string, on: boolean) => void;

  constructor(configs: readonly ActuatorConfig[], onChange: (name: string, on: boolean) => void) {
    this.names = configs.map((config) => config.name);
    this.#states = configs.map(() => false);
    this.#onChange = onChange;
    try {
      for (const { pin } of configs) {
        const digital = new Digital({ pin, mode: Digital.Output });
        this.#pins.push(digital);
        digital.write(0);
      }
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

  /** May be called twice. */
  close(): void {
    for (const pin of this.#pins.splice(0)) pin.close();
  }
}
