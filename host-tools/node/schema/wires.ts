/** What the schemas of chips share. */
import { sensorHz } from "../../../device/sensors/field/sensordefaults.js";
import { key, whole } from "./fields.js";

export const pin = (meaning: string) => key(whole(0, 48), meaning, { unit: "GPIO" });

export const bus = (fastest: number) => ({
  data: pin("I2C data. Chips on the same two pins share the bus."),
  clock: pin("I2C clock."),
  hz: key(whole(10_000, fastest).default(sensorHz), "I2C clock frequency for this chip.", { unit: "Hz" }),
});
