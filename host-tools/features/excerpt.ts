import { replayLayout } from "../../device/replay/format.js";
import { windowSamples, type NodeConfig } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import type { Recording } from "./csv.js";

/**
 * A short replay out of a recording, for a board's flash: the given windows, one right after the other.
 * @param windows positions in the recording
 * @throws UserError for a window that the recording has not
 */
export function excerpt(recording: Recording, config: NodeConfig, windows: number[]): Uint8Array {
  const layout = replayLayout(
    config.sensors.map((sensor) => windowSamples(config, sensor)),
    windows.length,
  );
  const bytes = new Uint8Array(layout.headerBytes + windows.length * layout.windowBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(recording.replay.subarray(0, layout.headerBytes));
  view.setUint32(4, windows.length, true);
  windows.forEach((window, index) => {
    if (!(window >= 0 && window < recording.times.length))
      throw new UserError(`window ${window}: the recording has ${recording.times.length}, counted from 0`);
    const from = layout.headerBytes + window * layout.windowBytes;
    const to = layout.headerBytes + index * layout.windowBytes;
    bytes.set(recording.replay.subarray(from, from + layout.windowBytes), to);
    view.setFloat64(to, recording.times[windows[0]!]! + index * config.window.seconds, true);
  });
  return bytes;
}

/** The first window of each class, in the order of their appearance. */
export function oneOfEach(recording: Recording): number[] {
  return recording.labels.flatMap((label, index) =>
    label >= 0 && recording.labels.indexOf(label) === index ? [index] : [],
  );
}
