/** What the package does for a program, whatever it runs on. */
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { lstmForms, type LstmForm } from "./convert/builder.js";
import { agreementOf, layerAgreement, type Agreement } from "./convert/agreement.js";
import type { Labels } from "./convert/describe.js";
import type { GraphModel, InputShapes } from "./convert/graphModel/index.js";
import { convertModel, graphOf, type Summary } from "./convert/index.js";
import { weightTypes, type WeightType } from "./convert/weights.js";
import { modelInputs, type ModelInput } from "./convert/modelInputs.js";
import { readModel } from "./convert/readModel.js";
import type { InputOutput, QuantizedGraph } from "./graph/emit.js";
import { readLayersModel } from "./graph/layersModel.js";
import type { ModelFiles } from "./graph/modelJson.js";
import { sizeOf } from "./graph/shape.js";
import { isSource, sourceOf, type ArraySource } from "./graph/arraySource.js";
import { sampleSetOf, type Samples } from "./graph/sampleSet.js";
import { registerCustomLayers } from "./tf/customLayers.js";
import type { TfliteModel } from "./tflite/index.js";
import type { Normalization } from "./tflite/metadata.js";
import { UserError } from "./lib/errors.js";
import { requireKnownOptions, type KnownOptions } from "./lib/options.js";
import { inWords, worded, type OptionWords } from "./lib/optionWords.js";
import { silentProgress, type Progress } from "./lib/progress.js";
import { explained } from "./tf/failure.js";
import { pruneWith, type PruneOptions, type PruneReport } from "./pruning.js";
import { activationTypes } from "./graph/parameters.js";
import { within, type Report as Told } from "./quantize/stages.js";
import { quantize, rangeMethods, type QuantizeOptions, type QuantizeResult } from "./quantize/index.js";

/** Numbers with their shape, [samples, ...], or one sample after the other. */
export interface ArraySamples {
  data: Float32Array;
  shape?: number[];
}

type OneGiven = ArraySamples | ArraySource | tf.Tensor | Float32Array;

/** Samples of the model's inputs: of one, or a list with those of each. An ArraySource, such as openSamples gives, is read piece by piece, several times. */
export type GivenSamples = OneGiven | readonly OneGiven[];

/** A model of tfjs: loaded, or where its files are. */
export type Model<Place> = tfl.LayersModel | GraphModel | ModelFiles | Place;

export interface ConvertOptions extends Pick<
  QuantizeOptions,
  "activations" | "range" | "equalize" | "biasCorrection" | "fineTune" | "mixed"
> {
  /** Samples of the model's inputs like those in the field, 100 or more: the model becomes int8 (16x8 with `activations: "int16"`), its ranges measured on them. Without them it stays float32. */
  calibrate?: GivenSamples;
  /** "float" stays float32 with `calibrate`, too: the report then says how the model does on the samples. */
  type?: "int8" | "float";
  /** How the weights of a float model are stored: as float16 they take half, as int8 a quarter, with activations that stay float32. Default float32. */
  weights?: WeightType;
  /** Calibrate on samples that do not vary, too: one, or all alike. Default false: they are an error. */
  force?: boolean;
  /** Type of a quantized model's inputs and outputs, or of both apart. Default that of its activations. */
  io?: InputOutput;
  /** Names of the classes, for the output that has as many numbers along its last axis, or by the outputs' names: into the file as TensorFlow Lite's metadata. */
  labels?: readonly string[] | Labels;
  /** (x - mean) / std of an image's values is what the model takes: into the metadata. A uint8 input then takes the bytes as they are; else the network stays as it is. */
  normalization?: Normalization;
  /** Whether callers find inputs and outputs by the names of the tfjs model. Default true. */
  signature?: boolean;
  /** Sizes of inputs that have free ones, without the batch, by the inputs' names; "" stands for each that is not named. */
  inputShapes?: InputShapes;
  /** What an LSTM of tanh and sigmoid becomes, without masked steps or states that go in or out: the operators of a step once for each step, or "fused", one operator, whose states last until they are reset. Default "unrolled". */
  lstm?: LstmForm;
  /** Of the network, in the file. Default "model". */
  name?: string;
  /** Makes the bytes of a quantized model's file, for whoever adds to it. */
  write?: (model: TfliteModel) => Uint8Array | Promise<Uint8Array>;
  /** Of quantizing, 0 to 1. */
  progress?: Progress;
  /** Of the comparison behind it, with samples, 0 to 1. */
  compareProgress?: Progress;
}

type OperatorReport = Summary["operators"][number] & {
  /** Signal-to-noise ratio of the quantized operator in dB, against the float one; null: there is no difference. */
  snr?: number | null;
};

/** What was made, as data that JSON can hold. */
export interface Report extends Omit<Summary, "operators"> {
  operators: OperatorReport[];
  /** With the samples that were given. */
  agreement?: Agreement;
}

export interface Converted {
  /** The bytes of the .tflite file. */
  tflite: Uint8Array;
  report: Report;
}

type QuantizingOptions = Omit<QuantizeOptions, "progress"> & Pick<ConvertOptions, "inputShapes" | "progress">;
type PruningOptions = Omit<PruneOptions, "samples"> & { samples?: GivenSamples };

export interface Quantized {
  /** The network with its scales, weights and biases as integers. */
  quantized: QuantizedGraph;
  /** How they were chosen, and the scale of each activation. */
  report: Omit<QuantizeResult, "quantized"> & {
    activations: { name: string; shape: number[]; scale: number; zeroPoint: number }[];
  };
}

const quantizing = {
  activations: activationTypes,
  range: ["auto", ...rangeMethods],
  equalize: [true, false],
  biasCorrection: [true, false],
  fineTune: true,
  mixed: [true, false],
  inputShapes: true,
  progress: true,
} as const;

const known = {
  convert: {
    calibrate: true,
    type: ["int8", "float"],
    weights: weightTypes,
    force: [true, false],
    io: true,
    labels: true,
    normalization: true,
    signature: [true, false],
    lstm: lstmForms,
    name: true,
    write: true,
    compareProgress: true,
    ...quantizing,
  } satisfies KnownOptions<ConvertOptions>,
  quantize: { ...quantizing, inputRanges: true } satisfies KnownOptions<QuantizingOptions>,
  prune: {
    ratio: true,
    samples: true,
    labels: true,
    uniform: [true, false],
    epochs: true,
    learningRate: true,
    seed: true,
    progress: true,
    names: true,
  } satisfies KnownOptions<PruningOptions>,
};

/** What a program runs on. */
export interface Host<Place> {
  /** Whether it is a place of a model, for callers whose types nobody checks. */
  isPlace(given: unknown): given is Place;
  /** The files of a model at a place. */
  files(place: Place): ModelFiles | Promise<ModelFiles>;
  /** Makes tfjs ready. */
  start(): Promise<unknown>;
}

const isLayersModel = (model: object | string): model is tfl.LayersModel =>
  typeof model === "object" && "predict" in model;

/** @throws UserError for what is no model, before tfjs looks for parts of one in it */
function requireModel<Place>(model: Model<Place>, { isPlace }: Host<Place>): void {
  const given: unknown = model;
  if (isPlace(given)) return;
  const expected =
    "expected a tf.LayersModel, the path or address of a model.json, a .keras, .h5 or .zip file or of the folder that has it, or on a page the files that it was given";
  if (typeof given !== "object" || given === null) throw new UserError(`the model is ${String(given)}; ${expected}`);
  if ("predict" in given && !("layers" in given))
    throw new UserError(
      "the model is one that tfjs has loaded, and not a tf.LayersModel: of a graph model give the path or address of its model.json",
    );
  if (!("predict" in given) && !("json" in given && "weights" in given) && !isFiles(given)) {
    const what = Array.isArray(given) ? "a list" : `an object with ${Object.keys(given).join(", ") || "nothing in it"}`;
    throw new UserError(`the model is ${what}; ${expected}`);
  }
}

const isLoaded = (model: object | string): model is tfl.LayersModel | GraphModel =>
  isLayersModel(model) || (typeof model === "object" && "json" in model && "weights" in model);

/** Samples for the rooms below. */
const asSamples = (given: GivenSamples): Samples =>
  (Array.isArray(given) ? (given as OneGiven[]) : [given as OneGiven]).map((one) => {
    if (one instanceof tf.Tensor || one instanceof Float32Array || isSource(one)) return one;
    if (!((one as Partial<ArraySamples> | null)?.data instanceof Float32Array))
      throw new UserError(
        "samples are a Float32Array, { data, shape } with data a Float32Array, a tensor, or what openSamples gives; for several inputs a list of these",
      );
    const { data, shape } = one;
    if (shape && sizeOf(shape) !== data.length)
      throw new UserError(
        `samples of the shape [${shape.join(", ")}] are ${sizeOf(shape)} numbers, not ${data.length}`,
      );
    return sourceOf(data, shape);
  });

/** @throws UserError for types that a float model would ignore */
function requireFloat({ io = "float32" }: Pick<ConvertOptions, "io">): void {
  const ends = typeof io === "object" ? [io.input, io.output] : [io];
  const other = ends.find((type) => type !== "float32");
  if (other !== undefined)
    throw new UserError(
      `inputs or outputs of ${other} (io): a float model's are float32; samples to calibrate on make it int8`,
    );
}

const isList = (labels: readonly string[] | Labels): labels is readonly string[] => Array.isArray(labels);

const isFiles = (model: object | string): model is ModelFiles =>
  typeof model === "object" && typeof (model as Partial<ModelFiles>).read === "function";

export interface Library<Place> {
  /** Converts a model to TensorFlow Lite. @throws UserError that says what is wrong with the model or the samples, and what would be right */
  convert(model: Model<Place>, options?: ConvertOptions): Promise<Converted>;
  /** What a model's inputs are called, and how large they are: which of its sizes are free, and want `inputShapes`. */
  inputsOf(model: Model<Place>): Promise<ModelInput[]>;
  /** Quantizes a model's network to int8 without making a file. */
  quantize(model: Model<Place>, samples: GivenSamples, options?: QuantizingOptions): Promise<Quantized>;
  /** Removes whole filters from a layers model. @returns a smaller layers model, not compiled; the given one is not changed */
  prune(
    model: tfl.LayersModel | ModelFiles | Place,
    options: PruningOptions,
  ): Promise<{ model: tfl.LayersModel; report: PruneReport }>;
}

/** The library on a host. A backend of tfjs that the caller has set is set again afterwards. @param words of its errors for options */
export function libraryOn<Place extends object | string>(host: Host<Place>, words: OptionWords): Library<Place> {
  const filesOf = async (place: ModelFiles | Place): Promise<ModelFiles> =>
    isFiles(place) ? place : await host.files(place);
  const load = async (model: Model<Place>): Promise<tfl.LayersModel | GraphModel> =>
    isLoaded(model) ? model : readModel(await filesOf(model));

  async function running<T>(
    model: Model<Place>,
    given: GivenSamples | undefined,
    work: (samples: Samples | undefined) => Promise<T>,
  ): Promise<T> {
    requireModel(model, host);
    const before = tf.getBackend();
    await host.start();
    // A model that the caller has loaded computes by tfjs's own layers otherwise.
    registerCustomLayers();
    try {
      return await worded(words, () => explained("the model cannot be run", () => work(given && asSamples(given))));
    } finally {
      if (before && before !== tf.getBackend()) await tf.setBackend(before);
    }
  }

  return {
    convert: (model, { calibrate, name = "model", ...given } = {}) =>
      running(model, calibrate, async (calibration) => {
        requireKnownOptions("convert", given, known.convert);
        const type = given.type ?? (calibrate && !given.weights ? "int8" : "float");
        if (type === "float") requireFloat(given);
        const { labels, normalization, signature = true, compareProgress = silentProgress, ...options } = given;
        const loaded = await load(model);
        const conversion = await convertModel(loaded, {
          ...options,
          mode: type,
          name,
          description: {
            signature,
            ...(labels && { labels: isList(labels) ? { "": labels } : labels }),
            ...(normalization && { normalization }),
          },
          ...(calibration && { calibration }),
        });
        const { tflite, summary, quantized } = conversion;
        given.progress?.finish();
        const samples = conversion.samples ?? (calibration && (await sampleSetOf(conversion.graph, calibration)));
        const part = (from: number, to: number): Told => within((done) => compareProgress.update(done), from, to);
        const snr = samples && quantized ? await layerAgreement(conversion, samples, part(0, 0.5)) : undefined;
        const operators = summary.operators.map((each, i) => (snr ? { ...each, snr: snr[i]! } : each));
        const agreement = samples && (await agreementOf(loaded, conversion, samples, part(snr ? 0.5 : 0, 1)));
        if (samples) compareProgress.finish();
        const warnings = summary.warnings.map((warning) => inWords(warning, words));
        return { tflite, report: { ...summary, warnings, operators, ...(agreement && { agreement }) } };
      }),

    inputsOf: (model) => running(model, undefined, async () => modelInputs(await load(model))),

    quantize: (model, given, { inputShapes, ...options } = {}) =>
      running(model, given, async (samples) => {
        requireKnownOptions("quantize", options, known.quantize);
        const float = graphOf(await load(model), "model", inputShapes);
        const { quantized, ...how } = await quantize(float, samples!, options);
        const activations = [...quantized.activations].map(([index, { scale, zeroPoint }]) => {
          const { name, shape } = quantized.graph.tensors[index]!;
          return { name, shape, scale, zeroPoint };
        });
        return { quantized, report: { ...how, activations } };
      }),

    prune: (model, { samples: given, ...options }) =>
      running(model, given, async (samples) => {
        requireKnownOptions("prune", options, known.prune);
        return pruneWith(isLayersModel(model) ? model : await readLayersModel(await filesOf(model)), {
          ...options,
          ...(samples && { samples }),
        });
      }),
  };
}
