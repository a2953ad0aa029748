/** What layers cost whose operators stand in the file once for each step. */
import type { Graph } from "../graph/graph.js";
import type { TfliteModel } from "../tflite/index.js";

/** Below it a model has room for them on any chip that its layer fits on. */
const mostOperators = 250;

const n = (value: number): string => value.toLocaleString("en-US");

/** Two digits: what there is of a file that belongs to no layer alone is shared out. */
const rounded = (value: number): number => Number(value.toPrecision(2));

/** Bytes of a file that are neither weights nor other constants, for each of its operators: structure, and tables that engines keep in it. */
function bytesEach(model: TfliteModel, bytes: number): number {
  const [main] = model.subgraphs;
  const constants = new Set(main!.tensors.map(({ buffer }) => buffer));
  const held = [...constants].reduce((sum, buffer) => sum + model.buffers[buffer]!.length, 0);
  return (bytes - held) / main!.operators.length;
}

/** A sentence for each layer that is unrolled to many operators: how many, how many bytes, and what costs less. @param bytes of the file */
export function unrolledWarnings(graph: Graph, model: TfliteModel, bytes: number): string[] {
  const each = bytesEach(model, bytes);
  return (graph.unrolled ?? []).flatMap(({ layer, type, steps, because }) => {
    const operators = graph.nodes.filter((node) => node.layer === layer).length;
    if (operators <= mostOperators) return [];
    const fused =
      type !== "LSTM"
        ? ""
        : because === undefined
          ? "; so does --lstm fused, one operator for all steps, whose states the caller resets before each sequence"
          : `; one operator for all steps (--lstm fused) it cannot become, since ${because}`;
    return [
      `layer "${layer}" (${type}): unrolled to ${n(steps)} steps, ${n(operators)} operators and some ${n(rounded(operators * each))} bytes of the file beside its weights. Fewer steps cost less (strides or pooling before it, a shorter window)${fused}`,
    ];
  });
}

/** A sentence for each layer whose operator keeps what the layer does not keep. */
export const statesWarnings = ({ stateful = [] }: Graph): string[] =>
  stateful
    .filter(({ keeps }) => !keeps)
    .map(
      ({ layer, type }) =>
        `layer "${layer}" (${type}): one operator, whose states last from one invoke to the next. Reset them before each sequence: Interpreter::ResetVariableTensors of TensorFlow Lite (reset_all_variables in Python), MicroInterpreter::Reset of TensorFlow Lite Micro, inferenceReset of loam`,
    );
