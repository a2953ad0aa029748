import Analog from "embedded:io/analog";
import I2C from "embedded:io/i2c";
import type { Lis3dhHardware, NodeConfig, Sht3xHardware } from "../../config.js";
import type { NodeSensor } from "../types.js";
import type { I2COptions } from "./io.js";
import { lis3dhFullScale, sensorHz } from "./sensordefaults.js";
import { LIS3DH } from "./lis3dh.js";
import { openClimate } from "./climate.js";
import { SoilMoisture } from "./soilmoisture.js";

const wired = ({ data, clock, address, hz = sensorHz }: Sht3xHardware | Lis3dhHardware): I2COptions => ({
  io: I2C as unknown as I2COptions["io"],
  data,
  clock,
  address,
  hz,
});

/** The board's clock starts in 1970. */
export const clockIsKnown = false;

/** Opens the chip of a sensor in the node description. @throws when it has none, or the chip does not answer */
export default function openSensor(config: NodeConfig, index: number): NodeSensor {
  const { name, hardware } = config.sensors[index]!;
  switch (hardware?.chip) {
    case "capacitive":
      return new SoilMoisture({
        sensor: { io: Analog as never, pin: hardware.pin },
        calibration: hardware.calibration,
      });
    case "sht3x":
      return openClimate(wired(hardware), hardware.quantity);
    case "lis3dh":
      return new LIS3DH({
        sensor: wired(hardware),
        axis: hardware.axis,
        fullScale: hardware.fullScale ?? lis3dhFullScale,
      });
    default:
      throw new Error(`sensor "${name}": the node description has no "hardware" for it`);
  }
}
