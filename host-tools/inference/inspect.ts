import type { Subgraph, TfliteModel, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs, isConstant, knownBytes, lifetimes, operatorNames } from "./graph.js";
import { macsOf } from "./macs.js";

export interface InspectedTensor {
  index: number;
  name: string;
  shape: number[];
  type: string;
  bytes: number;
  /** How many scales there are, and the first of them; undefined when the tensor is not quantized. */
  quantization?: { scales: number; scale: number; zeroPoint: number; dimension: number };
}

export interface InspectedOperator {
  index: number;
  operator: string;
  version: number;
  options: Record<string, unknown>;
  /** Tensors that are computed; weights are counted in weightBytes. */
  inputs: InspectedTensor[];
  outputs: InspectedTensor[];
  macs: number;
  weightBytes: number;
  /** Bytes of all tensors that are live while this operator runs. */
  liveBytes: number;
}

interface InspectedGraph {
  inputs: InspectedTensor[];
  outputs: InspectedTensor[];
  operators: InspectedOperator[];
  macs: number;
  weightBytes: number;
}

/** The main graph, and those that it calls. */
export interface Inspection extends InspectedGraph {
  bytes: number;
  description: string;
  metadata: string[];
  subgraphs: (InspectedGraph & { name: string })[];
}

const describe = (tensor: TfliteTensor, index: number): InspectedTensor => {
  const { name, shape, type, quantization } = tensor;
  const params = quantization && {
    scales: quantization.scale.length,
    scale: quantization.scale[0]!,
    zeroPoint: quantization.zeroPoint[0] ?? 0,
    dimension: quantization.quantizedDimension,
  };
  return {
    index,
    name,
    shape,
    type: type.toLowerCase(),
    bytes: knownBytes(tensor),
    ...(params && { quantization: params }),
  };
};

function inspectGraph(model: TfliteModel, graph: Subgraph): InspectedGraph {
  const names = operatorNames(model, graph);
  const lives = lifetimes(model, graph);
  const at = (indices: number[]) =>
    indices.filter((index) => index >= 0).map((index) => describe(graph.tensors[index]!, index));
  const operators = graph.operators.map((operator, index): InspectedOperator => {
    const weights = operator.inputs.filter((input) => input >= 0 && isConstant(model, graph.tensors[input]!));
    const options = Object.fromEntries(Object.entries(operator.options ?? {}).filter(([name]) => name !== "type"));
    return {
      index,
      operator: names[index]!,
      version: model.operatorCodes[operator.opcodeIndex]!.version,
      options,
      inputs: at(operator.inputs.filter((input) => !weights.includes(input))),
      outputs: at(operator.outputs),
      macs: macsOf(names[index]!, operator, graph.tensors),
      weightBytes: weights.reduce((sum, input) => sum + knownBytes(graph.tensors[input]!), 0),
      liveBytes: lives.reduce(
        (sum, { bytes, first, last }) => (first <= index + 1 && index + 1 <= last ? sum + bytes : sum),
        0,
      ),
    };
  });
  const constants = graph.tensors.filter((tensor) => isConstant(model, tensor));
  return {
    inputs: at(graph.inputs),
    outputs: at(graph.outputs),
    operators,
    macs: operators.reduce((sum, { macs }) => sum + macs, 0),
    weightBytes: constants.reduce((sum, tensor) => sum + knownBytes(tensor), 0),
  };
}

/** The graphs of a model, with what each operator costs. `fileBytes` is the size of its file. @throws UserError when it names a tensor that is not there */
export function inspect(model: TfliteModel, fileBytes: number): Inspection {
  const [main, ...more] = allSubgraphs(model);
  return {
    bytes: fileBytes,
    description: model.description,
    metadata: model.metadata.map(({ name }) => name),
    ...inspectGraph(model, main),
    subgraphs: more.map((graph) => ({ name: graph.name, ...inspectGraph(model, graph) })),
  };
}
