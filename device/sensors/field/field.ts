import Modules from "modules";
import type { NodeConfig } from "../../config.js";
import type { NodeSensor } from "../types.js";
import { openChannel } from "./channels.js";
import type { OpenDriver } from "./fielddriver.js";

/** The board's clock starts in 1970. */
export const clockIsKnown = false;

/** Opens a sensor of the node description. @throws when it has no hardware, its driver is not in the firmware, or the chip does not answer */
export default function openSensor(config: NodeConfig, index: number): NodeSensor {
  const { name, hardware } = config.sensors[index]!;
  if (!hardware) throw new Error(`sensor "${name}": the node description has no "hardware" for it`);
  // By name, so that a firmware has only the drivers that its node uses (sensors.json).
  const module = `${hardware.chip}Sensor`;
  if (!Modules.has(module))
    throw new Error(`sensor "${name}": the firmware has no driver for the chip ${hardware.chip} (module ${module})`);
  return openChannel(config.sensors, index, Modules.importNow(module) as OpenDriver);
}
