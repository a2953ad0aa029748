/** Under XS: sound through the driver of the board's microphone, a line for each block: the levels of its sensors. */
import Resource from "Resource";
import AudioIn from "embedded:io/audio/in";
import type { SensorConfig } from "../../../device/config.js";
import makeSensor from "sensors/field/microphoneSensor";
import type RecordedSound from "./recordedSound.xs.js";

const sensors = JSON.parse(String.fromArrayBuffer(new Resource("sensors.json").slice(0))) as SensorConfig[];
const driver = makeSensor(sensors);
driver.configure({ rate: sensors[0]!.rate });
while ((AudioIn as unknown as typeof RecordedSound).more()) {
  driver.sample();
  for (let i = 0; i < driver.readings[0]!.count; i++)
    trace(driver.readings.map(({ values }) => values[i]).join(), "\n");
}
driver.close();
