import { activations } from "../../tflite/index.js";
import { sizeOf } from "../shape.js";
import type { Generator, ModelUnderConstruction } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { about, quantized, reshaped } from "./shared/random.js";
import { Random } from "../random.js";
import { activationField } from "./shared/window.js";
import { lstm } from "./shared/lstm.js";
import { inputsThenOutput, kernel, shapeOf } from "./shared/tflm.js";

interface Size {
  rows: readonly [first: number, second: number];
  width: number;
  units: number;
  timeMajor: boolean;
}

/** Adds an LSTM that reads `from`, of shape [...rows, width]. @returns its output */
function addLstm(model: ModelUnderConstruction, random: Random, from: number, size: Size, clip: number): number {
  const { rows, width, units, timeMajor } = size;
  const inScale = model.tensors[from]!.quantization!.scale[0]!;
  const batches = rows[timeMajor ? 1 : 0];
  const hiddenScale = Math.fround(random.logUniform(0.004, 0.02));
  const hiddenZero = random.int(-60, 60);
  const weights = (columns: number, scale: number) =>
    model.int8(
      [units, columns],
      random.logUniform(0.5, 4) / (100 * 100 * Math.sqrt(columns)) / scale,
      0,
      random.int8s(units * columns, -127),
    );
  const four = (make: () => number) => [make(), make(), make(), make()];
  const bias = () =>
    model.tensor(
      [units],
      "INT32",
      undefined,
      Int32Array.from({ length: units }, () => random.int(-4000, 4000)),
    );
  const cell = { scale: [2 ** -random.int(9, 14)], zeroPoint: [0], quantizedDimension: 0 };
  const hidden = model.int8([batches, units], hiddenScale, hiddenZero);
  const state = model.tensor([batches, units], "INT16", cell);
  for (const tensor of [hidden, state]) model.tensors[tensor]!.isVariable = true;
  const none = (count: number) => Array<number>(count).fill(-1);
  const inputs = [
    from,
    ...four(() => weights(width, inScale)),
    ...four(() => weights(units, hiddenScale)),
    ...none(3),
    ...four(bias),
    ...none(2),
    hidden,
    state,
    ...none(4),
  ];
  return model.operator("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, model.int8([...rows, units], hiddenScale, hiddenZero), {
    fusedActivation: activations.TANH,
    cellClip: clip,
    timeMajor: timeMajor ? 1 : 0,
  });
}

/** On what comes as [batch, time, features], or made so. */
const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = about(place);
  const units = random.int(1, 12);
  const width = shape.at(-1)!;
  const steps = sizeOf(shape) / width;
  if (steps > 96) return undefined;
  const batches = steps % 2 === 0 && random.chance(0.4) ? 2 : 1;
  const timeMajor = random.chance(0.3);
  const rows = timeMajor ? ([steps / batches, batches] as const) : ([batches, steps / batches] as const);
  const isReady = String(shape) === String([...rows, width]);
  const input = isReady ? from : reshaped(place, [...rows, width]);
  const clip = random.chance(0.4) ? random.logUniform(0.05, 8) : 0;
  return addLstm(model, random, input, { rows, width, units, timeMajor }, Math.fround(clip));
};

const tiny =
  (timeMajor: boolean, clip: number) =>
  (model: ModelUnderConstruction): { inputs: number[]; outputs: number[] } => {
    const random = new Random(5);
    const { scale, zeroPoint } = quantized(random);
    const input = model.int8([2, 3, 4], scale, zeroPoint);
    const output = addLstm(model, random, input, { rows: [2, 3], width: 4, units: 3, timeMajor }, clip);
    return { inputs: [input], outputs: [output] };
  };

export const unidirectionalSequenceLstm = engineOnly({
  code: 44,
  options: {
    type: "UnidirectionalSequenceLSTM",
    union: 71,
    fields: [
      activationField,
      ["cellClip", "float32", 0],
      ["projClip", "float32", 0],
      ["timeMajor", "bool", 0],
      ["asymmetricQuantizeInputs", "bool", 0],
      ["diagonalRecurrentTensors", "bool", 0],
    ],
  },
  tflm: kernel(
    "ParseUnidirectionalSequenceLSTM",
    [16, 4],
    688,
    (operator, tensors) => {
      const gate = { scratch: 2 * sizeOf(shapeOf(tensors, operator.inputs[18])) };
      return [...inputsThenOutput(operator), gate, gate, gate, gate];
    },
    ["INT16"],
  ),
  macs: ({ output, weights: [, width = 0] }) => 4 * sizeOf(output) * (width + output.at(-1)!),
  tiny: [tiny(false, 0), tiny(true, 0.5)],
  random,
  types: ["int8", "int16"],
  suite: 4,
  graph: {
    run: (tf, _, value) => lstm(tf, value),
    quantization: { kind: "gates" },
    error: { growth: "weights", steps: 1 },
    fusesActivation: false,
    fusedAs: "never",
    commutesWithScale: false,
    decidedBefore: false,
    layers: { LSTM: "mixes", Bidirectional: "mixes" },
  },
});
