import { Random } from "../lib/random.js";
import type { FittingDoubt } from "./fitting.js";

/** Share of the days of nodes that evaluate. */
const heldOutShare = 0.25;

const daySeconds = 86400;
const dayOf = ({ devEui, at }: Pick<FittingDoubt, "devEui" | "at">): string =>
  `${devEui}/${Math.floor(at / daySeconds)}`;

/**
 * Shares doubts out by whole days of a node (UTC): windows of one day resemble each other. Each day is drawn by `seed`, node and day alone, so that a later
 * training, with more doubts, holds out the same ones. With two days or more one is held out and one is not: while all are drawn, or none is, which one it is
 * depends on the other days, and a later training may hold out another.
 * @param canEvaluate days without such a doubt are not held out, and only such doubts are of those that are
 */
export function splitDoubts<T extends Pick<FittingDoubt, "devEui" | "at">>(
  doubts: readonly T[],
  seed: number,
  canEvaluate: (doubt: T) => boolean = () => true,
): { train: T[]; heldOut: T[] } {
  const drawn = [...new Set(doubts.filter(canEvaluate).map(dayOf))]
    .map((day) => ({ day, draw: new Random(`doubts/${seed}/${day}`).uniform() }))
    .sort((a, b) => a.draw - b.draw);
  const below = drawn.filter(({ draw }) => draw < heldOutShare).length;
  const held = drawn.length < 2 ? 0 : Math.min(drawn.length - 1, Math.max(1, below));
  const days = new Set(drawn.slice(0, held).map(({ day }) => day));
  return {
    train: doubts.filter((doubt) => !days.has(dayOf(doubt))),
    heldOut: doubts.filter((doubt) => days.has(dayOf(doubt)) && canEvaluate(doubt)),
  };
}
