/** An LSTM as TensorFlow Lite's operator for all of its steps, UNIDIRECTIONAL_SEQUENCE_LSTM, whose states last from one invoke to the next. */
import type { GraphBuilder } from "../builder.js";
import { activationName } from "./activation.js";
import { gateRows } from "./gates.js";
import { requireRank, weight, type LayerView } from "./types.js";

/** Keras's numbers of input, forget, cell and output gate, the order in which TensorFlow Lite has them. */
const gates = [0, 1, 2, 3];

/** What of a layer the operator does not have. */
export function whyNotFused(layer: LayerView, inputs: readonly number[]): string | undefined {
  if (layer.className !== "LSTM") return `it is a ${layer.className}`;
  for (const [key, has] of [
    ["activation", "tanh"],
    ["recurrentActivation", "sigmoid"],
  ] as const) {
    const name = activationName(layer, key);
    if (name !== has) return `its ${key} is ${name}, where that operator has ${has}`;
  }
  if (inputs.length > 1 || layer.config["returnState"] === true) return "its states go in or out";
  return layer.mask && "it skips masked steps";
}

const isStateful = ({ config }: LayerView): boolean => config["stateful"] === true;

/** A layer that keeps its states is this operator whatever was asked for: nothing else keeps them. */
export const isFused = (builder: GraphBuilder, layer: LayerView, inputs: readonly number[]): boolean =>
  (builder.lstm === "fused" || isStateful(layer)) && whyNotFused(layer, inputs) === undefined;

/** @param input [1, steps, width] @returns the outputs in the order in which they are computed, [1, steps, units], or the last of them, [1, units] */
export function fused(builder: GraphBuilder, layer: LayerView, input: number, isSequence: boolean): number {
  const [batch, steps] = requireRank(builder, layer, input, [3]) as [number, number, number];
  const units = Number(layer.config["units"]);
  const parts = (name: string, role: string): number[] =>
    gates.map((gate) => {
      const { shape, data } = gateRows(weight(layer, role), units, [gate]);
      return builder.constant(name, shape, data);
    });
  const bias = layer.weights["bias"]?.data ?? new Float32Array(4 * units);
  builder.stateful(layer.className, isStateful(layer));
  const outputs = builder.lstmSequence(layer.config["goBackwards"] === true ? builder.reversed(input) : input, {
    kernels: parts("kernel", "kernel"),
    recurrent: parts("recurrent", "recurrent_kernel"),
    biases: gates.map((gate) => builder.constant("bias", [units], bias.slice(gate * units, (gate + 1) * units))),
  });
  if (isSequence) return outputs;
  const last = steps === 1 ? outputs : builder.slice(outputs, [0, steps - 1, 0], [batch, steps, units]);
  return builder.reshape(last, [batch, units]);
}
