import type { LayerName } from "../../graph/operators/layers.js";
import type { Elementwise, GraphBuilder } from "../builder.js";
import { lastOf } from "../../graph/graph.js";
import { refuse, type LayerView, type Translate } from "./types.js";

/** Axes of length 1 are repeated, as tfjs does; TensorFlow Lite wants as many axes on both sides. */
function requireBroadcast(builder: GraphBuilder, layer: LayerView, a: number, b: number): void {
  const [left, right] = [builder.shape(a), builder.shape(b)];
  const fits =
    left.length === right.length && left.every((n, axis) => n === right[axis] || n === 1 || right[axis] === 1);
  if (!fits)
    refuse(
      layer,
      `its inputs have shapes [${left.join(", ")}] and [${right.join(", ")}]`,
      "a Reshape layer that gives both as many axes",
    );
}

const merge =
  (op: Elementwise): Translate =>
  (builder, layer, inputs) =>
    inputs.slice(1).reduce((result, input) => {
      requireBroadcast(builder, layer, result, input);
      return builder.elementwise(op, result, input);
    }, inputs[0]!);

const average: Translate = (builder, layer, inputs) => {
  const sum = merge("ADD")(builder, layer, inputs);
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

export const mergeLayers = {
  Add: merge("ADD"),
  Subtract: merge("SUB"),
  Multiply: merge("MUL"),
  Average: average,
  Maximum: merge("MAXIMUM"),
  Minimum: merge("MINIMUM"),
  Concatenate: concatenate,
} satisfies { [layer in LayerName]?: Translate };
