/** Functions of one number, and softmax. */
import { sizeOf } from "../../../graph/graph.js";
import { constantData, refuseNode, type Place, type TranslateOp } from "./types.js";
import { constantCopy } from "./constants.js";
import { logSoftmax, selu, softplus } from "../../functions.js";

const softmax = (place: Place, op: "SOFTMAX", input: number): number => place.builder.unary(op, input, { beta: 1 });

const leaky = (place: Place, input: number, alpha: number): number =>
  place.builder.unary("LEAKY_RELU", input, { alpha });

/** x where it is positive, else x times its slope. */
function prelu(place: Place, input: number, slope: number | undefined): number {
  const { builder } = place;
  const { data } = builder.graph.tensors[slope ?? -1] ?? {};
  if (!data) refuseNode(place, "its slopes are computed from the model's inputs", "constant slopes");
  const shape = builder.shape(slope!);
  // The batch is not a part of TensorFlow Lite's slopes.
  const inner = shape.length === builder.shape(input).length ? shape.slice(1) : shape;
  return builder.prelu(input, inner, Float32Array.from(data));
}

/** An activation by the name that fused_ops and the ops have. */
export function activate(place: Place, name: string, input: number, argument?: number): number {
  const { builder, attributes } = place;
  switch (name) {
    case "Relu":
      return builder.unary("RELU", input);
    case "Relu6":
      return builder.unary("RELU6", input);
    case "Elu":
      return builder.unary("ELU", input);
    case "Sigmoid":
      return builder.unary("LOGISTIC", input);
    case "Tanh":
      return builder.unary("TANH", input);
    case "LeakyRelu":
      return leaky(place, input, attributes.number(place.op === "LeakyRelu" ? "alpha" : "leakyrelu_alpha", 0.2));
    case "Prelu":
      return prelu(place, input, argument);
    default:
      return refuseNode(
        place,
        `${name} is fused into it`,
        "BiasAdd, Relu, Relu6, Elu, Sigmoid, Tanh, LeakyRelu or Prelu",
      );
  }
}

const plain: TranslateOp = (place) => activate(place, place.op, place.inputs[0]!, place.inputs[1]);

/** min(max(x, low), high): RELU and RELU6 where it is one. */
const clip: TranslateOp = (place) => {
  const { builder, inputs } = place;
  const [low, high] = [constantData(place, 1, "lower limit")[0]!, constantData(place, 2, "upper limit")[0]!];
  if (low === 0 && high === 6) return builder.unary("RELU6", inputs[0]!);
  const above = builder.elementwise("MAXIMUM", inputs[0]!, constantCopy(place, inputs[1]!));
  return builder.elementwise("MINIMUM", above, constantCopy(place, inputs[2]!));
};

export const activationOps = {
  Relu: plain,
  Relu6: plain,
  Elu: plain,
  LeakyRelu: plain,
  Prelu: plain,
  Sigmoid: plain,
  Tanh: plain,
  Selu: ({ builder, inputs }) => selu(builder, inputs[0]!),
  Softplus: ({ builder, inputs }) => softplus(builder, inputs[0]!),
  LogSoftmax: ({ builder, inputs }) => logSoftmax(builder, inputs[0]!),
  ClipByValue: clip,
  Softmax: (place) => {
    const { builder, inputs } = place;
    const shape = builder.shape(inputs[0]!);
    const units = shape.at(-1)!;
    if (shape.length <= 4) return softmax(place, "SOFTMAX", inputs[0]!);
    return builder.reshape(
      softmax(place, "SOFTMAX", builder.reshape(inputs[0]!, [sizeOf(shape) / units, units])),
      shape,
    );
  },
} satisfies Record<string, TranslateOp>;
