/** What the tflm backend refuses of a file before it looks at its operators, as native/inference/tflm/tflmCheck.cc does. */
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { outside, type Place } from "./places.js";

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

/** What is wrong with an operator, whatever its types. */
export const wrongOperator = (model: TfliteModel, place: Place): string | undefined =>
  place.operator.outputs.length === 0 && !withoutOutputs.includes(place.name)
    ? "has no outputs"
    : wrongCall(model, place);

export const wrongFile = (model: TfliteModel): string[] => [
  ...(model.version === schemaVersion ? [] : [`schema version ${model.version}, ${schemaVersion} expected`]),
  ...outside(model),
  ...wrongTensors(model),
];
