/** Mean and spread of a figure over seeds. */
export interface Figure {
  values: number[];
  mean: number;
  /** Standard deviation of the sample (n - 1); 0 for one value. */
  deviation: number;
}

export function figureOf(values: number[]): Figure {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { values, mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** Figure of the differences a[i] - b[i]: of runs in pairs, which share their seed. */
export const difference = (a: Figure, b: Figure): Figure =>
  figureOf(a.values.map((value, index) => value - b.values[index]!));
