import Analog from "embedded:io/analog";
import { AnalogVoltage } from "./analogvoltage.js";
import { analogAveraging } from "./sensordefaults.js";

/** V at the pin, now. */
export default function batteryVoltage(pin: number): number {
  const voltage = new AnalogVoltage({ sensor: { io: Analog as never, pin } });
  try {
    voltage.configure({ averaging: analogAveraging });
    return voltage.sample().voltage;
  } finally {
    voltage.close();
  }
}
