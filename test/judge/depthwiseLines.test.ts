// Slow: compiles the engine
/** Depthwise layers of lines of pixels, as of audio: where outputs are few they are read from the tensor, else from a plane. */
import test from "ava";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { activation, fitting, quantized, weightScales } from "tfjs-to-tflite/graph/operators/shared/random.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { paddings, type TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { InferenceSession, inferWith } from "../../host-tools/inference/index.js";
import { writePrepared } from "../../host-tools/inference/prepared.js";

/** A layer between two that may not be left out, so that it runs in place. */
function line(random: Random): { model: TfliteModel; shape: number[]; outputs: number } {
  const model = new ModelBuilder();
  const isColumn = random.chance(0.5);
  const sides = (along: number, across: number) => (isColumn ? [along, across] : [across, along]);
  const [kernel, stride, dilation] = [random.int(1, 6), random.int(1, 4), random.chance(0.2) ? random.int(2, 3) : 1];
  const isValid = random.chance(0.4);
  const extent = (kernel - 1) * dilation + 1;
  const outputs = random.int(1, 6);
  const most = isValid
    ? (outputs - 1) * stride + extent + random.int(0, stride - 1)
    : outputs * stride - random.int(0, stride - 1);
  const depth = random.int(2, 9);
  const multiplier = random.chance(0.8) ? 1 : 2;
  const channels = depth * multiplier;
  const shape = [random.chance(0.8) ? 1 : 2, ...sides(most, 1), depth];
  const { scale, zeroPoint } = quantized(random);
  const few = weightScales(random, channels);
  const scales = Array.from({ length: channels }, (_, c) => few[c % few.length]!);
  const input = model.int8(shape, scale, zeroPoint);
  const before = model.operator("RELU", [input], model.int8(shape, scale, zeroPoint));
  const taps = [1, ...sides(kernel, 1), channels];
  const weights = model.tensor(
    taps,
    "INT8",
    { scale: scales, zeroPoint: scales.map(() => 0), quantizedDimension: 3 },
    random.int8s(sizeOf(taps), -127),
  );
  const sums = { scale: scales.map((each) => each * scale), zeroPoint: scales.map(() => 0), quantizedDimension: 0 };
  const bias = model.tensor(
    [channels],
    "INT32",
    sums,
    Int32Array.from(scales, () => random.int(-3000, 3000)),
  );
  const [strideH, strideW] = sides(stride, stride);
  const [dilationH, dilationW] = sides(dilation, 1);
  const output = model.int8(
    [shape[0]!, ...sides(outputs, 1), channels],
    fitting(random, scale, scales[0]!, kernel),
    quantized(random).zeroPoint,
  );
  model.operator("DEPTHWISE_CONV_2D", [before, weights, bias], output, {
    padding: isValid ? paddings.VALID : paddings.SAME,
    strideH: strideH!,
    strideW: strideW!,
    dilationH: dilationH!,
    dilationW: dilationW!,
    depthMultiplier: multiplier,
    fusedActivation: activation(random),
  });
  return { model: model.build([input], [output]), shape, outputs };
}

test("micro: depthwise lines of one to six outputs give desktop TensorFlow Lite's bytes, with and without a prepared table", async (t) => {
  const random = new Random(71);
  const [micro, desktop] = await Promise.all([InferenceSession.start("micro"), InferenceSession.start("tflite")]);
  try {
    for (let tries = 0; tries < 150; tries++) {
      const { model, shape, outputs } = line(random);
      const inputs = [[new Uint8Array(random.int8s(sizeOf(shape)).buffer)]];
      const bytes = writeTflite(model);
      const [expected] = await inferWith(desktop, bytes, inputs);
      for (const file of [bytes, ...(tries % 5 ? [] : [(await writePrepared(model)).bytes])]) {
        const [mine] = await inferWith(micro, file, inputs);
        t.deepEqual(mine!.outputs, expected!.outputs, `layer ${tries}, ${shape.join("x")} to ${outputs}`);
      }
    }
  } finally {
    micro.close();
    desktop.close();
  }
});
