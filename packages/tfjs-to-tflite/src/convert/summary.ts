import type { QuantizeResult } from "../quantize/index.js";
import { readTflite } from "../graph/tflite.js";
import type { StoredGraph } from "../graph/emit.js";
import type { ActivationType } from "../graph/parameters.js";
import type { WeightType } from "./weights.js";
import { statesWarnings, unrolledWarnings } from "./unrolled.js";
import { macs, type Graph } from "../graph/graph.js";

export interface TensorSummary {
  name: string;
  shape: number[];
  type: string;
  scale?: number;
  zeroPoint?: number;
}

export interface Summary {
  name: string;
  bytes: number;
  /** "int16x8": activations of int16 and weights of int8. */
  type: "int8" | "int16x8" | "float32";
  inputs: TensorSummary[];
  outputs: TensorSummary[];
  /** Of a float32 model, the type that its weights are stored in. */
  weights?: WeightType;
  /** Weights and biases. */
  parameters: number;
  macs: number;
  operators: {
    operator: string;
    layer: string;
    /** Of its output. A quantized model has float32 where an operator has no kernel for integers (`mixed`). */
    type: string;
    shape: number[];
    macs: number;
    weightBytes: number;
  }[];
  /** What costs more than it would have to. */
  warnings: string[];
  /** Number of calibration samples. */
  samples?: number;
  quantization?: Omit<QuantizeResult, "quantized">;
}

const modelTypes = { int8: "int8", int16: "int16x8" } as const satisfies Record<ActivationType, Summary["type"]>;

/** Summary of a .tflite, for the terminal and NAME.json. Inputs and outputs are read back from the file's bytes. */
export function summarize(
  graph: Graph,
  tflite: Uint8Array,
  name: string,
  stored?: StoredGraph,
  quantization?: Summary["quantization"],
): Summary {
  const [activation] = stored?.activations.values() ?? [];
  const model = readTflite(tflite);
  const file = model.subgraphs[0]!;
  const describe = (index: number): TensorSummary => {
    const { name: tensor, shape, type, quantization: params } = file.tensors[index]!;
    return {
      name: tensor,
      shape,
      type: type.toLowerCase(),
      ...(params && { scale: params.scale[0]!, zeroPoint: params.zeroPoint[0]! }),
    };
  };
  const floats = (index: number): boolean => graph.tensors[index]?.data instanceof Float32Array;
  const bytesOf = (index: number): number =>
    stored?.constants.get(index)?.data.byteLength ?? graph.tensors[index]!.data!.byteLength;
  // What several operators read counts once: the steps of an unrolled layer have the same weights.
  const constants = new Set(
    graph.nodes.flatMap((node) => node.inputs.filter(floats).map((input) => graph.tensors[input]!.data!)),
  );
  const operators = graph.nodes.map((node) => ({
    operator: node.op,
    layer: node.layer,
    type: graph.tensors[node.output]!.type?.toLowerCase() ?? activation?.type ?? "float32",
    shape: graph.tensors[node.output]!.shape,
    macs: macs(graph, node),
    weightBytes: node.inputs.filter(floats).reduce((sum, input) => sum + bytesOf(input), 0),
  }));
  return {
    name,
    bytes: tflite.length,
    type: activation ? modelTypes[activation.type] : "float32",
    inputs: file.inputs.map(describe),
    outputs: file.outputs.map(describe),
    parameters: [...constants].reduce((sum, data) => sum + data.length, 0),
    macs: operators.reduce((sum, operator) => sum + operator.macs, 0),
    operators,
    warnings: [...unrolledWarnings(graph, model, tflite.length), ...statesWarnings(graph)],
    ...(quantization && { quantization }),
  };
}
