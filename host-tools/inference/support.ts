/** All that stands in the way of running a model on each backend, and what it would take. */
import type { EngineRules } from "../graph/operators/descriptor.js";
import { descriptorOf } from "../graph/operators/index.js";
import { tflmFloatOnly, tflmParser } from "../graph/tflmOperators.js";
import { writeTflite } from "../graph/tflite.js";
import { UserError } from "../lib/errors.js";
import type { Subgraph, TfliteModel, TfliteOperator } from "../tflite/index.js";
import { allSubgraphs, isConstant, operatorNames } from "./graph.js";
import { microArena } from "./microArena.js";
import { singleOperator } from "./singleOperator.js";

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

/** What micro says of a model; undefined where it runs it. @throws Error when the engine could not be asked */
async function microRefusal(bytes: Uint8Array, model: TfliteModel): Promise<string | undefined> {
  const prefix = "backend micro: ";
  try {
    await microArena(bytes, model);
    return undefined;
  } catch (error) {
    if (error instanceof UserError && error.message.startsWith(prefix)) return error.message.slice(prefix.length);
    throw error;
  }
}

/** What micro says of one operator alone, without operator and number before it. */
async function microFault(model: TfliteModel, { index, name }: Place): Promise<string | undefined> {
  const alone = singleOperator({ ...model, metadata: [] }, index).model;
  return (await microRefusal(writeTflite(alone), alone))?.replace(`${name} #0: `, "");
}

async function microSupport(bytes: Uint8Array, model: TfliteModel, places: Place[]): Promise<string[]> {
  const refusal = await microRefusal(bytes, model);
  if (refusal === undefined) return [];
  const said: Said = new Map();
  for (const place of places) {
    const type = dataType(model, place) ?? "";
    const engine = descriptorOf(place.name)?.engine;
    if (typeof engine !== "object") say(said, "micro does not have it", place);
    else if (words[type] && !converters.includes(place.name) && !isOfType(engine, type)) say(said, words[type], place);
    else if (place.isMain && !ofVariables.includes(place.name)) {
      const fault = await microFault(model, place);
      if (fault !== undefined) say(said, fault, place);
    }
  }
  const reasons = lines(said);
  // What is wrong with the whole, and with none of its operators alone.
  return reasons.length > 0 ? reasons : [refusal];
}

function tflmSupport(model: TfliteModel, places: Place[]): string[] {
  const said: Said = new Map();
  for (const place of places) {
    const type = dataType(model, place);
    if (!tflmParser.has(place.name)) say(said, "tflm does not have it", place);
    else if (tflmFloatOnly.has(place.name) && type !== "FLOAT32")
      say(said, `${type?.toLowerCase() ?? "no type"}, and TensorFlow Lite Micro has it in float32 only`, place);
    else if (type === "UINT8" && ![...converters, "REVERSE_V2", "RESHAPE"].includes(place.name))
      say(said, words["UINT8"]!, place);
    else if (type === "FLOAT32" && typeOf(place, 1) === "INT8" && !converters.includes(place.name))
      say(said, "float32 with int8 weights (dynamic range), which TensorFlow Lite Micro refuses", place);
  }
  return lines(said);
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
