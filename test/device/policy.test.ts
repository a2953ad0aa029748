import test from "ava";
import { resultsOf } from "./helpers/xs.js";

test("the policy acts when it is sure, and on the cloud's decision for the newest window, in time", async (t) => {
  t.deepEqual(await resultsOf<unknown>(t, "policy"), [
    ["defer", "defer", "act", "act"],
    "unknown",
    "superseded",
    { label: 1, name: "b", confidence: 0.9, time: 1000, source: "cloud" },
    "superseded",
    "late",
    "no such class",
    "superseded",
  ]);
});
