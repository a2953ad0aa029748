/** All that stands in the way of running a model on each backend, and what it would take. */
import type { EngineRules } from "tfjs-to-tflite/graph/operators/descriptor.js";
import { descriptorOf } from "tfjs-to-tflite/graph/operators/index.js";
import { tflmCustom, tflmParser, tflmTypes } from "tfjs-to-tflite/graph/tflmOperators.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { Subgraph, TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { microRefusals } from "./microArena.js";
import {
  converters,
  customName,
  dataType,
  hasSparse,
  isCustom,
  outside,
  placesOf,
  Said,
  sparse,
  type Place,
} from "./places.js";
import { singleOperator } from "./singleOperator.js";
import { tflmSupport } from "./tflmSupport.js";

export interface Support {
  /** Empty where the backend runs the model. */
  micro: string[];
  /** By what TensorFlow Lite Micro's sources say of operators and types; shapes and options are up to its kernels. */
  tflm: string[];
  advice: string[];
}

/** What is wrong with one of these can only be said of all of them together. */
const ofVariables = ["CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE"];

/** Why micro does not take data of a type; of int32 and bool it does where an operator needs them, and says itself where not. */
function microWords(type: string, name: string): string | undefined {
  switch (type) {
    case "FLOAT32":
      return converters.includes(name) ? undefined : "float32, and micro computes in int8";
    case "UINT8":
      return converters.includes(name)
        ? undefined
        : "uint8, the quantization of TensorFlow 1, and micro computes in int8";
    case "INT16":
      return converters.includes(name) ? undefined : "int16, which micro does not have for it";
    case "INT8":
    case "INT4":
    case "INT32":
    case "BOOL":
    case "RESOURCE":
    case "":
      return undefined;
    default:
      return `${type.toLowerCase()}, and micro computes in int8`;
  }
}

const isOfType = ({ types }: EngineRules, type: string): boolean =>
  (types as readonly string[]).includes(type.toLowerCase());

/** The model with nothing in it but what an operator of its main graph has. Tensors keep their numbers. */
function onlyWith(model: TfliteModel, { graph, operator }: Place): TfliteModel {
  const used = new Set([...operator.inputs, ...operator.outputs]);
  const buffers = new Set([...used].map((tensor) => graph.tensors[tensor]?.buffer));
  return {
    ...model,
    subgraphs: [
      {
        ...graph,
        tensors: graph.tensors.map((tensor, i) =>
          used.has(i) ? tensor : { name: "", shape: [1], type: "INT8", buffer: 0 },
        ),
      },
    ],
    buffers: model.buffers.map((bytes, i) => (buffers.has(i) ? bytes : new Uint8Array())),
    metadata: [],
  };
}

/** One input, which nothing reads, for an operator of constants alone: a graph without inputs is refused as such. */
function withInput(model: TfliteModel): TfliteModel {
  const graph = model.subgraphs[0]!;
  if (graph.inputs.length > 0) return model;
  const tensors: Subgraph["tensors"] = [...graph.tensors, { name: "", shape: [1], type: "INT8", buffer: 0 }];
  return { ...model, subgraphs: [{ ...graph, tensors, inputs: [graph.tensors.length] }] };
}

/** Options of a table that loam does not know. */
const hasOtherOptions = ({ operator }: Place): boolean => operator.options?.type.startsWith("#") === true;

/** The model of one operator of the main graph; without options that no kernel of the engine reads. */
function alone(model: TfliteModel, place: Place): Uint8Array {
  const single = withInput(singleOperator(onlyWith(model, place), place.index).model);
  if (!hasOtherOptions(place)) return writeTflite(single);
  const { opcodeIndex, inputs, outputs } = place.operator;
  return writeTflite({
    ...single,
    subgraphs: [{ ...single.subgraphs[0]!, operators: [{ opcodeIndex, inputs, outputs }] }],
  });
}

/** What is wrong with an operator by its name, options and types; undefined where the engine has to be asked. */
function microFault(model: TfliteModel, place: Place): string | undefined {
  const type = dataType(model, place) ?? "";
  const descriptor = descriptorOf(place.name);
  const engine = descriptor?.engine;
  if (typeof engine !== "object") return "micro does not have it";
  const words = microWords(type, place.name);
  if (words && !isOfType(engine, type)) return words;
  const { options } = descriptor!;
  if (options !== "none" && hasOtherOptions(place))
    return `has options of type ${place.operator.options!.type.slice(1)}, ${options.union} expected`;
  return hasSparse(place) ? sparse : undefined;
}

async function microSupport(bytes: Uint8Array, model: TfliteModel, places: Place[]): Promise<string[]> {
  const [refusal] = await microRefusals([bytes]);
  if (refusal === undefined) return [];
  const known = places.map((place) => microFault(model, place));
  const asked = places.filter((place, i) => !known[i] && place.isMain && !ofVariables.includes(place.name));
  const answers = await microRefusals(asked.map((place) => alone(model, place)));
  const said = new Said();
  for (const [i, place] of places.entries()) {
    // Without operator and number before it: those are of the model of one operator.
    const fault = known[i] ?? answers[asked.indexOf(place)]?.replace(`${place.name} #0: `, "");
    if (fault !== undefined) said.say(fault, place);
  }
  const reasons = [...outside(model), ...said.lines()];
  // What is wrong with the whole, and with none of its operators alone.
  return reasons.length > 0 ? reasons : [refusal];
}

const replaceLayers = (names: readonly string[], what: string): string[] =>
  names.length === 0
    ? []
    : [`no backend has ${names.join(", ")}${what}: replace the layers that make ${names.length > 1 ? "them" : "it"}`];

function adviceOn(model: TfliteModel, places: Place[], micro: string[], tflm: string[]): string[] {
  const typed = places.filter((place) => !converters.includes(place.name) && !isCustom(place));
  const types = new Set(typed.map((place) => dataType(model, place)));
  const names = (list: readonly Place[]): string[] => [...new Set(list.map(({ name }) => name))];
  const inInt8 = typed.filter((place) => dataType(model, place) === "INT8");
  const convertible = (["UINT8", "FLOAT32", "FLOAT16"] as const).find((type) => types.has(type));
  // A mixed model is int8 as far as there are kernels.
  const isMixed = convertible === "FLOAT32" && inInt8.length > 0;
  return [
    ...(convertible && !isMixed && micro.length > 0
      ? [
          `to make it int8: npx loam convert MODEL --calibrate SAMPLES, MODEL being the Keras or tfjs model that this ${convertible.toLowerCase()} file was made of`,
        ]
      : []),
    ...(micro.length > 0 && tflm.length === 0
      ? ["for tflm: native/inference/tflm/manifest.json in place of native/inference/manifest.json"]
      : []),
    ...replaceLayers(
      names(inInt8).filter((name) => tflmTypes(name)?.includes("INT8") === false),
      " in int8",
    ),
    ...replaceLayers(
      names(places).filter((name) => !tflmParser.has(name) && !tflmCustom.has(customName(name) ?? "")),
      "",
    ),
  ];
}

/** @throws UserError when the model names tensors or operator codes that are not there */
export async function supportOf(bytes: Uint8Array, model: TfliteModel): Promise<Support> {
  const places = placesOf(model);
  const micro = await microSupport(bytes, model, places);
  const tflm = tflmSupport(model, places);
  return { micro, tflm, advice: adviceOn(model, places, micro, tflm) };
}

const said = (backend: string, reasons: readonly string[], runs: string): string[] =>
  reasons.length === 0
    ? [`${backend} ${runs}`]
    : [`${backend} does not run it:`, ...reasons.map((reason) => `  ${reason}`)];

/** As lines of text. */
export const supportLines = ({ micro, tflm, advice }: Support): string[] => [
  ...said("micro", micro, "runs it"),
  ...said("tflm", tflm, "has all of its operators, in these types"),
  ...advice,
];
