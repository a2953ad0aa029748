import type { SensorConfig, Sht3xHardware } from "../../config.js";
import { setReading, singleReadings, type FieldDriver } from "./fielddriver.js";
import { onI2C } from "./i2coptions.js";
import { SHT3x } from "./sht3x.js";

/** Temperature and humidity of one SHT3x. */
class Sht3xSensor implements FieldDriver {
  readonly readings;
  readonly #chip: SHT3x;
  readonly #quantities: Sht3xHardware["quantity"][];

  constructor(sensors: readonly SensorConfig[]) {
    const hardware = sensors.map((sensor) => sensor.hardware as Sht3xHardware);
    this.readings = singleReadings(sensors);
    this.#quantities = hardware.map(({ quantity }) => quantity);
    this.#chip = new SHT3x({ sensor: onI2C(hardware[0]!) });
  }

  configure(): void {
    this.#chip.configure();
  }

  sample(): void {
    const sample = this.#chip.sample();
    for (let i = 0; i < this.readings.length; i++)
      setReading(
        this.readings[i]!,
        this.#quantities[i] === "temperature" ? sample?.thermometer.temperature : sample?.hygrometer.humidity,
      );
  }

  close(): void {
    this.#chip.close();
  }
}

export default (sensors: readonly SensorConfig[]): FieldDriver => new Sht3xSensor(sensors);
