import test from "ava";
import { resultsOf } from "./helpers/xs.js";

test("waiting reports of an unchanged verdict are merged; changed verdicts and the item in flight are not", async (t) => {
  t.deepEqual(await resultsOf<unknown>(t, "uplinkreporter"), [
    [
      { numbered: true, importance: 2, time: 100, label: 1, count: 1, confidence: 0.8 },
      { numbered: true, importance: 2, time: 500, label: 2, count: 1, confidence: 0.8 },
      { numbered: true, importance: 2, time: 700, label: 2, count: 1, confidence: 0.8 },
      { numbered: true, importance: 0, time: 200, label: 1, count: 3, confidence: 0.9 },
      { numbered: true, importance: 0, time: 600, label: 2, count: 1, confidence: 0.8 },
    ],
    [
      { numbered: true, importance: 0, time: 800, label: 2, count: 1, confidence: 0.8 },
      { numbered: true, importance: 0, time: 900, label: 2, count: 2, confidence: 0.8 },
    ],
  ]);
});
