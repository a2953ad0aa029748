import type { AnalogOptions, AnalogPin } from "./io.js";
import type { ProbeCalibration } from "../../config.js";
import type { Reading } from "../types.js";

/** A reading this near either end of the pin's range means an open or shorted wire, not soil. */
const rail = 0.01;

/** A capacitive soil probe on an analog pin, linear between its two calibration points. */
export class SoilMoisture {
  #io: AnalogPin | undefined;
  readonly #fullScale: number;
  readonly #calibration: ProbeCalibration;
  readonly #reading: Reading = { count: 1, values: new Float32Array(1) };

  constructor(options: { sensor: AnalogOptions; calibration: ProbeCalibration }) {
    const { io: IO, ...wiring } = options.sensor;
    this.#calibration = options.calibration;
    this.#io = new IO(wiring);
    try {
      this.#fullScale = 2 ** this.#io.resolution - 1;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Nothing to configure: `sample` reads the pin. */
  configure(_options: object = {}): void {}

  /** One value in the calibration's unit; undefined at the ends of the pin's range: no probe connected. */
  sample(): Reading | undefined {
    if (!this.#io) throw new Error("SoilMoisture: closed");
    const level = this.#io.read() / this.#fullScale;
    if (!(level > rail && level < 1 - rail)) return undefined;
    const { dry, wet, dryValue, wetValue } = this.#calibration;
    this.#reading.values[0] = dryValue + ((level - dry) * (wetValue - dryValue)) / (wet - dry);
    return this.#reading;
  }

  /** May be called twice. */
  close(): void {
    const io = this.#io;
    this.#io = undefined;
    io?.close();
  }
}
