// Slow: compiles the engine and TensorFlow Lite Micro
/** What exporters leave in graphs: an epsilon, whose scale is nothing beside the other input's, and an output that is a constant. */
import test from "ava";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { needs, tflm } from "../helpers/needs.js";
import { runTwice } from "./computedShapes.js";

const names = ["ADD", "SUB", "MUL", "SQUARED_DIFFERENCE"] as const;
/** Of a constant beside an input of scale 1/16: down over 2^-35, below which the factor of a sum is 0, to those of epsilons. */
const scales = [2 ** -7, 2 ** -33, 1.9 * 2 ** -35, 2 ** -35, 0.99 * 2 ** -35, 7.9e-15, 1e-30];

/** @param isFirst whether the constant is the first input @param to the output's scale */
function withEpsilon(name: (typeof names)[number], scale: number, isWide: boolean, isFirst: boolean, to: number) {
  const model = new ModelBuilder();
  const tensor = (steps: number, data?: ArrayBufferView) =>
    model.tensor(
      data ? [4] : [16, 4],
      "INT8",
      { scale: [Math.fround(steps)], zeroPoint: [isWide ? 0 : 3], quantizedDimension: 0 },
      data,
    );
  const values = [-128, -1, 3, 127];
  const epsilon = tensor(scale, isWide ? Int16Array.from(values, (value) => value * 256) : Int8Array.from(values));
  const input = tensor(1 / 16);
  const output = model.operator(name, isFirst ? [epsilon, input] : [input, epsilon], tensor(to));
  const built = model.build([input], [output]);
  // TensorFlow Lite Micro has more of int16 than desktop, whose versions the builder knows.
  if (isWide) for (const each of built.subgraphs[0]!.tensors) each.type = "INT16";
  return writeTflite(built);
}

const epsilons = names.flatMap((name) =>
  (name === "SQUARED_DIFFERENCE" ? [false] : [false, true]).flatMap((isWide) =>
    [false, true].flatMap((isFirst) => [
      ...scales.map((scale) =>
        // In steps of what a product is.
        withEpsilon(name, scale, isWide, isFirst, name === "MUL" ? scale * (isWide ? 256 : 2) : 1 / 8),
      ),
      // Beside an output to which both are nothing.
      withEpsilon(name, 1 / 8, isWide, isFirst, 1e12),
    ]),
  ),
);

/** A computed output, and two constants as outputs. */
function constantOutputs(): Uint8Array {
  const model = new ModelBuilder();
  const input = model.int8([4], 0.5, 3);
  const relu = model.operator("RELU", [input], model.int8([4], 0.5, 3));
  const anchors = model.int8([2, 2], 0.25, -1, Int8Array.of(1, -2, 3, -4));
  return writeTflite(model.build([input], [anchors, relu, model.int32s([70_000, -5])]));
}

needs(tflm)("a scale that is nothing beside another one gives TensorFlow Lite Micro's bytes", async (t) => {
  const mine = await runTwice("micro", epsilons);
  t.deepEqual(mine, await runTwice("tflm", epsilons));
  t.true(new Set(mine.map(String)).size > scales.length);
});

test("a constant is an output as it is", async (t) => {
  const expected = Buffer.from(Int8Array.of(1, -2, 3, -4, 3, 7, 14, 21)).toString("hex");
  const numbers = Buffer.from(Int32Array.of(70_000, -5).buffer).toString("hex");
  t.deepEqual(await runTwice("micro", [constantOutputs()]), [[expected + numbers, expected + numbers]]);
});

needs(tflm)("as it is for TensorFlow Lite Micro", async (t) => {
  t.deepEqual(await runTwice("micro", [constantOutputs()]), await runTwice("tflm", [constantOutputs()]));
});
