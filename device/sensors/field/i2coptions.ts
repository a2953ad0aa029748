import I2C from "embedded:io/i2c";
import type { I2COptions } from "./io.js";
import { sensorHz } from "./sensordefaults.js";

interface Wiring {
  data: number;
  clock: number;
  address: number;
  hz?: number;
}

/** The wiring of a chip in the node description as ECMA-419's option `sensor`. */
export const onI2C = ({ data, clock, address, hz = sensorHz }: Wiring): I2COptions => ({
  io: I2C as unknown as I2COptions["io"],
  data,
  clock,
  address,
  hz,
});
