/** Shapes of an operator's output that TensorFlow Lite Micro's kernels refuse or stop at, by the shapes of its inputs. */
import { inputOf, type Place } from "./places.js";

type Shape = readonly number[];
/** What is wrong with a shape of the output; undefined where nothing is. */
type Rule = (shapes: { data: Shape; output: Shape; place: Place }) => string | undefined;

const written = (shape: Shape): string => `[${shape.join(", ")}]`;
const isSame = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, i) => size === b[i]);

const wants = (output: Shape, right: string): string =>
  `its output has shape ${written(output)}, and TensorFlow Lite Micro wants ${right}`;

const same: Rule = ({ data, output }) =>
  isSame(data, output) ? undefined : wants(output, `its input's, ${written(data)}`);

/** From another scale it goes by the input's size alone. */
const quantized: Rule = (shapes) => (inputOf(shapes.place, 0)?.type === "FLOAT32" ? same(shapes) : undefined);

/** The kernel looks at as many sizes as the input has. */
const begins: Rule = ({ data, output }) =>
  isSame(data, output.slice(0, data.length)) ? undefined : wants(output, `its input's, ${written(data)}`);

/** Of two inputs of one shape: others are broadcast. */
const both: Rule = ({ data, output, place }) =>
  isSame(data, inputOf(place, 1)?.shape ?? []) && !isSame(data, output)
    ? wants(output, `its inputs', ${written(data)}`)
    : undefined;

const reduced: Rule = ({ data, output }) =>
  output.length === data.length - 1
    ? undefined
    : wants(output, `a dimension less than in its input's, ${written(data)}`);

/** Images: batches, rows, columns and channels; of those whose channels are known the batches are looked at as well. */
const images =
  (channels?: (place: Place, data: Shape) => number | undefined): Rule =>
  ({ data, output, place }) => {
    if (data.length !== 4)
      return `its input has shape ${written(data)}, and TensorFlow Lite Micro wants four dimensions`;
    if (output.length !== 4) return wants(output, "four dimensions");
    if (!channels) return undefined;
    if (output[0] !== data[0]) return wants(output, `${data[0]!} of the first dimension, as in its input's`);
    const right = channels(place, data);
    return right === output[3] ? undefined : wants(output, `${right ?? 0} channels`);
  };

const filters: Rule = (shapes) => {
  const weights = inputOf(shapes.place, 1)?.shape ?? [];
  return weights.length === 4
    ? images(({ name }) => (name === "DEPTHWISE_CONV_2D" ? weights[3] : weights[0]))(shapes)
    : `its weights have shape ${written(weights)}, and TensorFlow Lite Micro wants four dimensions`;
};

/** Sizes add up along one dimension, and are the same in the others. */
const joined: Rule = ({ data, output, place }) => {
  const axis = place.operator.options?.["axis"];
  const along = typeof axis === "number" ? axis + (axis < 0 ? output.length : 0) : 0;
  const inputs = place.operator.inputs.map((_, at) => inputOf(place, at)?.shape ?? []);
  const right = data.map((size, i) => (i === along ? inputs.reduce((sum, shape) => sum + (shape[i] ?? 0), 0) : size));
  const fits = inputs.every(
    (shape) => shape.length === output.length && shape.every((size, i) => i === along || size === output[i]),
  );
  return fits && isSame(right, output)
    ? undefined
    : wants(output, `its inputs', ${inputs.map(written).join(", ")}, side by side in dimension ${along}`);
};

const ranked =
  (rank: number): Rule =>
  ({ output }) =>
    output.length === rank ? undefined : wants(output, `${rank} dimensions`);

const each = (rule: Rule, names: string): (readonly [string, Rule])[] =>
  names.split(/\s+/).map((name) => [name, rule] as const);

const rules: ReadonlyMap<string, Rule> = new Map([
  ...each(
    same,
    `CAST CEIL CUMSUM DEQUANTIZE ELU EXP FLOOR HARD_SWISH LEAKY_RELU LOG_SOFTMAX NEG RELU RELU6 ROUND TANH ZEROS_LIKE`,
  ),
  ["QUANTIZE", quantized],
  ...each(begins, "L2_NORMALIZATION SOFTMAX"),
  ...each(both, "EQUAL FLOOR_DIV FLOOR_MOD GREATER GREATER_EQUAL LESS LESS_EQUAL LOGICAL_AND LOGICAL_OR NOT_EQUAL"),
  ["CONCATENATION", joined],
  ...each(reduced, "ARG_MAX ARG_MIN"),
  ...each(filters, "CONV_2D DEPTHWISE_CONV_2D TRANSPOSE_CONV"),
  ...each(
    images((_, data) => data[3]),
    "AVERAGE_POOL_2D MAX_POOL_2D RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR",
  ),
  ...each(images(), "DEPTH_TO_SPACE SPACE_TO_DEPTH"),
  ...each(ranked(3), "UNIDIRECTIONAL_SEQUENCE_LSTM"),
  ...each(ranked(2), "SVDF"),
]);

/** In words; undefined where nothing is wrong, or what the kernel makes of shapes is not known here. */
export function wrongShape(place: Place): string | undefined {
  const data = inputOf(place, place.name === "TRANSPOSE_CONV" ? 2 : 0)?.shape;
  const output = place.graph.tensors[place.operator.outputs[0] ?? -1]?.shape;
  return data && output && rules.get(place.name)?.({ data, output, place });
}
