import { fullScaleVolts } from "./analogConstants.js";
import type { AnalogOptions, AnalogPin } from "./io.js";

export interface VoltageSample {
  /** V at the pin. */
  voltage: number;
}

/** The voltage at an analog pin, after ECMA-419's sensor class pattern. */
export class AnalogVoltage {
  #io: AnalogPin | undefined;
  readonly #scale: number;
  readonly #sample: VoltageSample = { voltage: 0 };
  #averaging = 1;

  constructor(options: { sensor: AnalogOptions }) {
    const { io: IO, ...wiring } = options.sensor;
    this.#io = new IO(wiring);
    try {
      this.#scale = fullScaleVolts / (2 ** this.#io.resolution - 1);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @param options averaging: readings of the pin that a sample is the mean of */
  configure({ averaging = this.#averaging }: { averaging?: number }): void {
    this.#averaging = averaging;
  }

  /** In an object that the next call reuses. */
  sample(): VoltageSample {
    if (!this.#io) throw new Error("AnalogVoltage: closed");
    let sum = 0;
    for (let i = 0; i < this.#averaging; i++) sum += this.#io.read();
    this.#sample.voltage = (sum / this.#averaging) * this.#scale;
    return this.#sample;
  }

  /** May be called twice. */
  close(): void {
    const io = this.#io;
    this.#io = undefined;
    io?.close();
  }
}
