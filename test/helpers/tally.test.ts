import test from "ava";
import { addLine, closingLine, newTally, skippedByReason } from "./tally.js";

/** Lines of real reports of ava 7, colours taken off. */
const report = [
  "  ✔ inference › text › the engine takes at most 40960 bytes",
  "  - [skip] xs › mcconfig › the node runs [needs xvfb-run: apt-get install xvfb]",
  "  - [skip] report › the page renders [needs Chromium: apt-get install chromium]",
  "  - [skip] report › a plot renders [needs Chromium: apt-get install chromium]",
  "  - [skip] cli › switched off by hand",
  "  ✘ [fail]: device › files are small",
  "    ℹ ✔ says a log",
  "  1 test failed",
  "  4 tests skipped",
  "  1 uncaught exception",
];

test("a report is counted, and its skipped tests by reason", (t) => {
  const tally = newTally();
  for (const line of report) addLine(tally, line);
  t.is(closingLine(tally, 1), "1 passed, 2 failed, 4 skipped");
  t.deepEqual(skippedByReason(tally), [
    "\nSkipped, by what is missing:",
    "    2  Chromium: apt-get install chromium",
    "    1  xvfb-run: apt-get install xvfb",
    "    1  no reason given",
  ]);
});

test("a failed run counts at least one failure; a run that passes has no skipped groups", (t) => {
  const tally = newTally();
  addLine(tally, "  ✔ device › ring › a ring keeps the newest samples (12ms)");
  t.is(closingLine(tally, 1), "1 passed, 1 failed, 0 skipped");
  t.is(closingLine(tally, 0), "1 passed, 0 failed, 0 skipped");
  t.deepEqual(skippedByReason(tally), []);
});
