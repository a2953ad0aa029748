import { windowsAtOnce } from "../../../device/config.js";
import { defaultChip } from "../chips.js";
import { roomForWindows, windowMemory } from "../windowMemory.js";
import type { Sensor } from "../schema/node.js";
import type { Rule } from "./draft.js";

/** Windows that overlap more than this are many networks' work, and of no use. */
const mostWindows = 64;

/** A window must fit into the chip's RAM. Whether it fits beside all else `loam budget` measures. */
export const checkMemory: Rule = ({ chip = defaultChip, sensors, window, features }, findings) => {
  if (!window || !features || sensors.length === 0 || sensors.some((sensor) => !sensor)) return;
  if (windowsAtOnce({ window }) > mostWindows)
    return findings.expected(
      ["window", "everySeconds"],
      `a number from ${Number((window.seconds / mostWindows).toPrecision(6))}, so that at most ${mostWindows} windows are under way at the same time`,
    );
  const names = sensors.map((sensor) => sensor!.name);
  // A magnitude of a sensor that is not there is an error of its own.
  if (features.magnitudes?.some(({ sensors: axes }) => axes.some((axis) => !names.includes(axis)))) return;
  const { bytes, windows, each, largest } = windowMemory({ sensors: sensors as Sensor[], window, features });
  const room = roomForWindows[chip];
  if (!(bytes > room)) return;
  const n = (value: number): string => value.toLocaleString("en-US");
  const overlap = windows > 1 ? `, ${n(each)} for each of the ${windows} that overlap` : "";
  findings.add(
    "error",
    ["window"],
    `, but such windows need ${n(bytes)} bytes of the node's memory${overlap}, and the ${chip} has ${n(room)} for them and the network: ${largest.sensor} alone holds ${n(largest.samples)} samples; give the window more frames, shorten features.spanSeconds${windows > 1 ? ", lengthen window.everySeconds" : ""} or lower the rate`,
  );
};
