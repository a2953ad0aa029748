/** Instructions of operators that were not measured, from those that were. */
import type { OperatorCost } from "../bench/operatorCosts.js";
import type { Chip } from "./chips.js";

/** Instructions of one call: `perMac` of each multiply-accumulate, and `perCall`. */
interface Line {
  perMac: number;
  perCall: number;
}

/** By kind of operator; of a kind that was never measured there is none. */
export type Estimates = ReadonlyMap<string, Line>;

/** The line with the least squares of relative errors; neither part is below 0. */
function fit(rows: readonly OperatorCost[], set: Chip["set"]): Line {
  const points = rows.map((row) => {
    const count = row[set] / row.times;
    return { weight: row.times, x: row.macs / row.times / count, y: 1 / count };
  });
  const sum = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((total, point) => total + point.weight * of(point), 0);
  // Of weight * (perMac * x + perCall * y - 1)^2.
  const [xx, xy, yy, x, y] = [
    sum((p) => p.x * p.x),
    sum((p) => p.x * p.y),
    sum((p) => p.y * p.y),
    sum((p) => p.x),
    sum((p) => p.y),
  ];
  const determinant = xx * yy - xy * xy;
  const isOnePoint = determinant <= 1e-9 * xx * yy;
  const both = { perMac: (x * yy - y * xy) / determinant, perCall: (y * xx - x * xy) / determinant };
  if (!isOnePoint && both.perMac >= 0 && both.perCall >= 0) return both;
  return xx > 0 && (isOnePoint || both.perCall < 0) ? { perMac: x / xx, perCall: 0 } : { perMac: 0, perCall: y / yy };
}

/** @param costs what was measured */
export function estimatesOf(costs: readonly OperatorCost[], set: Chip["set"]): Estimates {
  const kinds = new Map<string, OperatorCost[]>();
  for (const cost of costs) kinds.set(cost.operator, [...(kinds.get(cost.operator) ?? []), cost]);
  return new Map([...kinds].map(([operator, rows]) => [operator, fit(rows, set)]));
}

/** Instructions of one operator of an int8 model; undefined when its kind was never measured. */
export function instructionsOf(estimates: Estimates, operator: string, macs: number): number | undefined {
  const line = estimates.get(operator);
  return line && line.perMac * macs + line.perCall;
}

/** How far the estimate of each measured model is off when it comes from the other models alone: estimated over measured, by model. */
export function trial(costs: readonly OperatorCost[], set: Chip["set"]): Map<string, number> {
  const models = [...new Set(costs.map(({ model }) => model))];
  return new Map(
    models.map((name) => {
      const estimates = estimatesOf(
        costs.filter(({ model }) => model !== name),
        set,
      );
      let [estimated, measured] = [0, 0];
      for (const { operator, times, macs, ...counts } of costs.filter(({ model }) => model === name)) {
        const each = instructionsOf(estimates, operator, macs / times);
        if (each === undefined) continue;
        estimated += times * each;
        measured += counts[set];
      }
      return [name, estimated / measured];
    }),
  );
}
