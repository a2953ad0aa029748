/** One recording out of its files: read, cut where it has holes, brought to the node's clock, in the form that other commands read. */
import type { CheckedNode, Sensor } from "../node/schema/node.js";
import { UserError } from "../lib/errors.js";
import { compareRecordings } from "../features/compare.js";
import { readRecording, type Recording } from "../features/csv.js";
import { maxImputedShare, windowSamples } from "../../device/config.js";
import { missingSample, replayLayout, samplesOffset } from "../../device/replay/format.js";
import { mergeSurveys, surveyRecording, type SensorSurvey } from "../features/survey.js";
import { highPassOf } from "./filter.js";
import { gridOf, newRateTally, type Channel, type RateTally } from "./grid.js";
import { common, cutRows, newTally, type CutTally, type Piece } from "./pieces.js";
import type { ReadRows, Rows } from "./rows.js";
import { gridRows, headOf } from "./write.js";
import type { SensorMapping } from "./mapping.js";

/** A part of a recording, read, and what it has of the node's sensors. */
export interface Part {
  file: string;
  read: ReadRows;
  sensors: readonly { name: string; mapping: SensorMapping }[];
  isZoneless: boolean;
}

export interface OutputFile {
  name: string;
  text: string;
}

/** A recording as the node would have it, and what was dropped on the way. */
export interface Imported {
  name: string;
  outputs: OutputFile[];
  /** Windows, as every command reads them, that are complete. */
  windows: number;
  remarks: string[];
  cut: CutTally;
  /** Pieces that are shorter than a window, and their rows. */
  short: { pieces: number; rows: number };
  rates: RateTally[];
  survey: SensorSurvey[];
}

const secondsOf = ({ times }: Piece): number => times.at(-1)! - times[0]!;

/** Whether a piece goes on in the windows of those before it, so that both may be in one file. */
function isInStep(start: number, first: number, everySeconds: number, rate: number): boolean {
  const windows = (start - first) / everySeconds;
  return Math.abs(windows - Math.round(windows)) * everySeconds * rate < 0.5;
}

/** @param parts of the same recording, each with the same groups @param group the values by which tables were split */
export function makeRecording(
  name: string,
  parts: readonly Part[],
  group: string,
  config: CheckedNode,
  classes: readonly string[],
  gapSeconds: number | undefined,
): Imported {
  const { seconds, everySeconds } = config.window;
  const cut = newTally();
  const pieces = parts.map(({ file, read, isZoneless }) =>
    cutRows(groupOf(read, group, file), { file, gapSeconds, leastGap: seconds / 4, isZoneless }, cut),
  );
  const channels = channelsOf(config.sensors, parts);
  const rates = channels.map(newRateTally);
  const fastest = Math.max(...config.sensors.map(({ rate }) => rate));
  const short = { pieces: 0, rows: 0 };
  const files: { first: number; rows: string[] }[] = [];
  for (const stretch of common(pieces)) {
    if (secondsOf(stretch[0]!) + 1.5 / fastest < seconds) {
      short.pieces++;
      short.rows += stretch[0]!.times.length;
      continue;
    }
    const grid = gridOf(stretch, channels, rates);
    if (!grid) continue;
    const open = files.at(-1);
    const rows = gridRows(grid, classes);
    if (open && isInStep(grid.start, open.first, everySeconds, fastest)) open.rows = open.rows.concat(rows);
    else files.push({ first: grid.start, rows });
  }
  const head = headOf(config.sensors.map((sensor) => sensor.name));
  const outputs = files.map(({ rows }, at) => ({
    name: `${name}${files.length > 1 ? `-${String(at + 1).padStart(String(files.length).length, "0")}` : ""}.csv`,
    text: `${head}\n${rows.join("\n")}\n`,
  }));
  const read = outputs.map(({ name: file, text }) => readRecording(file, Buffer.from(text), config, false));
  return {
    ...{ name, outputs, cut, short, rates },
    windows: read.reduce((sum, recording) => sum + completeWindows(recording, config), 0),
    remarks: read.flatMap(({ remarks }) => remarks),
    survey: mergeSurveys(read.map((each) => surveyRecording(each, config))),
  };
}

function groupOf(read: ReadRows, name: string, file: string): Rows {
  const found = read.groups.find((group) => group.name === name);
  if (!found) throw new UserError(`${file}: there are no rows of ${name}, which another file of the recording has`);
  return found;
}

/** Windows with as many samples of every sensor as the node wants of them. */
function completeWindows({ replay, times }: Recording, config: CheckedNode): number {
  const sizes = config.sensors.map((sensor) => windowSamples(config, sensor));
  const layout = replayLayout(sizes, times.length);
  const isComplete = (window: number): boolean =>
    sizes.every((size, sensor) => {
      const samples = new Float32Array(replay.buffer, replay.byteOffset + samplesOffset(layout, window, sensor), size);
      return samples.filter((sample) => sample === missingSample).length <= maxImputedShare * size;
    });
  return times.filter((_, window) => isComplete(window)).length;
}

/** @throws UserError for a sensor that no part has */
function channelsOf(sensors: readonly Sensor[], parts: readonly Part[]): Channel[] {
  return sensors.map((sensor) => {
    const part = parts.findIndex((each) => each.sensors.some(({ name }) => name === sensor.name));
    if (part < 0) throw new UserError(`no file of the recording has the sensor ${sensor.name}`);
    const column = parts[part]!.sensors.findIndex(({ name }) => name === sensor.name);
    const { mapping } = parts[part]!.sensors[column]!;
    return {
      ...{ name: sensor.name, rate: sensor.rate, part, column },
      highPass: mapping.filtered ? undefined : highPassOf(sensor),
    };
  });
}

/** Where recordings are not what the board would measure, in words. */
export const differencesOf = (config: CheckedNode, recordings: readonly Imported[]): string[] => {
  const surveys = recordings.flatMap(({ survey }) => (survey.length > 0 ? [survey] : []));
  return surveys.length > 0 ? compareRecordings(config, mergeSurveys(surveys)) : [];
};
