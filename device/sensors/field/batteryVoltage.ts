import Analog from "embedded:io/analog";
import Digital from "embedded:io/digital";
import Timer from "timer";
import type { BatteryConfig } from "../../config.js";
import { AnalogVoltage } from "./analogvoltage.js";
import { analogAveraging } from "./sensordefaults.js";

/** ms from the divider's connection to the reading: 100 nF at the pin behind some 100 kΩ has settled. */
const settling = 50;

/** V at the pin, now. */
export default function batteryVoltage({ pin, enable }: BatteryConfig): number {
  const connection =
    enable && new Digital({ pin: enable.pin, mode: Digital.Output, initialValue: enable.level } as never);
  try {
    if (connection) {
      connection.write(enable.level);
      Timer.delay(settling);
    }
    return voltageAt(pin);
  } finally {
    connection?.close();
  }
}

function voltageAt(pin: number): number {
  const voltage = new AnalogVoltage({ sensor: { io: Analog as never, pin } });
  try {
    voltage.configure({ averaging: analogAveraging });
    return voltage.sample().voltage;
  } finally {
    voltage.close();
  }
}
