import type { AnalogOptions, AnalogPin } from "./io.js";

/** A reading this near either end of the pin's range means an open or shorted wire, not soil. */
const rail = 0.01;

/** ECMA-419's soil moisture sample. */
export interface MoistureSample {
  /** 0 at the dry point of the calibration, 1 at the wet one; soil may lie outside of both. */
  moisture: number;
}

/** A capacitive soil probe on an analog pin, linear between its two calibration points. */
export class SoilMoisture {
  #io: AnalogPin | undefined;
  readonly #fullScale: number;
  readonly #sample: MoistureSample = { moisture: 0 };
  #dry = 1;
  #wet = 0;

  constructor(options: { sensor: AnalogOptions }) {
    const { io: IO, ...wiring } = options.sensor;
    this.#io = new IO(wiring);
    try {
      this.#fullScale = 2 ** this.#io.resolution - 1;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @param options dry, wet: the pin's reading in dry and in wet soil, as fractions of its range */
  configure({ dry = this.#dry, wet = this.#wet }: { dry?: number; wet?: number }): void {
    this.#dry = dry;
    this.#wet = wet;
  }

  /** In an object that the next call reuses; undefined at the ends of the pin's range: no probe connected. */
  sample(): MoistureSample | undefined {
    if (!this.#io) throw new Error("SoilMoisture: closed");
    const level = this.#io.read() / this.#fullScale;
    if (!(level > rail && level < 1 - rail)) return undefined;
    this.#sample.moisture = (level - this.#dry) / (this.#wet - this.#dry);
    return this.#sample;
  }

  /** May be called twice. */
  close(): void {
    const io = this.#io;
    this.#io = undefined;
    io?.close();
  }
}
