/** What the tflm backend refuses of a file before it looks at its operators, as native/inference/tflm/tflmCheck.cc does. */
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { tflmInputs } from "tfjs-to-tflite/graph/tflmOperators.js";
import { isConstant } from "./graph.js";
import { inputOf, isCustom, outside, type Place } from "./places.js";
import { calledGraphs } from "./tflmScopes.js";

const schemaVersion = 3;

const withoutOutputs: readonly string[] = ["CALL_ONCE", "ASSIGN_VARIABLE"];

/** Wrong buffers and sizes of a model's tensors, each said once. */
function wrongTensors({ subgraphs, buffers }: TfliteModel): string[] {
  return subgraphs.flatMap(({ tensors, inputs, outputs }, subgraph) =>
    tensors.flatMap((tensor, index) => {
      const which = `tensor ${subgraph > 0 ? `${subgraph}/` : ""}${index}`;
      const isEnd = inputs.includes(index) || outputs.includes(index);
      if (tensor.buffer >= buffers.length)
        return [`${which} names buffer ${tensor.buffer}, there are ${buffers.length}`];
      if (tensor.shape.some((size) => size < 0))
        return [
          `${which} has shape [${tensor.shape.join(", ")}], and TensorFlow Lite Micro wants sizes that are known`,
        ];
      if (subgraph === 0 && isEnd && ["STRING", "RESOURCE", "VARIANT"].includes(tensor.type))
        return [`${which} has type ${tensor.type.toLowerCase()}, which has no size: it can be no input or output`];
      return [];
    }),
  );
}

/** A subgraph must come after that of the operator that runs it, so that none runs itself, and take and give what the operator does: a condition one number. */
function wrongCalled(model: TfliteModel, { name, graph, operator }: Place, option: string): string | undefined {
  const called = operator.options?.[option];
  const own = model.subgraphs.indexOf(graph);
  if (typeof called !== "number") return "does not say which subgraph it runs";
  const subgraph = model.subgraphs[called];
  if (called <= own || !subgraph)
    return `runs subgraph ${called}, one of those after ${own} is expected, of ${model.subgraphs.length}`;
  if (name === "CALL_ONCE") return undefined;
  const [inputs, outputs] = [
    operator.inputs.length - (name === "IF" ? 1 : 0),
    option === "condSubgraph" ? 1 : operator.outputs.length,
  ];
  return subgraph.inputs.length === inputs && subgraph.outputs.length === outputs
    ? undefined
    : `runs subgraph ${called} with inputs ${subgraph.inputs.length} and outputs ${subgraph.outputs.length}, ${inputs} and ${outputs} expected`;
}

function wrongCall(model: TfliteModel, place: Place): string | undefined {
  const { name, operator } = place;
  if (name === "WHILE" && operator.inputs.length !== operator.outputs.length)
    return `has inputs ${operator.inputs.length} and outputs ${operator.outputs.length}, as many of both expected`;
  return (calledGraphs[name] ?? []).flatMap((option) => wrongCalled(model, place, option) ?? []).at(0);
}

function missingInput(place: Place): string | undefined {
  if (isCustom(place)) return undefined;
  const missing = tflmInputs(place.name, place.operator.inputs.length).find((input) => !inputOf(place, input));
  return missing === undefined ? undefined : `has no input ${missing}`;
}

/** Its kernels take an output without elements for one whose size is not known; [0] is how scalars were written once. */
function emptyOutput({ graph, operator }: Place): string | undefined {
  const at = operator.outputs.findIndex((output) => {
    const shape = graph.tensors[output]?.shape ?? [];
    return shape.length > 1 && shape.includes(0);
  });
  return at < 0
    ? undefined
    : `has shape [${graph.tensors[operator.outputs[at]!]!.shape.join(", ")}] as output ${at}, and TensorFlow Lite Micro takes none without elements`;
}

/** It counts a byte for each number of int4, and a file's is half of one: of weights it reads the file's. */
function halfBytes(model: TfliteModel, { graph, operator }: Place): string | undefined {
  const isData = [...operator.inputs, ...operator.outputs].some((index) => {
    const tensor = graph.tensors[index];
    return tensor?.type === "INT4" && !isConstant(model, tensor);
  });
  return isData ? "int4 that is not constant, and TensorFlow Lite Micro has it as weights only" : undefined;
}

/** What is wrong with an operator, whatever its types. */
export const wrongOperator = (model: TfliteModel, place: Place): string | undefined =>
  place.operator.outputs.length === 0 && !withoutOutputs.includes(place.name)
    ? "has no outputs"
    : (missingInput(place) ?? emptyOutput(place) ?? halfBytes(model, place) ?? wrongCall(model, place));

export const wrongFile = (model: TfliteModel): string[] => [
  ...(model.version === schemaVersion ? [] : [`schema version ${model.version}, ${schemaVersion} expected`]),
  ...outside(model),
  ...wrongTensors(model),
];
