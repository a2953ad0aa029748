import type { LayerName } from "../../graph/operators/layers.js";
import type { Elementwise, GraphBuilder } from "../builder.js";
import { lastOf } from "../../graph/graph.js";
import { products } from "../functions.js";
import { refuse, type Translate } from "./types.js";

/** As in tfjs: the missing axes of an input with fewer stand behind the batch. */
function alignAxes(builder: GraphBuilder, inputs: readonly number[]): number[] {
  const rank = inputs.reduce((most, input) => Math.max(most, builder.shape(input).length), 0);
  return inputs.map((input) => {
    const [batch, ...shape] = builder.shape(input) as [number, ...number[]];
    return builder.reshape(input, [batch, ...Array<number>(rank - 1 - shape.length).fill(1), ...shape]);
  });
}

const joined = (builder: GraphBuilder, op: Elementwise, inputs: readonly number[]): number =>
  alignAxes(builder, inputs).reduce((result, input) => builder.elementwise(op, result, input));

const merge =
  (op: Elementwise): Translate =>
  (builder, _, inputs) =>
    joined(builder, op, inputs);

const average: Translate = (builder, _, inputs) => {
  const sum = joined(builder, "ADD", inputs);
  const channels = lastOf(builder.shape(sum));
  return builder.affine(sum, new Float32Array(channels).fill(1 / inputs.length), new Float32Array(channels));
};

const concatenate: Translate = (builder, layer, inputs) => {
  const rank = builder.shape(inputs[0]!).length;
  const given = Number(layer.config["axis"] ?? -1);
  const axis = given < 0 ? given + rank : given;
  if (axis === 0) refuse(layer, "it joins along the batch", "an axis of 1 or more");
  return builder.concatenate(inputs, axis);
};

/** Sums of products along one axis of each. The axes are of tfjs: the batch counts. */
const dot: Translate = (builder, layer, inputs) => {
  if (layer.config["normalize"] === true)
    refuse(layer, "it normalizes its inputs (normalize: true)", "a normalizing layer before it");
  const given = layer.config["axes"];
  const axes = Array.isArray(given) ? given.map(Number) : [Number(given), Number(given)];
  const operands = inputs.map((input, which) => {
    const rank = builder.shape(input).length;
    const axis = axes[which]! < 0 ? axes[which]! + rank : axes[which]!;
    if (axis === 0) refuse(layer, "it sums along the batch", "an axis of 1 or more");
    return rank === 3 && axis === 1 ? builder.transpose(input, [0, 2, 1]) : input;
  });
  const [rows, columns] = operands.map((operand) => builder.shape(operand).slice(1, -1)) as [number[], number[]];
  const length = lastOf(builder.shape(operands[0]!));
  const [a, b] = operands.map((operand, which) =>
    builder.reshape(operand, [1, [rows, columns][which]![0] ?? 1, length]),
  ) as [number, number];
  const out = [...rows, ...columns];
  return builder.reshape(products(builder, a, b), [1, ...(out.length > 0 ? out : [1])]);
};

export const mergeLayers = {
  Add: merge("ADD"),
  Subtract: merge("SUB"),
  Multiply: merge("MUL"),
  Average: average,
  Maximum: merge("MAXIMUM"),
  Minimum: merge("MINIMUM"),
  Concatenate: concatenate,
  Dot: dot,
} satisfies { [layer in LayerName]?: Translate };
