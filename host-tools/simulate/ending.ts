/** Where a recording ends, for a node whose clock goes on. */
import type { NodeConfig } from "../../device/config.js";
import type { Recording } from "../features/csv.js";
import type { SimulationEvent } from "./events.js";

type Window = NodeConfig["window"];

/** s: what an uplink with its receive windows, and the cloud's answer to it, take at most. */
const answered = 10;
/** The run ends this long (s) before another window would begin. */
const margin = 1;
/** And this long after the last window at most, s, when windows follow without a gap. */
const longest = 60;

/**
 * When a run ends: right before another window would begin. Where that leaves no time for the last one's verdict and its answer, because windows follow without a gap,
 * it goes on for a while in which the sensors give nothing.
 * @param last start of the last recorded window, seconds since 1970
 */
export function endOfRun(last: number, { seconds, everySeconds }: Window): number {
  const gap = everySeconds - seconds;
  if (gap >= answered + margin) return last + everySeconds - margin;
  return last + seconds + Math.max(answered, Math.min(everySeconds - margin, longest));
}

/** Of the windows that short ones leave room for after the recording. */
const ofWindows: ReadonlySet<string> = new Set(["window", "verdict", "fault", "interlock", "actuation"]);

/** Whether an event of the node is of a window without a recording: after the last one, and from the end of the next one on. */
export const isBeyond = (
  { event }: SimulationEvent,
  at: number,
  last: number,
  { seconds, everySeconds }: Window,
): boolean => ofWindows.has(event) && at > last + everySeconds + seconds - Math.min(0.01, seconds / 2);

/** The recorded window that the node's window at `time` is, by its index: the node begins it somewhat later. */
export function recordedWindow({ times }: Pick<Recording, "times">, time: number): number {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (times[middle]! <= time) from = middle + 1;
    else to = middle;
  }
  // Of the two around it the nearer one.
  return from > 0 && (from === times.length || time - times[from - 1]! <= times[from]! - time) ? from - 1 : from;
}
