/** What TensorFlow Lite Micro does not take of a model, by what its sources say of operators, types and constants. */
import {
  tflmCustom,
  tflmOutputTypes,
  tflmParser,
  tflmTypes,
  wantsCustomOptions,
} from "tfjs-to-tflite/graph/tflmOperators.js";
import { tflmSignatures, type Signature } from "tfjs-to-tflite/graph/tflmCustomTypes.js";
import type { TensorType, TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { UserError } from "../lib/errors.js";
import { isConstant } from "./graph.js";
import {
  converters,
  customName,
  dataType,
  hasSparse,
  inputOf,
  isCustom,
  placesOf,
  Said,
  sparse,
  type Place,
} from "./places.js";
import { wrongFile, wrongOperator } from "./tflmFile.js";
import { whyItIsRefused } from "./tflmPrepare.js";
import { whyItStops } from "./tflmStops.js";
import { tflmArena, type TflmArena } from "./tflmArena.js";

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
const computedInput = (model: TfliteModel, place: Place): number | undefined =>
  (wantedConstant[place.name] ?? []).find((input) => {
    const tensor = inputOf(place, input);
    return tensor !== undefined && !isConstant(model, tensor);
  });

/** Which input the weights are, and the types that go with a type of data. */
const weightsInput: Readonly<Record<string, number>> = {
  CONV_2D: 1,
  DEPTHWISE_CONV_2D: 1,
  FULLY_CONNECTED: 1,
  TRANSPOSE_CONV: 1,
  PRELU: 1,
  SVDF: 1,
  UNIDIRECTIONAL_SEQUENCE_LSTM: 2,
};
const weightTypes: Readonly<Partial<Record<TensorType, readonly TensorType[]>>> = {
  FLOAT32: ["FLOAT32"],
  INT8: ["INT8", "INT4"],
  INT16: ["INT8"],
};

const listed = (types: readonly TensorType[]): string => types.join(", ").toLowerCase();

function wrongWeights(place: Place, type: TensorType): string | undefined {
  const weights = inputOf(place, weightsInput[place.name] ?? -1)?.type;
  const right = weightTypes[type];
  if (weights === undefined || right === undefined || right.includes(weights)) return undefined;
  return type === "FLOAT32" && weights === "INT8"
    ? "float32 with int8 weights (dynamic range), which TensorFlow Lite Micro refuses"
    : `${listed([type])} with ${listed([weights])} weights, and TensorFlow Lite Micro has it with ${listed(right)}`;
}

function wrongOutput({ name, graph, operator }: Place, type: TensorType): string | undefined {
  const to = graph.tensors[operator.outputs[0] ?? -1]?.type;
  const right = tflmOutputTypes(name, type);
  return to === undefined || !right || right.includes(to)
    ? undefined
    : `from ${listed([type])} to ${listed([to])}, and TensorFlow Lite Micro takes it to ${listed(right)} only`;
}

const inWords = ({ inputs, outputs }: Signature): string => `${listed(inputs)} to ${listed(outputs)}`;

/** Of a custom operator, whose shapes are up to its kernel. */
function wrongCustom({ name, operator, graph }: Place): string | undefined {
  const custom = customName(name) ?? "";
  if (!tflmCustom.has(custom)) return "tflm does not have it";
  if (wantsCustomOptions(custom) && !operator.customOptions) return "has no options";
  const right = tflmSignatures(custom)?.map(inWords);
  const [inputs, outputs] = [operator.inputs, operator.outputs].map((list) =>
    list.flatMap((tensor) => graph.tensors[tensor]?.type ?? []),
  );
  const has = inWords({ inputs: inputs!, outputs: outputs! });
  return !right || right.includes(has)
    ? undefined
    : `from ${has}, and TensorFlow Lite Micro has it from ${right.join(", or from ")}`;
}

/** Undefined where nothing is known to be wrong. */
function wrongWith(model: TfliteModel, place: Place): string | undefined {
  if (isCustom(place)) return wrongCustom(place);
  if (!tflmParser.has(place.name)) return "tflm does not have it";
  const wrong = wrongOperator(model, place);
  if (wrong !== undefined) return wrong;
  const stops = whyItStops(place);
  if (stops !== undefined) return `${stops}, at which TensorFlow Lite Micro stops`;
  const type = dataType(model, place);
  const types = tflmTypes(place.name);
  if (types && !(types as readonly (string | undefined)[]).includes(type))
    return `${type?.toLowerCase() ?? "no type"}, and TensorFlow Lite Micro has it in ${listed(types)} only`;
  if (hasSparse(place)) return sparse;
  const computed = computedInput(model, place);
  if (computed !== undefined) return `input ${computed} is computed, and TensorFlow Lite Micro wants a constant`;
  const other = type && (converters.includes(place.name) ? wrongOutput(place, type) : wrongWeights(place, type));
  return other ?? whyItIsRefused(place);
}

/** Empty where TensorFlow Lite Micro has all operators of a model, in its types; shapes, options and scales are up to its kernels. */
export function tflmSupport(model: TfliteModel, places: readonly Place[]): string[] {
  const said = new Said();
  for (const place of places) {
    const wrong = wrongWith(model, place);
    if (wrong !== undefined) said.say(wrong, place);
  }
  return [...wrongFile(model), ...said.lines()];
}

/** The arena of a model that TensorFlow Lite Micro runs. @throws UserError for one that it refuses, or whose needs are not known */
export function tflmFigures(model: TfliteModel): TflmArena {
  const [first, ...more] = tflmSupport(model, placesOf(model));
  if (first !== undefined)
    throw new UserError(`it does not run on tflm: ${first}${more.length > 0 ? `, and ${more.length} more` : ""}`);
  return tflmArena(model);
}
