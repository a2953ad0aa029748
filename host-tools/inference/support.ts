/** All that stands in the way of running a model on each backend, and what it would take. */
import type { EngineRules } from "tfjs-to-tflite/graph/operators/descriptor.js";
import { descriptorOf } from "tfjs-to-tflite/graph/operators/index.js";
import { tflmFloatOnly, tflmParser, tflmTypes } from "tfjs-to-tflite/graph/tflmOperators.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { UserError } from "../lib/errors.js";
import type { Subgraph, TfliteModel, TfliteOperator } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs, isConstant, operatorNames } from "./graph.js";
import { microRefusals } from "./microArena.js";
import { singleOperator } from "./singleOperator.js";
import { tflmArena, type TflmArena } from "./tflmArena.js";

export interface Support {
  /** Empty where the backend runs the model. */
  micro: string[];
  /** By what TensorFlow Lite Micro's sources say of operators and types; shapes and options are up to its kernels. */
  tflm: string[];
  advice: string[];
}

/** What is said of operators, and their numbers; those of other subgraphs are written "1/#0". */
type Said = Map<string, { what: string; name: string; numbers: string[] }>;
function say(said: Said, what: string, { name, number }: Place): void {
  const key = `${name}: ${what}`;
  const entry = said.get(key) ?? { what, name, numbers: [] };
  said.set(key, entry);
  entry.numbers.push(number);
}
const lines = (said: Said): string[] =>
  [...said.values()].map(({ what, name, numbers }) => `${name} ${numbers.join(", ")}: ${what}`);

interface Place {
  name: string;
  number: string;
  graph: Subgraph;
  operator: TfliteOperator;
  index: number;
  isMain: boolean;
}

const placesOf = (model: TfliteModel): Place[] =>
  allSubgraphs(model).flatMap((graph, subgraph) =>
    operatorNames(model, graph).map((name, index): Place => {
      const number = `${subgraph === 0 ? "" : `${subgraph}/`}#${index}`;
      return { name, number, graph, operator: graph.operators[index]!, index, isMain: subgraph === 0 };
    }),
  );

/** Operators that take every type to another. */
const converters = ["QUANTIZE", "DEQUANTIZE", "CAST"];

/** What is wrong with one of these can only be said of all of them together. */
const ofVariables = ["CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE"];

const typeOf = ({ graph, operator }: Place, input: number): string | undefined =>
  graph.tensors[operator.inputs[input] ?? -1]?.type;

/** The type whose data an operator reads: that of its first computed input. */
function dataType(model: TfliteModel, { graph, operator }: Place): string | undefined {
  const tensors = operator.inputs.flatMap((input) => graph.tensors[input] ?? []);
  return (tensors.find((tensor) => !isConstant(model, tensor)) ?? tensors[0])?.type;
}

const words: Readonly<Record<string, string>> = {
  FLOAT32: "float32, and micro computes in int8",
  UINT8: "uint8, the quantization of TensorFlow 1, which neither backend has",
  INT16: "int16, which micro does not have for it",
};

const isOfType = ({ types }: EngineRules, type: string): boolean =>
  (types as readonly string[]).includes(type.toLowerCase());

/** Inputs that TensorFlow Lite Micro's kernels want as constants. */
const wantedConstant: Readonly<Record<string, readonly number[]>> = {
  BROADCAST_TO: [1],
  EXPAND_DIMS: [1],
  FILL: [0],
  PAD: [1],
  PADV2: [1],
  RESIZE_BILINEAR: [1],
  RESIZE_NEAREST_NEIGHBOR: [1],
  SPLIT: [0],
  SPLIT_V: [2],
  STRIDED_SLICE: [1, 2, 3],
  TRANSPOSE: [1],
};

/** The first input of those that is computed. */
const computedInput = (model: TfliteModel, { name, graph, operator }: Place): number | undefined =>
  (wantedConstant[name] ?? []).find((input) => {
    const tensor = graph.tensors[operator.inputs[input] ?? -1];
    return tensor !== undefined && !isConstant(model, tensor);
  });

const hasSparse = ({ graph, operator }: Place): boolean =>
  operator.inputs.some((input) => graph.tensors[input]?.isSparse);
const sparse = "sparse weights, which neither backend reads: make them dense before converting";

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

/** The model of one operator of the main graph. */
const alone = (model: TfliteModel, place: Place): Uint8Array =>
  writeTflite(withInput(singleOperator(onlyWith(model, place), place.index).model));

/** What is wrong with an operator by its name and types; undefined where the engine has to be asked. */
function microFault(model: TfliteModel, place: Place): string | undefined {
  const type = dataType(model, place) ?? "";
  const engine = descriptorOf(place.name)?.engine;
  if (typeof engine !== "object") return "micro does not have it";
  if (words[type] && !converters.includes(place.name) && !isOfType(engine, type)) return words[type];
  return hasSparse(place) ? sparse : undefined;
}

async function microSupport(bytes: Uint8Array, model: TfliteModel, places: Place[]): Promise<string[]> {
  const [refusal] = await microRefusals([bytes]);
  if (refusal === undefined) return [];
  const known = places.map((place) => microFault(model, place));
  const asked = places.filter((place, i) => !known[i] && place.isMain && !ofVariables.includes(place.name));
  const answers = await microRefusals(asked.map((place) => alone(model, place)));
  const said: Said = new Map();
  for (const [i, place] of places.entries()) {
    // Without operator and number before it: those are of the model of one operator.
    const fault = known[i] ?? answers[asked.indexOf(place)]?.replace(`${place.name} #0: `, "");
    if (fault !== undefined) say(said, fault, place);
  }
  const reasons = lines(said);
  // What is wrong with the whole, and with none of its operators alone.
  return reasons.length > 0 ? reasons : [refusal];
}

/** Whether TensorFlow Lite Micro's kernel takes data of a type, as far as that is known. */
const takes = (name: string, type: string | undefined): boolean =>
  (tflmTypes(name) as readonly (string | undefined)[] | undefined)?.includes(type) ?? true;

function tflmSupport(model: TfliteModel, places: Place[]): string[] {
  const said: Said = new Map();
  for (const place of places) {
    const type = dataType(model, place);
    if (!tflmParser.has(place.name)) say(said, "tflm does not have it", place);
    else if (!takes(place.name, type))
      say(
        said,
        `${type?.toLowerCase() ?? "no type"}, and TensorFlow Lite Micro has it in ${tflmTypes(place.name)!.join(", ").toLowerCase()} only`,
        place,
      );
    else if (hasSparse(place)) say(said, sparse, place);
    else if (computedInput(model, place) !== undefined)
      say(said, `input ${computedInput(model, place)} is computed, and TensorFlow Lite Micro wants a constant`, place);
    else if (type === "UINT8" && ![...converters, "REVERSE_V2", "RESHAPE"].includes(place.name))
      say(said, words["UINT8"]!, place);
    else if (type === "FLOAT32" && typeOf(place, 1) === "INT8" && !converters.includes(place.name))
      say(said, "float32 with int8 weights (dynamic range), which TensorFlow Lite Micro refuses", place);
  }
  return lines(said);
}

/** The arena of a model that TensorFlow Lite Micro runs. @throws UserError for one that it refuses, or whose needs are not known */
export function tflmFigures(model: TfliteModel): TflmArena {
  const [first, ...more] = tflmSupport(model, placesOf(model));
  if (first !== undefined)
    throw new UserError(`it does not run on tflm: ${first}${more.length > 0 ? `, and ${more.length} more` : ""}`);
  return tflmArena(model);
}

function adviceOn(model: TfliteModel, places: Place[], micro: string[], tflm: string[]): string[] {
  const types = new Set(places.map((place) => dataType(model, place)));
  const convertible = places.some(
    (place) => ["FLOAT32", "UINT8"].includes(dataType(model, place) ?? "") && !converters.includes(place.name),
  );
  const notInt8 = [
    ...new Set(places.filter((place) => dataType(model, place) === "INT8").map(({ name }) => name)),
  ].filter((name) => tflmFloatOnly.has(name));
  const nowhere = [...new Set(places.map(({ name }) => name))].filter((name) => !tflmParser.has(name));
  return [
    ...(convertible && micro.length > 0
      ? [
          `to make it int8: npx loam convert MODEL --calibrate SAMPLES, MODEL being the Keras or tfjs model that this ${types.has("UINT8") ? "uint8" : "float32"} file was made of`,
        ]
      : []),
    ...(micro.length > 0 && tflm.length === 0
      ? ["for tflm: native/inference/tflm/manifest.json in place of native/inference/manifest.json"]
      : []),
    ...(notInt8.length > 0
      ? [
          `no backend has ${notInt8.join(", ")} in int8: replace the layers that make ${notInt8.length > 1 ? "them" : "it"}`,
        ]
      : []),
    ...(nowhere.length > 0 ? [`no backend has ${nowhere.join(", ")}: replace the layers that make them`] : []),
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
