import test from "ava";
import { generator } from "./helpers/day.js";
import { resultsOf } from "./helpers/xs.js";

test("a ring keeps the newest samples, in order, however many came", async (t) => {
  const random = generator(7);
  for (const capacity of [1, 5, 30]) {
    const steps = Array.from({ length: 60 }, () => (random() < 0.05 ? -1 : Math.floor(random() * (capacity + 3))));
    const expected: number[][] = [];
    let kept: number[] = [];
    let next = 1;
    for (const step of steps) {
      if (step === -1) kept = [];
      else for (let i = 0; i < step; i++) kept.push(next++);
      kept = kept.slice(-capacity);
      expected.push([...kept]);
    }
    t.deepEqual(await resultsOf<number[]>(t, "ring", { args: [capacity, ...steps].map(String) }), expected);
  }
});
