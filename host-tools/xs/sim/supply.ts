import Time from "time";
import pins from "sim/pins";

/** A supply line of the simulated board, switched by a pin: what is on it works when the line has been on for long enough. */
export class SupplySim {
  readonly #pin: number;
  readonly #onLevel: 0 | 1;
  readonly #warmUp: number;
  /** Ticks when it was switched on; undefined: it is off. */
  #since: number | undefined;

  /** @param warmUp ms */
  constructor(pin: number, onLevel: 0 | 1 = 1, warmUp = 0) {
    this.#pin = pin;
    this.#onLevel = onLevel;
    this.#warmUp = warmUp;
    this.#follow();
    pins.watch((changed) => {
      if (changed === pin) this.#follow();
    });
  }

  get isOn(): boolean {
    return this.#since !== undefined;
  }

  get isWarm(): boolean {
    return this.#since !== undefined && (Time.ticks - this.#since) >>> 0 >= this.#warmUp;
  }

  #follow(): void {
    if (pins.read(this.#pin) !== this.#onLevel) this.#since = undefined;
    else this.#since ??= Time.ticks;
  }
}
