import pins, { type Level } from "sim/pins";
import Timer from "timer";

interface DigitalOptions {
  pin: number;
  mode: number;
  edge?: number;
  initialValue?: Level;
  onReadable?: (this: Digital) => void;
  format?: "number";
  target?: unknown;
}

/** Modes and edges with the SDK's values. */
const Input = 0;
const InputPullUp = 1;
const InputPullDown = 2;
const InputPullUpDown = 3;
const Output = 8;
const OutputOpenDrain = 9;
const Rising = 1;
const Falling = 2;

// Created at first use: a preloaded module's collections are in flash and read-only.
let usedPins: Set<number> | undefined;
const inUse = () => (usedPins ??= new Set<number>());

/** ECMA-419 Digital on the simulated board's wires. */
export default class Digital {
  static readonly Input = Input;
  static readonly InputPullUp = InputPullUp;
  static readonly InputPullDown = InputPullDown;
  static readonly InputPullUpDown = InputPullUpDown;
  static readonly Output = Output;
  static readonly OutputOpenDrain = OutputOpenDrain;
  static readonly Rising = Rising;
  static readonly Falling = Falling;

  target?: unknown;
  #pin: number | undefined;
  #isOutput: boolean;
  #unwatch: (() => void) | undefined;

  constructor(options: DigitalOptions) {
    const { pin, mode, edge, onReadable } = options;
    if (!Number.isInteger(pin) || pin < 0)
      throw new RangeError(`Digital: pin ${pin}: must be a whole number, 0 or more`);
    if (mode !== Output && mode !== OutputOpenDrain && !(mode >= Input && mode <= InputPullUpDown))
      throw new RangeError(`Digital: pin ${pin}: unknown mode ${mode}`);
    if (((options.format as string | undefined) ?? "number") !== "number")
      throw new RangeError(`Digital: pin ${pin}: the format must be "number"`);
    if (onReadable && !edge) throw new Error(`Digital: pin ${pin}: onReadable needs an edge`);
    if (inUse().has(pin)) throw new Error(`Digital: pin ${pin} is in use`);
    inUse().add(pin);
    this.#pin = pin;
    this.#isOutput = mode >= Output;
    if ("target" in options) this.target = options.target;
    if (options.initialValue !== undefined && this.#isOutput) pins.write(pin, options.initialValue);
    if (mode === InputPullUp) pins.write(pin, 1);
    if (onReadable && edge) this.#watch(pin, edge, onReadable);
  }

  #watch(pin: number, edge: number, onReadable: (this: Digital) => void): void {
    let last = pins.read(pin);
    this.#unwatch = pins.watch((changed, level) => {
      if (changed !== pin || level === last) return;
      last = level;
      // As an interrupt does on the device, the callback runs from the event loop, not inside the write.
      if (edge & (level ? Rising : Falling)) Timer.set(() => void (this.#pin === pin && onReadable.call(this)));
    });
  }

  #open(): number {
    if (this.#pin === undefined) throw new Error("Digital: closed");
    return this.#pin;
  }

  write(value: number): void {
    const pin = this.#open();
    if (!this.#isOutput) throw new Error(`Digital: pin ${pin} is an input`);
    pins.write(pin, value ? 1 : 0);
  }

  read(): Level {
    return pins.read(this.#open());
  }

  close(): void {
    if (this.#pin === undefined) return;
    this.#unwatch?.();
    inUse().delete(this.#pin);
    this.#pin = undefined;
  }

  get format(): "number" {
    return "number";
  }

  set format(value: "number") {
    if ((value as string) !== "number") throw new RangeError('Digital: the format must be "number"');
  }
}
