import test from "ava";
import { resultsOf } from "./helpers/xs.js";

for (const offset of [0, -0.125, Math.fround(0.1), Math.fround(-3.7)])
  test(`a sensor that does not change is stuck, through deep sleeps, with an offset of ${offset}`, async (t) => {
    t.deepEqual(await resultsOf<boolean>(t, "stuck", { args: [String(offset)] }), [false, false, true, true]);
  });
