import { windowSamples, type NodeConfig } from "../config.js";

/**
 * A recording as bytes that replay sensors read in place. Little-endian: "LRP1", number of windows, number of sensors, then each sensor's
 * samples per window (uint32 each), padded to 8; then the windows: start (float64, seconds since 1970), label (uint32, `noLabel` when unknown),
 * 4 reserved bytes, each sensor's samples (float32), padded to 8. A sample that is NaN was read as not a number, one that is
 * `missingSample` was not read.
 */
const magic = 0x3150524c;
export const noLabel = 0xffffffff;
export const missingSample = -Infinity;
export const windowHeaderBytes = 16;

const pad8 = (bytes: number): number => (bytes + 7) & ~7;

export interface ReplayLayout {
  windows: number;
  /** Samples per window, by sensor. */
  samples: number[];
  headerBytes: number;
  windowBytes: number;
}

export function replayLayout(samples: number[], windows: number): ReplayLayout {
  let bytes = windowHeaderBytes;
  for (const count of samples) bytes += 4 * count;
  return { windows, samples, headerBytes: pad8(12 + 4 * samples.length), windowBytes: pad8(bytes) };
}

/** Where a sensor's samples of a window begin. */
export function samplesOffset(layout: ReplayLayout, window: number, sensor: number): number {
  let offset = layout.headerBytes + window * layout.windowBytes + windowHeaderBytes;
  for (let s = 0; s < sensor; s++) offset += 4 * layout.samples[s]!;
  return offset;
}

export function writeReplayHeader(view: DataView, layout: ReplayLayout): void {
  view.setUint32(0, magic, true);
  view.setUint32(4, layout.windows, true);
  view.setUint32(8, layout.samples.length, true);
  layout.samples.forEach((count, index) => view.setUint32(12 + 4 * index, count, true));
}

/** @param view of at least the header. @throws RangeError when it does not match the node description */
export function readReplayHeader(view: DataView, byteLength: number, config: NodeConfig): ReplayLayout {
  const count = config.sensors.length;
  const need = replayLayout(
    config.sensors.map((sensor) => windowSamples(config, sensor)),
    0,
  );
  if (byteLength < need.headerBytes || view.getUint32(0, true) !== magic)
    throw new RangeError("the replay does not start with LRP1");
  if (view.getUint32(8, true) !== count)
    throw new RangeError(`the replay has ${view.getUint32(8, true)} sensors, the node ${count}`);
  for (let s = 0; s < count; s++) {
    const samples = view.getUint32(12 + 4 * s, true);
    if (samples !== need.samples[s])
      throw new RangeError(
        `the replay has ${samples} samples of ${config.sensors[s]!.name} per window, the node ${need.samples[s]}`,
      );
  }
  const windows = view.getUint32(4, true);
  if (byteLength !== need.headerBytes + windows * need.windowBytes)
    throw new RangeError(`the replay of ${windows} windows has ${byteLength} bytes`);
  return { ...need, windows };
}
