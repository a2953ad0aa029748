import test from "ava";
import { resultsOf } from "./helpers/xs.js";

type Window = [samples: number[], faults: [string, number][]];

/** None is lost. */
const all: Window[] = [
  [[1, 2, 3, 4, 5, 6, 7, 8], []],
  [[9, 10, 11, 12, 13, 14, 15, 16], []],
];
/**
 * Two windows of eight samples from a sensor whose samples count up. By reads: how many samples each gave; which samples are in each window (a number
 * twice: the last good one in place of a lost one), and the faults.
 */
const cases: [what: string, counts: string, windows: Window[]][] = [
  ["one with each read", "11111111 11111111", all],
  ["beside the boundary of the reads: now just after, now just before", "02021102 11020211", all],
  ["a read that was late, and found the next one, too", "11201111 12011120", all],
  [
    "one that is lost: replaced where it was",
    "11101111 11111011",
    [
      [[1, 2, 3, 3, 4, 5, 6, 7], [["missing", 1]]],
      [[8, 9, 10, 11, 12, 12, 13, 14], [["missing", 1]]],
    ],
  ],
  ["the last one of the window, which came late: read again", "11111111 111111101", all],
  [
    "a sensor that goes silent",
    "11110000 00000000",
    [
      [[1, 2, 3, 4, 4, 4, 4, 4], [["missing", 4]]],
      [[0, 0, 0, 0, 0, 0, 0, 0], [["missing", 8]]],
    ],
  ],
  ["one at the end of the first window that belongs to the second", "11111112 01111111", all],
];

for (const [what, counts, windows] of cases)
  test(`samples of a sensor that is read for each: ${what}`, async (t) => {
    const args = Array.from(counts.replace(" ", ""));
    t.deepEqual(await resultsOf<Window>(t, "singles", { args }), windows);
  });

test("a sensor that gives each sample twice is reported with all but the window's and those that wait", async (t) => {
  const [first, second] = await resultsOf<Window>(t, "singles", { args: Array(16).fill("2") });
  t.deepEqual(first![1], [["surplus", 5]]);
  t.deepEqual(second![1], [["surplus", 8]]);
});
