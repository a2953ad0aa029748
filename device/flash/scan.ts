import { blockHead } from "./block.js";
import { recordBytes, recordHead, type BlockBytes, type RecordHead } from "./record.js";
import { stateOf, unfinished, type State } from "./state.js";

export interface BlockVisitor {
  /** A valid record that was not removed. */
  live(at: number, head: RecordHead): void;
  /** A corrupt one. */
  damaged(at: number): void;
  /** A state word whose write was interrupted; `word` completes it. */
  unfinished(at: number, word: number): void;
  /** A record with a valid head, in any state. */
  started(head: RecordHead, state: State): void;
}

/**
 * Finds a block's records. After an invalid head the search goes on at every fourth byte.
 * @returns offset of the next record; the block's size when the block takes no more
 */
export function scanBlock(block: BlockBytes, visitor: BlockVisitor): number {
  let isTorn = false;
  for (let at = blockHead; at + recordHead <= block.end;) {
    if (block.isErased(at)) return isTorn ? block.end : at;
    const word = block.state(at);
    const missing = unfinished(word);
    if (missing !== undefined) visitor.unfinished(at, missing);
    const head = block.head(at);
    const state = stateOf(word);
    if (head) visitor.started(head, state);
    // The power failed during the write.
    if (state === "open") isTorn = true;
    else if (state === "written") {
      if (head && block.payload(at, head)) visitor.live(at, head);
      else visitor.damaged(at);
    }
    at = head ? at + recordBytes(head.length, head.deferred) : nextHead(block, at + 4);
  }
  return block.end;
}

function nextHead(block: BlockBytes, from: number): number {
  let at = from;
  while (at + recordHead <= block.end && !block.head(at)) at += 4;
  return at;
}
