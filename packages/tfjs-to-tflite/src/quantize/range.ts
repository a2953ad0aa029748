import type { Histogram } from "./observe.js";
import { paramsOf, quantizeValue, type ActivationType, type Params } from "../graph/parameters.js";

/** How an activation's range is determined from the calibration samples. */
export const rangeMethods = ["minmax", "percentile", "error"] as const;
export type RangeMethod = (typeof rangeMethods)[number];
export type Range = readonly [min: number, max: number];

/** The share of values that a percentile range leaves out at each end. */
const tail = 1e-4;
/** How much of each end is kept, as tried for the least squared error. */
const shrinks = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.4, 0.3, 0.2];

const centre = ({ min, max, counts }: Histogram, bin: number): number =>
  min + ((bin + 0.5) * (max - min)) / counts.length;

function percentile(histogram: Histogram): Range {
  const { counts } = histogram;
  const allowed = counts.reduce((sum, n) => sum + n, 0) * tail;
  const from = (start: number, step: 1 | -1): number => {
    let bin = start;
    for (let seen = 0; bin >= 0 && bin < counts.length; bin += step) {
      seen += counts[bin]!;
      if (seen > allowed) break;
    }
    return bin;
  };
  const width = (histogram.max - histogram.min) / counts.length;
  return [histogram.min + from(0, 1) * width, histogram.min + (from(counts.length - 1, -1) + 1) * width];
}

function squaredError(histogram: Histogram, params: Params): number {
  const { scale, zeroPoint } = params;
  let sum = 0;
  for (let bin = 0; bin < histogram.counts.length; bin++) {
    const n = histogram.counts[bin]!;
    if (n === 0) continue;
    const value = centre(histogram, bin);
    sum += n * (value - (quantizeValue(value, params) - zeroPoint) * scale) ** 2;
  }
  return sum;
}

function leastError(histogram: Histogram, type: ActivationType): Range {
  const ends = (limit: number): number[] => (limit === 0 ? [0] : shrinks.map((shrink) => limit * shrink));
  const candidates = ends(Math.min(histogram.min, 0)).flatMap((min) =>
    ends(Math.max(histogram.max, 0)).map((max): Range => [min, max]),
  );
  let best: { range: Range; error: number } = { range: [histogram.min, histogram.max], error: Infinity };
  for (const range of candidates.filter(([min, max]) => max > min)) {
    const error = squaredError(histogram, paramsOf(...range, type));
    if (error < best.error) best = { range, error };
  }
  return best.range;
}

const ranges: Record<RangeMethod, (histogram: Histogram, type: ActivationType) => Range> = {
  minmax: ({ min, max }) => [min, max],
  percentile,
  error: leastError,
};

/** Parameters for values spread like the histogram. */
export const chooseParams = (histogram: Histogram, method: RangeMethod, type: ActivationType = "int8"): Params =>
  paramsOf(...ranges[method](histogram, type), type);
