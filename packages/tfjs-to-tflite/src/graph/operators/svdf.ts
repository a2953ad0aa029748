import { activations } from "../../tflite/index.js";
import type { Generator, ModelUnderConstruction, VersionUse } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { sizeOf } from "../shape.js";
import { Random } from "../random.js";
import { about, fitting, quantized, reshaped } from "./shared/random.js";
import { activationField } from "./shared/window.js";
import { inputsThenOutput, kernel, shapeOf } from "./shared/tflm.js";

interface Size {
  batches: number;
  width: number;
  units: number;
  rank: number;
  memory: number;
  /** Of the state and of the weights over time. */
  type: "INT8" | "INT16";
}

/** Adds an SVDF that reads `from`, of shape [batches, width]. @returns its output */
function addSvdf(model: ModelUnderConstruction, random: Random, from: number, size: Size): number {
  const { batches, width, units, rank, memory, type } = size;
  const inScale = model.tensors[from]!.quantization!.scale[0]!;
  const filters = units * rank;
  const featureScale = Math.fround(random.logUniform(0.002, 0.02));
  const features = model.int8([filters, width], featureScale, 0, random.int8s(filters * width, -127));
  const isWide = type === "INT16";
  const state = fitting(random, inScale, featureScale, width) / (isWide ? 256 : 1);
  const stateScale = Math.fround(state);
  // TensorFlow Lite Micro wants the bias's scale within 1e-5 of the product.
  const timeScale = Math.fround(random.logUniform(0.002, 0.02) / (isWide ? 256 : 1));
  const count = filters * memory;
  const time = isWide ? Int16Array.from({ length: count }, () => random.int(-32767, 32767)) : random.int8s(count, -127);
  const one = (scale: number, zeroPoint: number) => ({
    scale: [Math.fround(scale)],
    zeroPoint: [zeroPoint],
    quantizedDimension: 0,
  });
  const weights = model.tensor([filters, memory], type, one(timeScale, 0), time);
  const outScale = fitting(random, state * (isWide ? 256 : 1), timeScale * (isWide ? 256 : 1), rank * memory);
  const sums = stateScale * timeScale;
  const most = Math.min(2 ** 30, Math.round((60 * outScale) / sums));
  const bias = model.tensor(
    [units],
    "INT32",
    one(sums, 0),
    Int32Array.from({ length: units }, () => random.int(-most, most)),
  );
  const memoryState = model.tensor(
    [batches, filters * memory],
    type,
    one(stateScale, isWide ? 0 : random.int(-20, 20)),
  );
  model.tensors[memoryState]!.isVariable = true;
  const out = model.int8([batches, units], outScale, quantized(random).zeroPoint);
  return model.operator("SVDF", [from, features, weights, bias, memoryState], out, {
    rank,
    fusedActivation: activations.RELU,
  });
}

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = about(place);
  const width = shape.at(-1)!;
  const batches = sizeOf(shape) / width;
  if (batches > 150) return undefined;
  return addSvdf(model, random, shape.length === 2 ? from : reshaped(place, [batches, width]), {
    batches,
    width,
    units: random.int(1, 11),
    rank: random.int(1, 3),
    memory: random.int(1, 10),
    type: random.pick(["INT8", "INT16"]),
  });
};

const tiny =
  (type: "INT8" | "INT16") =>
  (model: ModelUnderConstruction): { inputs: number[]; outputs: number[] } => {
    const input = model.int8([2, 5], 0.05, 3);
    const size = { batches: 2, width: 5, units: 3, rank: 2, memory: 4, type };
    return { inputs: [input], outputs: [addSvdf(model, new Random(7), input, size)] };
  };

export const svdf = engineOnly({
  code: 27,
  options: {
    type: "SVDF",
    union: 6,
    fields: [["rank", "int32", 0], activationField, ["asymmetricQuantizeInputs", "bool", 0]],
  },
  tflm: kernel(
    "ParseSvdf",
    [12, 4],
    36,
    (operator, tensors) => {
      const shape = (tensor: number | undefined) => shapeOf(tensors, tensor);
      const [batches = 0] = shape(operator.inputs[0]);
      const [filters = 0] = shape(operator.inputs[1]);
      return [
        ...inputsThenOutput(operator),
        { scratch: 4 * batches * filters },
        { scratch: 4 * sizeOf(shape(operator.outputs[0])) },
      ];
    },
    ["INT16"],
  ),
  version: ({ input }: VersionUse) => (input === "INT8" ? 3 : 1),
  // Each row of a batch meets all weights, of the features and over time.
  macs: ({ output: [batches = 0], inputs: [, features = [0], time = [0]] }) =>
    batches * (sizeOf(features) + sizeOf(time)),
  tiny: [tiny("INT8"), tiny("INT16")],
  random,
  suite: 4,
});
