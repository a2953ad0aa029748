/**
 * A word that tells how far something is, by clearing half of its bits after the other: open (none cleared), written (the lower four of each byte),
 * done (all), void (the upper ones: it was never written whole). The majority of a half counts, so that neither a torn write nor a corrupt byte
 * changes the state.
 */
export type State = "open" | "written" | "done" | "void";

export const stateBytes = 4;

const lower = 0x0f0f0f0f;
const upper = 0xf0f0f0f0;
/** What is written to get there; never changed. */
const buffers = { written: Uint32Array.of(upper).buffer, done: Uint32Array.of(0).buffer };

export const stateBuffer = (state: "written" | "done"): ArrayBuffer => buffers[state];

export function stateOf(word: number): State {
  const isWritten = setBits(word & lower) < 8;
  if (setBits(word & upper) < 8) return isWritten ? "done" : "void";
  return isWritten ? "written" : "open";
}

/** What is to be written over a word whose writing was cut short: what the majority says, but a beginning is made void. Undefined when nothing is. */
export function unfinished(word: number): number | undefined {
  const state = stateOf(word);
  if (state === "open" && (word & lower) === lower) return undefined;
  const goal = (state === "done" ? 0 : state === "written" ? word & upper : word & lower) >>> 0;
  return goal === word ? undefined : goal;
}

function setBits(word: number): number {
  let count = 0;
  for (let bits = word >>> 0; bits > 0; bits >>>= 1) count += bits & 1;
  return count;
}
