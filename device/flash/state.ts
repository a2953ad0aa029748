/**
 * A word that tells how far something is, by clearing one half after the other. The majority of a half's bits counts, so that neither a
 * flipped bit nor a torn write makes another state of it.
 */
export type State = "open" | "written" | "done";

/** What is written to get there; never changed. */
const buffers = { written: Uint32Array.of(0xffff0000).buffer, done: Uint32Array.of(0).buffer };

export const stateBytes = 4;

export const stateBuffer = (state: "written" | "done"): ArrayBuffer => buffers[state];

export function stateOf(word: number): State {
  if (setBits(word >>> 16) < 8) return "done";
  return setBits(word & 0xffff) < 8 ? "written" : "open";
}

/** The state to be written once more, since that write was cut short: what the majority says, but for a beginning, which is undone by ending it. */
export function unfinished(word: number): "written" | "done" | undefined {
  const state = stateOf(word);
  if (state === "done") return word === 0 ? undefined : "done";
  if (state === "written") return (word & 0xffff) === 0 ? undefined : "written";
  return (word & 0xffff) === 0xffff ? undefined : "done";
}

function setBits(half: number): number {
  let count = 0;
  for (let bits = half; bits > 0; bits >>= 1) count += bits & 1;
  return count;
}
