import pins from "sim/pins";
import type { NodeConfig } from "../../device/config.js";
import type { NodeSensor } from "../../device/sensors/types.js";

/** As on a board: the clock starts in 1970. */
export const clockIsKnown = false;

/** Wet, dry or in between, another in each program: three in ten windows are unsure. Without its supply it gives nothing. */
export default function openSensor(config: NodeConfig, index: number): NodeSensor {
  const draw = Math.random();
  const soil = draw < 0.4 ? 35 : draw < 0.7 ? 15 : 25;
  const values = new Float32Array(1);
  const supply = config.sensors[index]!.hardware!.power!;
  return {
    configure() {},
    sample() {
      if (pins.read(supply.pin) !== supply.level) return undefined;
      values[0] = soil + 0.01 * Math.random();
      return { count: 1, values };
    },
    close() {},
  };
}
