import { blockHead } from "./block.js";
import type { Blocks } from "./blocks.js";

/** Static wear levelling: a block is relocated after this many rounds of the others, even when it is full of live records. */
const wearLevellingRounds = 8;

/**
 * The block to collect so that `bytes` more fit: the one with the fewest live bytes (the oldest of several), or, where it may be copied, one that is overdue
 * for wear levelling. -1: none.
 */
export function victimOf(
  blocks: Blocks,
  liveBytes: (block: number) => number,
  bytes: number,
  mayCopy: boolean,
): number {
  let [victim, least] = [-1, blocks.size - blockHead - bytes + 1];
  for (let block = 0; block < blocks.count; block++) {
    const generation = blocks.generation(block);
    if (generation === 0) continue;
    const isOverdue = mayCopy && blocks.lastGeneration - generation > wearLevellingRounds * blocks.count;
    const live = liveBytes(block);
    const weight = isOverdue && blockHead + live + bytes <= blocks.size ? -1 : live;
    if (weight < least || (weight === least && victim >= 0 && generation < blocks.generation(victim)))
      [victim, least] = [block, weight];
  }
  return victim;
}
