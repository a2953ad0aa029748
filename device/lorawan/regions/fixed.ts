import type { FixedPlan, Region, Run } from "./types.js";

/** How many channels there are in `runs`. */
export const countOf = (runs: readonly Run[]): number => runs.reduce((sum, { count }) => sum + count, 0);

/** The frequency of their channel `index`, Hz. @param index below their count */
export function frequencyOf(runs: readonly Run[], index: number): number {
  let at = index;
  for (const { first, step, count } of runs) {
    if (at < count) return first + at * step;
    at -= count;
  }
  return 0;
}

/** A common join channel is addressed by this and its index (RP002: 0..19 in CN470), beyond all channels of a plan. */
export const firstJoin = 80;

/** A channel for join requests of a region with several plans. Hz. */
export interface CommonJoin {
  /** The plan that it activates, and its channel number there. */
  plan: number;
  channel: number;
  frequency: number;
  rx1: number;
  rx2: number;
}

/** The common join channel `index`; undefined: there is none. */
export function commonJoin(region: Region, index: number): CommonJoin | undefined {
  const plans: readonly FixedPlan[] = region.fixed ?? [];
  let at = index;
  for (let plan = 0; plan < plans.length; plan++) {
    const { narrow, down, joins } = plans[plan]!;
    if (!joins || at < 0) return undefined;
    if (at < joins.count) {
      const channel = joins.first + at * joins.step;
      return {
        plan,
        channel,
        frequency: frequencyOf(narrow, channel),
        rx1: joins.rx1 ?? frequencyOf(down, channel % countOf(down)),
        rx2: joins.rx2.first + at * joins.rx2.step,
      };
    }
    at -= joins.count;
  }
  return undefined;
}

/** The number of a plan by its name; -1: the region has none of this name. Without a name the first, unless there are several. */
export function planOf({ fixed }: Region, name: string | undefined): number {
  if (name === undefined) return fixed && fixed.length > 1 ? -1 : 0;
  return fixed ? fixed.findIndex((plan) => plan.name === name) : -1;
}
