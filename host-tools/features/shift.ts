import type { NodeConfig } from "../../device/config.js";
import { readReplayHeader } from "../../device/replay/format.js";
import type { Recording } from "./csv.js";

/** A recording, so many seconds later. */
export function shifted(recording: Recording, config: NodeConfig, seconds: number): Recording {
  const replay = recording.replay.slice();
  const view = new DataView(replay.buffer);
  const { windows, headerBytes, windowBytes } = readReplayHeader(view, replay.length, config);
  for (let window = 0; window < windows; window++) {
    const at = headerBytes + window * windowBytes;
    view.setFloat64(at, view.getFloat64(at, true) + seconds, true);
  }
  return { ...recording, replay, times: recording.times.map((time) => time + seconds) };
}
