/** Operators that a file may have and TensorFlow Lite Micro refuses, whatever their types: it is said, and no arena is made up. */
import test from "ava";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { tensorBytes } from "../../host-tools/inference/graph.js";
import { infer, InferenceError } from "../../host-tools/inference/index.js";
import { supportOf } from "../../host-tools/inference/support.js";
import { tflmFigures } from "../../host-tools/inference/tflmSupport.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { needs, tflm } from "../helpers/needs.js";

function oddities(): [what: string, model: TfliteModel, tflm: RegExp][] {
  const numbers = (shape: number[], name: "ADD" | "RELU" | "RESHAPE", inputs: number[]) => {
    const builder = new ModelBuilder();
    const input = builder.int8(shape, 0.1, 0);
    return builder.build([input], [builder.operator(name, inputs, builder.int8(shape, 0.1, 0))]);
  };
  const int4 = numbers([1, 4], "RESHAPE", [0]);
  for (const tensor of int4.subgraphs[0]!.tensors) tensor.type = "INT4";
  return [
    ["one input", numbers([1, 4], "ADD", [0]), /^ADD #0: has no input 1$/],
    ["an input that is left out", numbers([1, 4], "ADD", [-1, 0]), /^ADD #0: has no input 0$/],
    [
      "no elements",
      numbers([0, 4], "RELU", [0]),
      /^RELU #0: has shape \[0, 4\] as output 0, and TensorFlow Lite Micro/,
    ],
    [
      "int4 at its ends",
      int4,
      /^RESHAPE #0: int4 that is not constant, and TensorFlow Lite Micro has it as weights only$/,
    ],
  ];
}

for (const [what, model, line] of oddities()) {
  test(`an operator with ${what}: it is said, and no arena is made up`, async (t) => {
    const { tflm } = await supportOf(writeTflite(model), model);
    t.is(tflm.length, 1);
    t.regex(tflm[0]!, line);
    t.throws(() => tflmFigures(model), { instanceOf: UserError, message: /^it does not run on tflm: / });
  });

  needs(tflm)(`an operator with ${what}: TensorFlow Lite Micro refuses it`, async (t) => {
    const { tensors, inputs } = model.subgraphs[0]!;
    const input = new Uint8Array(tensorBytes(tensors[inputs[0]!]!));
    await t.throwsAsync(infer(writeTflite(model), [[input]], { backend: "tflm" }), { instanceOf: InferenceError });
  });
}
