import { UserError } from "../lib/errors.js";
import {
  builtinNames,
  elementBits,
  elementBytes,
  type Subgraph,
  type TfliteModel,
  type TfliteTensor,
} from "tfjs-to-tflite/tflite/index.js";

/** "CONV_2D" for 3, and so on; "#n" for a number that the schema does not have yet. */
export const operatorName = (code: number): string => builtinNames[code] ?? `#${code}`;

/** A buffer and its lifetime in operators: from `first` to `last`, both included. */
export interface Lifetime {
  tensor: number;
  bytes: number;
  first: number;
  last: number;
}

/** @throws UserError when a subgraph names a tensor that is not there */
function checkTensors(graph: Subgraph): void {
  const count = graph.tensors.length;
  const check = (who: string, list: readonly number[], least: number) => {
    const wrong = list.find((tensor) => tensor < least || tensor >= count);
    if (wrong !== undefined) throw new UserError(`${who} names tensor ${wrong}, the model has ${count}`);
  };
  check("the graph's list of inputs", graph.inputs, 0);
  check("the graph's list of outputs", graph.outputs, 0);
  for (const [index, { inputs, outputs }] of graph.operators.entries()) {
    check(`operator ${index}`, inputs, -1);
    check(`operator ${index}`, outputs, 0);
  }
}

/** All subgraphs of a model; the first is what is run. @throws UserError when there is none, or one names a tensor that is not there */
export function allSubgraphs(model: TfliteModel): [Subgraph, ...Subgraph[]] {
  const [graph, ...more] = model.subgraphs;
  if (!graph) throw new UserError("the model has 0 subgraphs, at least 1 is expected");
  for (const each of model.subgraphs) checkTensors(each);
  return [graph, ...more];
}

/** The one subgraph of a model. @throws UserError when there are more, or none, or it names a tensor that is not there */
export function onlySubgraph(model: TfliteModel): Subgraph {
  const [graph, ...more] = model.subgraphs;
  if (!graph || more.length > 0)
    throw new UserError(`the model has ${model.subgraphs.length} subgraphs, exactly 1 is expected`);
  checkTensors(graph);
  const without = graph.operators.findIndex(({ outputs }) => outputs.length === 0);
  if (without >= 0) throw new UserError(`operator ${without} has no output`);
  return graph;
}

/** Names of a subgraph's operators, in order. @throws UserError when an operator names a code that is not there */
export function operatorNames(model: TfliteModel, graph: Subgraph): string[] {
  return graph.operators.map(({ opcodeIndex }, index) => {
    const code = model.operatorCodes[opcodeIndex];
    if (!code)
      throw new UserError(
        `operator ${index} has operator code ${opcodeIndex}, the model has ${model.operatorCodes.length}`,
      );
    return code.customCode === undefined ? operatorName(code.builtinCode) : `CUSTOM "${code.customCode}"`;
  });
}

/** Bytes of a tensor's data. @throws UserError for a type or a shape that has no size */
export function tensorBytes({ name, type, shape }: TfliteTensor): number {
  const each = elementBytes[type] ?? (elementBits[type] ?? NaN) / 8;
  if (Number.isNaN(each)) throw new UserError(`tensor "${name}" has type ${type}, which has no fixed size`);
  const bytes = Math.ceil(shape.reduce((product, size) => product * size, each));
  if (!Number.isSafeInteger(bytes) || bytes < 0)
    throw new UserError(`tensor "${name}" has shape [${shape.join(", ")}]`);
  return bytes;
}

/** The same, and 0 for a tensor without a size: a resource, a string. */
export function knownBytes(tensor: TfliteTensor): number {
  try {
    return tensorBytes(tensor);
  } catch (error) {
    if (error instanceof UserError) return 0;
    throw error;
  }
}

/** Whether a tensor's data is in the file: weights, biases, axes. */
export const isConstant = (model: TfliteModel, tensor: TfliteTensor): boolean =>
  (model.buffers[tensor.buffer]?.length ?? 0) > 0;

/**
 * Lifetimes of all tensors that need room, in the order of the tensors, counted as TensorFlow Lite Micro counts them: inputs are there from
 * scope 0, operator i is scope i + 1, outputs stay to the end.
 */
export function lifetimes(model: TfliteModel, graph: Subgraph): Lifetime[] {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  const see = (tensor: number, scope: number) => {
    if (!first.has(tensor)) first.set(tensor, scope);
    last.set(tensor, scope);
  };
  for (const tensor of graph.inputs) see(tensor, 0);
  graph.operators.forEach(({ inputs, outputs }, i) => {
    for (const tensor of outputs) see(tensor, i + 1);
    for (const tensor of inputs) if (tensor >= 0 && first.has(tensor)) see(tensor, i + 1);
  });
  for (const tensor of graph.outputs) see(tensor, graph.operators.length);
  return graph.tensors.flatMap((tensor, index): Lifetime[] => {
    const bytes = knownBytes(tensor);
    if (isConstant(model, tensor) || bytes === 0 || !first.has(index)) return [];
    return [{ tensor: index, bytes, first: first.get(index)!, last: last.get(index)! }];
  });
}

/** Of an input of the main graph, by number. */
export function inputBytes(model: TfliteModel, i: number): number {
  const [{ tensors, inputs }] = allSubgraphs(model);
  return tensorBytes(tensors[inputs[i]!]!);
}
