import Analog from "embedded:io/analog";
import type { ProbeHardware, SensorConfig } from "../../config.js";
import { setReading, singleReadings, type FieldDriver } from "./fielddriver.js";
import { SoilMoisture } from "./soilmoisture.js";

/** A probe in the unit of its calibration. */
class CapacitiveSensor implements FieldDriver {
  readonly readings;
  readonly #probe: SoilMoisture;
  readonly #calibration: ProbeHardware["calibration"];

  constructor(sensors: readonly SensorConfig[]) {
    const { pin, calibration } = sensors[0]!.hardware as ProbeHardware;
    this.readings = singleReadings(sensors);
    this.#calibration = calibration;
    this.#probe = new SoilMoisture({ sensor: { io: Analog as never, pin } });
    this.#probe.configure(calibration);
  }

  configure(): void {}

  sample(): void {
    const moisture = this.#probe.sample()?.moisture;
    const { dryValue, wetValue } = this.#calibration;
    setReading(this.readings[0]!, moisture === undefined ? undefined : dryValue + moisture * (wetValue - dryValue));
  }

  close(): void {
    this.#probe.close();
  }
}

export default (sensors: readonly SensorConfig[]): FieldDriver => new CapacitiveSensor(sensors);
