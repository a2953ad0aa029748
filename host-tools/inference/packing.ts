/** Whole buffers packed into the least memory: a quick search over orders, then branch and bound until the plan is known to be the smallest. */
import { greedyPlan, liveTogether, planBytes, type Buffer } from "./greedyPlan.js";

export interface PackedPlan {
  /** One offset per buffer. */
  offsets: number[];
  bytes: number;
  /** No plan can be smaller: the search was finished, or met the most that is alive at once. */
  optimal: boolean;
}

/** The peak of live bytes: a lower bound of any plan. */
export function peakLiveBytes(buffers: readonly Buffer[]): number {
  return Math.max(
    0,
    ...buffers.map(({ first: scope }) =>
      buffers.reduce((sum, { bytes, first, last }) => (first <= scope && scope <= last ? sum + bytes : sum), 0),
    ),
  );
}

/** Places buffers in the given order, each at the lowest offset where it fits. */
function placeInOrder(buffers: readonly Buffer[], order: readonly number[]): number[] {
  const offsets = new Array<number>(buffers.length).fill(0);
  order.forEach((i, rank) => {
    const others = order
      .slice(0, rank)
      .filter((j) => liveTogether(buffers[i]!, buffers[j]!))
      .sort((a, b) => offsets[a]! - offsets[b]!);
    let at = 0;
    for (const j of others) {
      if (offsets[j]! - at >= buffers[i]!.bytes) break;
      at = Math.max(at, offsets[j]! + buffers[j]!.bytes);
    }
    offsets[i] = at;
  });
  return offsets;
}

/** Orders tried one after the other: the buffer that reached highest comes first the next time. */
function quickPack(buffers: readonly Buffer[], bound: number): number[] {
  let order = buffers.map((_, i) => i).sort((a, b) => buffers[b]!.bytes - buffers[a]!.bytes || a - b);
  let best = greedyPlan(buffers);
  for (let round = 0; round < 8 * buffers.length && planBytes(buffers, best) > bound; round++) {
    const offsets = placeInOrder(buffers, order);
    if (planBytes(buffers, offsets) < planBytes(buffers, best)) best = offsets;
    const end = (i: number) => offsets[i]! + buffers[i]!.bytes;
    const highest = order.reduce((top, i) => (end(i) > end(top) ? i : top));
    order = [highest, ...order.filter((i) => i !== highest)];
  }
  return best;
}

/**
 * The smallest plan, in which every buffer lies at 0 or on top of another that lives at the same time (any plan can be pushed down into such
 * a one). Branches on which buffer comes next, in the order of offsets, so that each such plan is met.
 * @param buffers sizes are kept as they are: round them to the alignment before
 * @param steps the proof is given up after so many placements, with the best plan so far
 */
export function packBuffers(buffers: readonly Buffer[], steps = 100_000): PackedPlan {
  const bound = peakLiveBytes(buffers);
  let best = quickPack(buffers, bound);
  let bestBytes = planBytes(buffers, best);
  let left = steps;
  const offsets = new Array<number>(buffers.length).fill(-1);
  const bySize = buffers.map((_, i) => i).sort((a, b) => buffers[b]!.bytes - buffers[a]!.bytes || a - b);
  const rank = new Map(bySize.map((i, at) => [i, at]));
  const alive = [...new Set(buffers.map(({ first }) => first))].map((scope) =>
    bySize.filter((i) => buffers[i]!.first <= scope && scope <= buffers[i]!.last),
  );

  /** Where a free buffer would come to lie now: on top of the placed ones that it lives with. */
  const floorOf = (i: number): number =>
    buffers.reduce(
      (floor, other, j) =>
        offsets[j]! >= 0 && liveTogether(other, buffers[i]!) ? Math.max(floor, offsets[j]! + other.bytes) : floor,
      0,
    );

  /** All that is free must lie at `lowest` or above, hence above everything placed that reaches over it. */
  const hopeless = (lowest: number): boolean =>
    alive.some((indices) => {
      let top = lowest;
      let free = 0;
      for (const i of indices) {
        if (offsets[i]! < 0) free += buffers[i]!.bytes;
        else top = Math.max(top, offsets[i]! + buffers[i]!.bytes);
      }
      return free > 0 && top + free >= bestBytes;
    });

  const search = (placed: number, lowest: number, previous: number): void => {
    if (placed === buffers.length) {
      const bytes = planBytes(buffers, offsets);
      if (bytes < bestBytes) [best, bestBytes] = [[...offsets], bytes];
      return;
    }
    if (hopeless(lowest)) return;
    // Offsets never go down along a branch, and buffers at one offset come from the largest to the smallest: each plan is met once.
    const next = bySize
      .flatMap((i) => (offsets[i]! < 0 ? [{ i, floor: floorOf(i) }] : []))
      .filter(({ i, floor }) => floor > lowest || (floor === lowest && rank.get(i)! > previous));
    for (const { i, floor } of next.sort((a, b) => a.floor - b.floor)) {
      if (bestBytes === bound || left <= 0) return;
      left--;
      offsets[i] = floor;
      search(placed + 1, floor, rank.get(i)!);
      offsets[i] = -1;
    }
  };
  if (bestBytes > bound) search(0, 0, -1);
  return { offsets: best, bytes: bestBytes, optimal: bestBytes === bound || left > 0 };
}
