import type { NodeConfig } from "../../../device/config.js";
import type { NodeSensor } from "../../../device/sensors/types.js";

/** As on a board: the clock starts in 1970. */
export const clockIsKnown = false;

/** Noise about the middle of the sensor's range. */
export default function openSensor(config: NodeConfig, index: number): NodeSensor {
  const { range, rate } = config.sensors[index]!;
  const values = new Float32Array(rate);
  const count = Math.max(1, rate >> 2);
  return {
    configure() {},
    sample() {
      for (let i = 0; i < count; i++) values[i] = (range[0] + range[1]) / 2 + Math.random();
      return { count, values };
    },
    close() {},
  };
}
