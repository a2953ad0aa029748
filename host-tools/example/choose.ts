import type { Dataset } from "../train/dataset.js";

/** The recording that a report shows. */
export interface ChosenDay {
  file: string;
  /** In words. */
  why: string;
  /** Windows that are fit for the network. */
  windows: number;
}

/** Information of the classes' shares, bits: how evenly they come. */
function evenness(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)), 0);
}

/** The held-out recording that tells most: the one with most classes, of these the one in which they come most evenly, of these the first. */
export function mostTelling({ files, test, classes }: Pick<Dataset, "files" | "test" | "classes">): ChosenDay {
  const counts = files.test.map(() => new Array<number>(classes.length).fill(0));
  test.files.forEach((file, window) => counts[file]![test.labels[window]!]!++);
  const scored = counts.map((row, index) => ({
    index,
    present: row.filter((count) => count > 0).length,
    // Shares that differ by less than a hundredth of a bit are alike, whatever the order of additions.
    even: Math.round(100 * evenness(row)),
    windows: row.reduce((sum, count) => sum + count, 0),
  }));
  const [best] = scored.sort((a, b) => b.present - a.present || b.even - a.even || a.index - b.index);
  const { index, present, windows } = best!;
  return {
    file: files.test[index]!,
    windows,
    why:
      files.test.length === 1
        ? "the only held-out recording"
        : `of ${files.test.length} held-out recordings the one with most classes, ${present} of ${classes.length}, and these most evenly`,
  };
}
