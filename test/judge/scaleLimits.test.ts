/** Scales at the limits of what TensorFlow Lite Micro computes with: 0, far below another one, far above what a function needs. */
import test from "ava";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import type { Builtin } from "tfjs-to-tflite/graph/operators/index.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { infer, InferenceError, type Backend } from "../../host-tools/inference/index.js";
import { needs, tflm } from "../helpers/needs.js";

/** Every int8, from the lowest on. */
const numbers = Int8Array.from({ length: 256 }, (_, i) => i - 128);
const zeroPoint = 3;

/** An operator of one input on every int8. */
function mapping(name: Builtin, scale: number, to: number, outZero = zeroPoint): TfliteModel {
  const builder = new ModelBuilder();
  const input = builder.int8([1, 256], scale, zeroPoint);
  return builder.build([input], [builder.operator(name, [input], builder.int8([1, 256], to, outZero))]);
}

/** Two numbers out of every int8; the weights' numbers stand for 0. */
function connected(): TfliteModel {
  const builder = new ModelBuilder();
  const input = builder.int8([1, 256], 0.1, zeroPoint);
  const weights = builder.int8(
    [2, 256],
    0,
    0,
    Int8Array.from({ length: 512 }, (_, i) => (i % 7) + 1),
  );
  const inputs = [input, weights, builder.int32s([1000, -100_000])];
  return builder.build([input], [builder.operator("FULLY_CONNECTED", inputs, builder.int8([1, 2], 0.1, zeroPoint))]);
}

/** An image of one channel, under a filter whose numbers stand for 0. */
function convolved(): TfliteModel {
  const builder = new ModelBuilder();
  const input = builder.int8([1, 16, 16, 1], 0.1, zeroPoint);
  const inputs = [input, builder.int8([1, 3, 3, 1], 0, 0, new Int8Array(9).fill(5)), builder.int32s([70])];
  const options = { padding: 0, strideW: 1, strideH: 1 };
  const output = builder.operator("CONV_2D", inputs, builder.int8([1, 16, 16, 1], 0.1, zeroPoint), options);
  return builder.build([input], [output]);
}

const bytesOf = (values: Int8Array): string => Buffer.from(values.buffer).toString("hex");

/** With what comes out, by the formula of each. */
const taken: [what: string, model: TfliteModel, output: Int8Array][] = [
  ["RESHAPE of scale 0", mapping("RESHAPE", 0, 0), numbers],
  ["RELU of scale 0", mapping("RELU", 0, 0.1), new Int8Array(256).fill(zeroPoint)],
  ["FULLY_CONNECTED with weights of scale 0", connected(), new Int8Array(2).fill(zeroPoint)],
  ["CONV_2D of one channel with a scale of 0", convolved(), new Int8Array(256).fill(zeroPoint)],
  // One step of the input is beyond the fixed-point numbers' range, that is where the function is 0 or 1.
  ["LOGISTIC in steps of 20", mapping("LOGISTIC", 20, 1 / 256, -128), numbers.map((x) => (x > zeroPoint ? 127 : -128))],
  ["TANH in steps of 8", mapping("TANH", 8, 1 / 128, 0), numbers.map((x) => (x > zeroPoint ? 127 : -128))],
  // The mask of more than 15 bits that are shifted out is negative: what is not below 0 is rounded up, and from -3 down the product is 0.
  [
    "HARD_SWISH to 2,000 times its scale",
    mapping("HARD_SWISH", 0.05, 100),
    numbers.map((x) => zeroPoint + (x < zeroPoint && x > zeroPoint - 60 ? -1 : 1)),
  ],
];

const run = async (model: TfliteModel, backend: Backend): Promise<string> => {
  const input = new Uint8Array(numbers.buffer);
  const [result] = await infer(writeTflite(model), model.subgraphs[0]!.inputs.length > 0 ? [[input]] : [[]], {
    backend,
  });
  return Buffer.concat(result!.outputs).toString("hex");
};

for (const [what, model, output] of taken) {
  test(`${what}: what comes out`, async (t) => t.is(await run(model, "micro"), bytesOf(output)));
  needs(tflm)(`${what}: as TensorFlow Lite Micro has it`, async (t) => t.is(await run(model, "tflm"), bytesOf(output)));
}

/** An operator that reads a constant, in a graph without inputs. */
function constants(): TfliteModel {
  const builder = new ModelBuilder();
  const constant = builder.int8([1, 256], 0.1, zeroPoint, numbers);
  return builder.build([], [builder.operator("RELU", [constant], builder.int8([1, 256], 0.1, zeroPoint))]);
}
const rectified = numbers.map((x) => Math.max(x, zeroPoint));
test("a graph of constants: what comes out", async (t) => t.is(await run(constants(), "micro"), bytesOf(rectified)));
needs(tflm)("a graph of constants: as TensorFlow Lite Micro has it", async (t) =>
  t.is(await run(constants(), "tflm"), bytesOf(rectified)),
);

const refused: [what: string, model: TfliteModel, said: RegExp][] = [
  ["an output of scale 0", mapping("RELU6", 0, 0), /RELU6 #0: tensor 1 has a scale of 0$/],
  ["a scale that is no normal number", mapping("RELU", 1e-45, 0.1), /tensor 0 has a scale .*, 0 or 2\^-126 to 2\^128/],
];
for (const [what, model, said] of refused)
  test(`${what} is refused`, async (t) => {
    await t.throwsAsync(run(model, "micro"), { instanceOf: InferenceError, message: said });
  });
