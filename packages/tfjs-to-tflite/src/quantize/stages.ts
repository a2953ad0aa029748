/** Told how much of a piece of work is done, 0 to 1. */
export type Report = (part: number) => void;

export const silent: Report = () => undefined;

/**
 * Stages of one piece of work, done one after the other, each as long as its share of the cost.
 * @param costs of each, in any unit @returns for each stage what reports its own part
 */
export function stagesOf<Name extends string>(
  costs: readonly (readonly [stage: Name, cost: number])[],
  report: Report,
): Record<Name, Report> {
  const total = costs.reduce((sum, [, cost]) => sum + cost, 0) || 1;
  let before = 0;
  const stages = costs.map(([stage, cost]) => {
    const from = before;
    before += cost;
    return [stage, (part: number) => report((from + part * cost) / total)] as const;
  });
  return Object.fromEntries(stages) as Record<Name, Report>;
}

/** A part of a stage. */
export const within =
  (report: Report, from: number, to: number): Report =>
  (part) =>
    report(from + part * (to - from));
