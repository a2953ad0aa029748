import type { SensorConfig } from "../../config.js";

/** Sensors with the same key are quantities of one chip and share its driver. Pure TypeScript: the rules of the node description use it, too. */
export function chipKey(hardware: NonNullable<SensorConfig["hardware"]>): string {
  return hardware.chip === "capacitive"
    ? `${hardware.chip} ${hardware.pin}`
    : `${hardware.chip} ${hardware.data}/${hardware.clock} ${hardware.address}`;
}
