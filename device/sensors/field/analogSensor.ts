import type { AnalogHardware, SensorConfig } from "../../config.js";
import { AnalogDriver } from "./analogDriver.js";
import type { FieldDriver } from "./fielddriver.js";
import { analogAveraging } from "./sensordefaults.js";

/** A voltage, such as a battery's behind a divider. */
export default (sensors: readonly SensorConfig[]): FieldDriver => {
  const { pin, scale = 1, offset = 0, averaging = analogAveraging } = sensors[0]!.hardware as AnalogHardware;
  return new AnalogDriver(sensors[0]!, pin, averaging, (volts) => volts * scale + offset);
};
