/** Under XS: the windows of a replay through the device's intake and features, one line each: 1 and the bits of its rows as integers, or 0 and its faults. */
import Resource from "Resource";
import type { NodeConfig } from "../../device/config.js";
import { Features } from "features/features";
import { Intake } from "intake";
import { readReplayHeader, samplesOffset, missingSample } from "replay/format";

const config = JSON.parse(String.fromArrayBuffer(new Resource("node.config.json").slice(0))) as NodeConfig;
const resource = new Resource("replay.bin");
const bytes = resource as unknown as ArrayBuffer;
const layout = readReplayHeader(new DataView(bytes), resource.byteLength, config);
const features = new Features(config);
const rows = new Float32Array(features.frames * features.layout.count);
const intake = new Intake(config, {
  onBegin: () => features.begin(),
  onFrame: (sensor) => void features.endFrame(sensor, intake.rings[sensor]!, rows),
  onFault: (sensor, kind, count) => void faults.push(`${sensor}:${kind}:${count}`),
});
/** Of the window: sensor:kind:count. */
let faults: string[] = [];
const bits = new Int32Array(rows.buffer);

for (let window = 0; window < layout.windows; window++) {
  const time = new DataView(bytes, layout.headerBytes + window * layout.windowBytes, 8).getFloat64(0, true);
  intake.begin(time);
  faults = [];
  for (let sensor = 0; sensor < config.sensors.length; sensor++) {
    const samples = new Float32Array(bytes, samplesOffset(layout, window, sensor), layout.samples[sensor]);
    takeRuns(sensor, samples);
  }
  const isFit = intake.end();
  trace(isFit ? "1 " : "0 ", isFit ? bits.join() : faults.join(), "\n");
}

/** Contiguous samples go in as a block; missing ones are reported as missing. */
function takeRuns(sensor: number, samples: Float32Array): void {
  let from = 0;
  for (let gap = samples.indexOf(missingSample); from < samples.length; gap = samples.indexOf(missingSample, from)) {
    const end = gap < 0 ? samples.length : gap;
    if (end > from) intake.take(sensor, samples, end - from, from);
    if (gap < 0) break;
    intake.miss(sensor, 1);
    from = gap + 1;
  }
}
