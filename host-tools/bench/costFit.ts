/** Costs of operators from measured ones. */
import { costOf, type Accuracy, type Costs, type Sizes } from "../inference/expected.js";

export interface MeasuredOperator {
  model: string;
  operator: string;
  sizes: Sizes;
  /** Instructions. */
  count: number;
  /** How much it counts beside others. */
  weight: number;
}

/** Solves a symmetric system by elimination; undefined where it has no single solution. */
function solve(matrix: number[][], right: number[]): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows[i]![i]!;
    if (Math.abs(pivot) < 1e-12) return undefined;
    for (let k = 0; k < rows.length; k++) {
      if (k === i) continue;
      const factor = rows[k]![i]! / pivot;
      rows[k] = rows[k]!.map((value, at) => value - factor * rows[i]![at]!);
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

/** Between the error itself, by which the largest operator decides alone, and its share of the count, by which one of a hundred instructions counts as much. */
const power = 0.75;
const digits = 3;

/** The costs with the least squares of error / count ** power, none of them negative: of all choices of sizes that count. */
export function fitCosts(all: readonly MeasuredOperator[]): Costs {
  const { length } = all[0]!.sizes;
  let best: { error: number; costs: number[] } = { error: Infinity, costs: Array<number>(length).fill(0) };
  const rows = all.map(({ sizes, count, weight }) => {
    const scale = Math.sqrt(weight) / count ** power;
    return { sizes: sizes.map((size) => size * scale), count: count * scale };
  });
  const dot = (a: (row: (typeof rows)[number]) => number, b: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((sum, row) => sum + a(row) * b(row), 0);
  for (let mask = 1; mask < 2 ** length; mask++) {
    const used = Array.from({ length }, (_, i) => i).filter((i) => mask & (1 << i));
    const at = (i: number) => (row: (typeof rows)[number]) => row.sizes[i]!;
    const solution = solve(
      used.map((i) => used.map((k) => dot(at(i), at(k)))),
      used.map((i) => dot(at(i), ({ count }) => count)),
    );
    if (!solution || solution.some((value) => !(value >= 0))) continue;
    const costs = Array<number>(length).fill(0);
    used.forEach((i, which) => (costs[i] = solution[which]!));
    const off = (row: (typeof rows)[number]): number =>
      row.sizes.reduce((sum, size, i) => sum + size * costs[i]!, 0) - row.count;
    const error = dot(off, off);
    if (error < best.error * (1 - 1e-9)) best = { error, costs };
  }
  return best.costs.map((value) => Number(value.toPrecision(digits)));
}

/** Of each kind of operator. */
export function fitAll(all: readonly MeasuredOperator[]): Record<string, Costs> {
  const kinds = new Map<string, MeasuredOperator[]>();
  for (const each of all) kinds.set(each.operator, [...(kinds.get(each.operator) ?? []), each]);
  return Object.fromEntries([...kinds].sort().map(([operator, rows]) => [operator, fitCosts(rows)]));
}

/** Estimated over measured, for each model from all others. @param models those that are tried */
export const trial = (all: readonly MeasuredOperator[], models: readonly string[]): number[] =>
  models.map((name) => {
    const costs = fitAll(all.filter(({ model }) => model !== name));
    const own = all.filter(({ model, operator }) => model === name && costs[operator]);
    const sum = (of: (each: MeasuredOperator) => number): number => own.reduce((total, each) => total + of(each), 0);
    return sum(({ operator, sizes }) => costOf(costs[operator]!, sizes)) / sum(({ count }) => count);
  });

/** Of what a trial found. */
export function accuracyOfTrial(ratios: readonly number[]): Accuracy {
  const errors = ratios.map((ratio) => Math.abs(ratio - 1)).sort((a, b) => a - b);
  const at = (share: number): number => Number(errors[Math.ceil(share * errors.length) - 1]!.toFixed(3));
  return { models: ratios.length, half: at(0.5), nineInTen: at(0.9) };
}
