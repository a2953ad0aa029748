/** What recordings hold, sensor by sensor: to compare with what the description says of the board. */
import { windowSamples, type NodeConfig } from "../../device/config.js";
import { missingSample, samplesOffset, replayLayout } from "../../device/replay/format.js";
import { limitsOf, type SensorLimits } from "../node/rules/limits.js";
import type { CheckedNode } from "../node/schema/node.js";
import type { Recording } from "./csv.js";

export interface SensorSurvey {
  /** Samples that are numbers. */
  count: number;
  lowest: number;
  highest: number;
  /** Samples outside the sensor's range, and beyond its chip's full scale. */
  outside: number;
  beyond: number;
  /** Samples within half a per cent of an end of the full scale. */
  atEnds: number;
  /** Samples that stay at the highest or lowest value, three or more in a row. */
  held: number;
  /** Mean of each window. */
  means: number[];
}

/** Share of the full scale at each end in which a sample counts as one that was cut off there. */
const end = 0.005;
/** Equal samples at an end, one after the other, that are no chance. */
const inARow = 3;

export function surveyRecording({ replay, times }: Recording, config: NodeConfig): SensorSurvey[] {
  const layout = replayLayout(
    config.sensors.map((sensor) => windowSamples(config, sensor)),
    times.length,
  );
  const { sensors } = config as CheckedNode;
  return sensors.map(({ range, hardware }, sensor) => {
    const survey: SensorSurvey = newSurvey();
    const limits = hardware ? limitsOf(hardware) : null;
    for (let window = 0; window < times.length; window++) {
      const at = replay.byteOffset + samplesOffset(layout, window, sensor);
      add(survey, new Float32Array(replay.buffer, at, layout.samples[sensor]), range, limits);
    }
    return survey;
  });
}

const newSurvey = (): SensorSurvey => ({
  count: 0,
  lowest: Infinity,
  highest: -Infinity,
  outside: 0,
  beyond: 0,
  atEnds: 0,
  held: 0,
  means: [],
});

function add(
  survey: SensorSurvey,
  samples: Float32Array,
  [low, high]: readonly [number, number],
  limits: SensorLimits | null,
): void {
  const margin = limits ? end * (limits.highest - limits.lowest) : 0;
  let sum = 0;
  let count = 0;
  let [last, run] = [NaN, 0];
  for (const value of samples) {
    if (value === missingSample || Number.isNaN(value)) continue;
    sum += value;
    count++;
    run = value === last ? run + 1 : 1;
    last = value;
    if (value > survey.highest || value < survey.lowest) {
      // What stayed at an end that is none stays uncounted; the other end's is little beside it.
      survey.held = 0;
      survey.lowest = Math.min(survey.lowest, value);
      survey.highest = Math.max(survey.highest, value);
    }
    if (run >= inARow && (value === survey.highest || value === survey.lowest))
      survey.held += run === inARow ? inARow : 1;
    if (value < low || value > high) survey.outside++;
    if (!limits) continue;
    if (value < limits.lowest - margin || value > limits.highest + margin) survey.beyond++;
    else if (value < limits.lowest + margin || value > limits.highest - margin) survey.atEnds++;
  }
  survey.count += count;
  if (count > 0) survey.means.push(sum / count);
}

/** The survey of several recordings. */
export function mergeSurveys(surveys: readonly SensorSurvey[][]): SensorSurvey[] {
  return (surveys[0] ?? []).map((_, sensor) => {
    const all = newSurvey();
    for (const one of surveys.map((survey) => survey[sensor]!)) {
      // Its ends are infinite, which a cache in JSON does not hold.
      if (one.count === 0) continue;
      all.count += one.count;
      if (one.highest > all.highest || one.lowest < all.lowest) all.held = 0;
      if (one.highest >= all.highest || one.lowest <= all.lowest) all.held += one.held;
      all.lowest = Math.min(all.lowest, one.lowest);
      all.highest = Math.max(all.highest, one.highest);
      all.outside += one.outside;
      all.beyond += one.beyond;
      all.atEnds += one.atEnds;
      all.means = all.means.concat(one.means);
    }
    return all;
  });
}
