import { levelOf } from "sim/levels";

// Created at first use: a preloaded module's collections are in flash and read-only.
let usedPins: Set<number> | undefined;
const inUse = () => (usedPins ??= new Set<number>());

/** ECMA-419 Analog on the simulated board's pins, with the ESP32's 12 bits. */
export default class Analog {
  #pin: number | undefined;

  constructor({ pin }: { pin: number }) {
    if (!Number.isInteger(pin) || pin < 0)
      throw new RangeError(`Analog: pin ${pin}: must be a whole number, 0 or more`);
    if (inUse().has(pin)) throw new RangeError(`Analog: pin ${pin} is in use`);
    inUse().add(pin);
    this.#pin = pin;
  }

  get resolution(): number {
    return 12;
  }

  read(): number {
    if (this.#pin === undefined) throw new Error("Analog: closed");
    return Math.round(Math.min(1, Math.max(0, levelOf(this.#pin))) * 4095);
  }

  close(): void {
    if (this.#pin !== undefined) inUse().delete(this.#pin);
    this.#pin = undefined;
  }
}
