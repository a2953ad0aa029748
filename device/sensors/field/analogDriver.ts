import Analog from "embedded:io/analog";
import type { SensorConfig } from "../../config.js";
import { missingSample } from "replay/format";
import type { Reading } from "../types.js";
import { AnalogVoltage } from "./analogvoltage.js";
import type { FieldDriver } from "./fielddriver.js";
import { Polled } from "./polled.js";

/** One value from the voltage at a pin. */
export class AnalogDriver implements FieldDriver {
  readonly #pin: AnalogVoltage;
  readonly #averaging: number;
  readonly #polled: Polled;

  /** @param convert volts to the sensor's value; undefined when they mean none */
  constructor({ rate }: SensorConfig, pin: number, averaging: number, convert: (volts: number) => number | undefined) {
    this.#averaging = averaging;
    this.#polled = new Polled(1, rate, (readings, at) => {
      readings[0]!.values[at] = convert(this.#pin.sample().voltage) ?? missingSample;
    });
    this.#pin = new AnalogVoltage({ sensor: { io: Analog as never, pin } });
  }

  get readings(): readonly Reading[] {
    return this.#polled.readings;
  }

  configure({ rate }: { rate: number }): void {
    this.#pin.configure({ averaging: this.#averaging });
    this.#polled.start(rate);
  }

  sample(): void {
    this.#polled.take();
  }

  close(): void {
    this.#polled.stop();
    this.#pin.close();
  }
}
