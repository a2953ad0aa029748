/** What the schemas of chips share. */
import { sensorHz } from "../../../device/sensors/field/sensordefaults.js";
import { between, key, numberChoice, section, whole } from "./fields.js";

export const pin = (meaning: string) => key(whole(0, 48), meaning, { unit: "GPIO" });

export const bus = (fastest: number) => ({
  data: pin("I2C data. Chips on the same two pins share the bus."),
  clock: pin("I2C clock."),
  hz: key(whole(10_000, fastest).default(sensorHz), "I2C clock frequency for this chip.", { unit: "Hz" }),
});

const sensorPower = section({
  pin: pin("Output pin that supplies the sensor, or that switches its supply."),
  level: key(numberChoice([0, 1], "0 or 1").default(1), "The pin's level that supplies the sensor."),
  warmUpSeconds: key(
    between(0, 600).default(0),
    "From the supply to the first sample. Sensors that share the pin wait for the slowest.",
    { unit: "s" },
  ),
}).meta({
  id: "SensorPower",
  description:
    "A switched supply: on for `warmUpSeconds` and the window; for `capacitive`, `analog` and `loop` at a rate of 4, or of 1 and less, only around each sample, when the warm-up leaves time to switch it off in between.",
});

/** Of every chip. */
export const power = {
  power: key(sensorPower.optional(), "The pin that supplies the sensor only while it is needed.", {
    absent: "The sensor is always supplied.",
  }),
};
