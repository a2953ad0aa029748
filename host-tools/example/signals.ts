import { windowSamples, type NodeConfig } from "../../device/config.js";
import { missingSample, replayLayout, samplesOffset } from "../../device/replay/format.js";
import { readRecording } from "../features/csv.js";
import { amplitudeSpectrum } from "../features/spectrum.js";
import { readUserFile } from "../lib/files.js";
import type { Signal } from "../report/data.js";

/** Points of a line that are worth drawing, and bins of a spectrum. */
const [mostPoints, mostBins] = [120, 64];

/** Few enough points: of each stretch the least and the largest, null where it has none. @param samples NaN where there is none */
function envelope(samples: Float32Array): (number | null)[] {
  if (samples.length <= mostPoints) return Array.from(samples, (value) => (Number.isNaN(value) ? null : value));
  const stretches = mostPoints / 2;
  return Array.from({ length: stretches }, (_, index) => {
    const of = (at: number): number => Math.floor((at * samples.length) / stretches);
    const part = samples.subarray(of(index), of(index + 1)).filter((value) => !Number.isNaN(value));
    return part.length === 0 ? [null, null] : [Math.min(...part), Math.max(...part)];
  }).flat();
}

/** The largest of neighbours. */
function thinned(values: number[]): number[] {
  const step = Math.ceil(values.length / mostBins);
  return Array.from({ length: Math.ceil(values.length / step) }, (_, index) =>
    Math.max(...values.slice(index * step, (index + 1) * step)),
  );
}

const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(4)));

function signalOf(samples: Float32Array, { name, unit, rate }: NodeConfig["sensors"][number]): Signal {
  const good = samples.map((value) => (value === missingSample ? NaN : value));
  const spectrum = amplitudeSpectrum(good);
  return {
    sensor: name,
    unit,
    values: envelope(good).map(rounded),
    ...(spectrum && { spectrum: { highest: rate / 2, values: thinned(spectrum).map((value) => rounded(value)!) } }),
  };
}

/** What each sensor measured in some windows of a recording. @param starts of the windows, seconds since 1970 */
export async function signalsOf(
  file: string,
  config: NodeConfig,
  starts: readonly number[],
): Promise<Map<number, Signal[]>> {
  const { replay, times } = readRecording(file, await readUserFile(file, "the recording"), config, false);
  const layout = replayLayout(
    config.sensors.map((sensor) => windowSamples(config, sensor)),
    times.length,
  );
  const places = new Map(times.map((time, index) => [time, index]));
  const signals = config.sensors.map((sensor, index) => (start: number): Signal => {
    const at = replay.byteOffset + samplesOffset(layout, places.get(start)!, index);
    return signalOf(new Float32Array(replay.buffer, at, layout.samples[index]), sensor);
  });
  return new Map(starts.map((start) => [start, signals.map((of) => of(start))]));
}
