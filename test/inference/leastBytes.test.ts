/** The bound for the arena against the engine's own planner. */
import test from "ava";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { leastBytes } from "../../host-tools/inference/leastBytes.js";
import { microArena } from "../../host-tools/inference/microArena.js";
import { randomGraph, suites } from "../judge/randomGraph.js";

for (const [i, suite] of suites.entries())
  test(`no plan of suite ${i + 1}'s graphs takes less than the bound`, async (t) => {
    for (let seed = 0; seed < 12; seed++) {
      const { model } = randomGraph(seed, suite);
      const { operators, fixed } = await microArena(writeTflite(model), model);
      const least = leastBytes(model);
      operators.forEach(({ operator, bytes }, at) =>
        t.true(least[at]! <= bytes - fixed, `seed ${seed}, ${at} ${operator}: ${least[at]}, ${bytes - fixed}`),
      );
    }
  });

test("what lives together is counted, what can share its place is not", (t) => {
  const model = new ModelBuilder();
  const of = (size: number): number => model.int8([1, size], 0.1, 0);
  const input = of(100);
  const weights = model.int8([40, 100], 0.1, 0, new Int8Array(4000));
  const dense = model.operator("FULLY_CONNECTED", [input, weights], of(40));
  const relu = model.operator("RELU", [dense], of(40));
  const sum = model.operator("ADD", [relu, dense], of(40));
  const both = model.operator("CONCATENATION", [sum, dense], of(80), { axis: 1 });
  const output = model.operator("SOFTMAX", [both], of(80));
  // Input and output of FULLY_CONNECTED; relu beside dense, which is read again; sum over relu; sum and dense inside of both; in place.
  t.deepEqual(leastBytes(model.build([input], [output])), [140, 80, 80, 80, 80]);
});
