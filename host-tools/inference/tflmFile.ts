/** What the tflm backend refuses of a file before it looks at its operators, as native/inference/tflm/tflmCheck.cc does. */
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { tflmInputs } from "tfjs-to-tflite/graph/tflmOperators.js";
import { isConstant } from "./graph.js";
import { inputOf, isCustom, outside, type Place } from "./places.js";

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

/** What CALL_ONCE runs must come after its own subgraph, so that none runs itself. */
function wrongCall(model: TfliteModel, { name, graph, operator }: Place): string | undefined {
  const called = operator.options?.["initSubgraph"];
  const own = model.subgraphs.indexOf(graph);
  return name === "CALL_ONCE" && typeof called === "number" && (called <= own || called >= model.subgraphs.length)
    ? `runs subgraph ${called}, one of those after ${own} is expected, of ${model.subgraphs.length}`
    : undefined;
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
