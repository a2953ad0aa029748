import { Random } from "../lib/random.js";

export interface Projection {
  /** Of each row its place along the two directions in which the rows differ most. */
  places: { x: number; y: number }[];
  /** Shares of the whole variance that these two hold, 0 to 1. */
  explained: [x: number, y: number];
}

const iterations = 60;

/** Principal components, by power iteration: the second on what the first leaves. The same rows give the same places. @param values [row][column] */
export function project(values: Float32Array, rows: number): Projection {
  const columns = values.length / rows;
  const centred = Float64Array.from(values);
  for (let c = 0; c < columns; c++) {
    let mean = 0;
    for (let at = c; at < centred.length; at += columns) mean += centred[at]! / rows;
    for (let at = c; at < centred.length; at += columns) centred[at]! -= mean;
  }
  const total = centred.reduce((sum, value) => sum + value * value, 0);
  const component = (name: string): { scores: Float64Array; explained: number } => {
    const random = new Random(`projection/${name}`);
    let axis = unit(Float64Array.from({ length: columns }, () => random.normal()));
    for (let i = 0; i < iterations; i++) axis = unit(back(centred, scoresOf(centred, axis, rows), columns));
    // Its sign is free: the largest weight is positive.
    const largest = axis.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    if (largest < 0) axis = axis.map((value) => -value);
    const scores = scoresOf(centred, axis, rows);
    for (let row = 0; row < rows; row++)
      for (let c = 0; c < columns; c++) centred[row * columns + c]! -= scores[row]! * axis[c]!;
    const power = scores.reduce((sum, value) => sum + value * value, 0);
    return { scores, explained: total > 0 ? power / total : 0 };
  };
  const [x, y] = [component("x"), component("y")];
  return {
    places: Array.from({ length: rows }, (_, row) => ({ x: x.scores[row]!, y: y.scores[row]! })),
    explained: [x.explained, y.explained],
  };
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

/** Each row's product with the axis. */
function scoresOf(values: Float64Array, axis: Float64Array, rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let c = 0, at = row * axis.length; c < axis.length; c++, at++) sum += values[at]! * axis[c]!;
    return sum;
  });
}

/** The rows' sum, each as much as its score. */
function back(values: Float64Array, scores: Float64Array, columns: number): Float64Array {
  const sum = new Float64Array(columns);
  for (let row = 0, at = 0; row < scores.length; row++)
    for (let c = 0; c < columns; c++, at++) sum[c]! += scores[row]! * values[at]!;
  return sum;
}
