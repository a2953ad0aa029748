import type { LoopHardware, SensorConfig } from "../../config.js";
import { loopFull, loopHighest, loopLowest, loopZero } from "./analogConstants.js";
import { AnalogDriver } from "./analogDriver.js";
import type { FieldDriver } from "./fielddriver.js";
import { analogAveraging } from "./sensordefaults.js";

/** A 4 to 20 mA loop; a current that no measurement gives (NAMUR NE 43) is none. */
export default (sensors: readonly SensorConfig[]): FieldDriver => {
  const { pin, ohms, at4, at20, averaging = analogAveraging } = sensors[0]!.hardware as LoopHardware;
  const slope = (at20 - at4) / (loopFull - loopZero);
  return new AnalogDriver(sensors[0]!, pin, averaging, (volts) => {
    const current = (1000 * volts) / ohms;
    return current < loopLowest || current > loopHighest ? undefined : at4 + (current - loopZero) * slope;
  });
};
