import type { SensorConfig } from "../../config.js";

/** Sensors with the same key are quantities of one chip and share its driver. Pure TypeScript: the rules of the node description use it, too. */
export function chipKey(hardware: NonNullable<SensorConfig["hardware"]>): string {
  switch (hardware.chip) {
    case "capacitive":
    case "analog":
    case "loop":
      return `pin ${hardware.pin}`;
    case "microphone":
      return hardware.chip;
    case "ecma419":
      return `${hardware.driver} ${JSON.stringify(hardware.sensor)}`;
    default:
      return `${hardware.chip} ${hardware.data}/${hardware.clock} ${hardware.address}`;
  }
}
