import type { Axis, Lis3dhHardware, SensorConfig } from "../../config.js";
import type { Reading } from "../types.js";
import type { FieldDriver } from "./fielddriver.js";
import { onI2C } from "./i2coptions.js";
import { LIS3DH, type Lis3dhOptions } from "./lis3dh.js";
import { lis3dhFullScale, lis3dhHighPass } from "./sensordefaults.js";

/** One to three axes of an LIS3DH. */
class Lis3dhSensor implements FieldDriver {
  readings: readonly Reading[];
  readonly isStream = true;
  readonly #chip: LIS3DH;
  readonly #options: Lis3dhOptions;

  constructor(sensors: readonly SensorConfig[]) {
    // Before the first samples, too, there is something to read.
    this.readings = sensors.map(() => ({ count: 0, values: new Float32Array(0) }));
    const hardware = sensors.map((sensor) => sensor.hardware as Lis3dhHardware);
    const { fullScale = lis3dhFullScale, highPass = lis3dhHighPass } = hardware[0]!;
    this.#options = { range: fullScale, highPass, enable: hardware.map(({ axis }): Axis => axis) };
    this.#chip = new LIS3DH({ sensor: onI2C(hardware[0]!) });
  }

  configure({ rate }: { rate: number }): void {
    this.#chip.configure({ ...this.#options, rate });
  }

  sample(): void {
    const sample = this.#chip.sample();
    if (sample) this.readings = sample.samples;
    else for (const reading of this.readings) reading.count = 0;
  }

  close(): void {
    this.#chip.close();
  }
}

export default (sensors: readonly SensorConfig[]): FieldDriver => new Lis3dhSensor(sensors);
