import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";
import type { Progress } from "../lib/progress.js";
import { requireVaried } from "../quantize/calibration.js";
import { withFloatEnds } from "../quantize/floatEnds.js";
import { quantize, type QuantizeOptions, type QuantizeResult } from "../quantize/index.js";
import { writeTflite } from "../graph/tflite.js";
import { emit, endTypesOf, type InputOutput, type QuantizedGraph } from "../graph/emit.js";
import type { TfliteModel } from "../tflite/index.js";
import type { Graph } from "../graph/graph.js";
import { sampleSetOf, type SampleSet, type Samples } from "../graph/sampleSet.js";
import { simplify } from "../graph/simplify.js";
import type { LstmForm } from "./builder.js";
import { described, endNames, type Description } from "./describe.js";
import { graphOfGraphModel, type GraphModel, type InputShapes } from "./graphModel/index.js";
import { pictureRanges } from "./pictureBytes.js";
import { summarize, type Summary } from "./summary.js";
import { translate } from "./translate.js";
import { rounded, storedWeights, type WeightType } from "./weights.js";

export type { Summary } from "./summary.js";

export interface ConvertOptions extends Omit<QuantizeOptions, "progress" | "inputRanges"> {
  /** Integers throughout (int8, or int16 with int8 weights, as `activations` says), or float32. */
  mode: "int8" | "float";
  name: string;
  /** Calibration samples of the model's input, like those in the field; required for integers. */
  calibration?: Samples;
  /** Calibrate on samples that do not vary, too: one, or all alike. Default false: they are an error. */
  force?: boolean;
  /** How a float model's weights are stored. Default float32. */
  weights?: WeightType;
  /** Input and output type of a quantized model. Default that of its activations. */
  io?: InputOutput;
  /** What the file says about itself. Default nothing. */
  description?: Description;
  /** Makes the file of a quantized model: for an engine that wants it in pieces, or with more in it. Default writeTflite. */
  write?: (model: TfliteModel) => Uint8Array | Promise<Uint8Array>;
  /** Sizes of inputs that have free ones. */
  inputShapes?: InputShapes;
  /** What an LSTM of tanh and sigmoid becomes, without masked steps or states that go in or out. "fused": one operator, whose states last until they are reset. Default "unrolled". */
  lstm?: LstmForm;
  progress?: Progress;
}

export interface Conversion {
  tflite: Uint8Array;
  summary: Summary;
  /** The float network as it was converted: folded and fused. */
  graph: Graph;
  /** What an integer model was calibrated on, checked. */
  samples?: SampleSet;
  /** Of a float model with weights of another type, the network with the numbers that they stand for. */
  rounded?: Graph;
  quantized?: QuantizedGraph;
  quantization?: Omit<QuantizeResult, "quantized">;
}

/** The network of a model in TensorFlow Lite's operators, batch normalizations folded and activations fused. */
export const graphOf = (
  model: tfl.LayersModel | GraphModel,
  name: string,
  shapes: InputShapes = {},
  lstm?: LstmForm,
): Graph => ("json" in model ? graphOfGraphModel(model, name, shapes) : simplify(translate(model, name, shapes, lstm)));

/**
 * Converts a tfjs LayersModel of the layers in layers/index.ts, or a graph model of the ops in graphModel/ops, to a .tflite. A tfjs backend must be running.
 * @throws UserError naming an unsupported layer or op, or the error in the weights or calibration samples.
 */
export async function convertModel(model: tfl.LayersModel | GraphModel, options: ConvertOptions): Promise<Conversion> {
  await tf.ready();
  const graph = graphOf(model, options.name, options.inputShapes, options.lstm);
  const names = endNames(model, graph);
  const complete = (file: TfliteModel): TfliteModel => described(file, names, options.description ?? {});
  if (options.mode === "float") {
    const { weights = "float32" } = options;
    const stored = storedWeights(graph, weights);
    const tflite = writeTflite(complete(emit(graph, stored)));
    const summary = summarize(graph, tflite, options.name, stored);
    return { tflite, graph, ...(stored && { rounded: rounded(stored) }), summary: { ...summary, weights } };
  }
  if (options.calibration === undefined)
    throw new UserError(
      "int8 needs calibration samples (--calibrate FILE): the ranges of the activations are measured on them. For a float model use --float",
    );
  endTypesOf(options.activations ?? "int8", options.io);
  const samples = await sampleSetOf(graph, options.calibration);
  if (!options.force) requireVaried(graph, samples);
  const { normalization } = options.description ?? {};
  const inputRanges = pictureRanges(graph, samples, normalization, options.io, options.force ?? false);
  const { quantized: integers, ...quantization } = await quantize(graph, samples, { ...options, inputRanges });
  const quantized = withFloatEnds(integers, options.io);
  const write = options.write ?? writeTflite;
  const tflite = await write(complete(emit(quantized.graph, quantized, options.io)));
  const summary = summarize(quantized.graph, tflite, options.name, quantized, quantization);
  return { tflite, graph, samples, quantized, quantization, summary: { ...summary, samples: samples.count } };
}
