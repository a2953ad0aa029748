/** A buffer to place, live while scopes `first` to `last` run, both included; `offset` is given when the file already says where. */
export interface Buffer {
  bytes: number;
  first: number;
  last: number;
  offset?: number;
}

type Life = Pick<Buffer, "first" | "last">;

export const liveTogether = (a: Life, b: Life): boolean => a.first <= b.last && b.first <= a.last;

/**
 * Places as TensorFlow Lite Micro's greedy planner chooses them: given offsets first, then from the largest buffer to the smallest (of equal
 * ones the later first), each in the first gap among the buffers that live at the same time, walking them by offset.
 * @returns one offset per buffer
 */
export function greedyPlan(buffers: readonly Buffer[]): number[] {
  const offsets = buffers.map(({ offset }) => offset ?? -1);
  /** By offset; of equal offsets the earlier placed comes first. */
  const placed: number[] = [];
  const place = (i: number) => {
    const at = placed.findIndex((other) => offsets[other]! > offsets[i]!);
    placed.splice(at < 0 ? placed.length : at, 0, i);
  };
  const all = buffers.map((_, i) => i);
  for (const i of all.filter((i) => buffers[i]!.offset !== undefined)) place(i);
  const free = all
    .filter((i) => buffers[i]!.offset === undefined)
    .sort((a, b) => buffers[b]!.bytes - buffers[a]!.bytes || b - a);
  for (const i of free) {
    let candidate = 0;
    for (const other of placed) {
      if (!liveTogether(buffers[other]!, buffers[i]!)) continue;
      if (offsets[other]! - candidate >= buffers[i]!.bytes) break;
      candidate = Math.max(candidate, offsets[other]! + buffers[other]!.bytes);
    }
    offsets[i] = candidate;
    place(i);
  }
  return offsets;
}

/** Bytes up to the end of the highest buffer. */
export const planBytes = (buffers: readonly Buffer[], offsets: readonly number[]): number =>
  buffers.reduce((most, { bytes }, i) => Math.max(most, offsets[i]! + bytes), 0);
