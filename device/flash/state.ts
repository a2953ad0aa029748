/**
 * A state word; each step clears half of its bits: open (none cleared), written (the lower four of each byte), done (all), void (the upper
 * four: the write was never completed). The majority of each half decides, so that neither a torn write nor a corrupt byte changes the state.
 */
export type State = "open" | "written" | "done" | "void";

export const stateBytes = 4;

const lower = 0x0f0f0f0f;
const upper = 0xf0f0f0f0;
/** The words that set a state; never modified. */
const buffers = { written: Uint32Array.of(upper).buffer, done: Uint32Array.of(0).buffer };

export const stateBuffer = (state: "written" | "done"): ArrayBuffer => buffers[state];

export function stateOf(word: number): State {
  const isWritten = setBits(word & lower) < 8;
  if (setBits(word & upper) < 8) return isWritten ? "done" : "void";
  return isWritten ? "written" : "open";
}

/** The word that completes an interrupted write: the state that the majority gives, or void when no majority was reached. Undefined: nothing to complete. */
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
