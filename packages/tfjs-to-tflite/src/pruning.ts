import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { graphOf } from "./convert/index.js";
import { macs, type Graph } from "./graph/graph.js";
import { bytesOf, totalBytes } from "./graph/live.js";
import { sampleSetOf, type Samples } from "./graph/sampleSet.js";
import { UserError } from "./lib/errors.js";
import { silentProgress, type Progress } from "./lib/progress.js";
import { batchSizeOf } from "./quantize/observe.js";
import { explained } from "./tf/failure.js";
import { filterGroups, fineTune, pruneModel, sensitivityScan, type FineTuneOptions } from "./prune/index.js";

export interface PruneOptions extends Pick<FineTuneOptions, "learningRate" | "seed"> {
  /** Share of the filters to remove, 0 to under 1. */
  ratio: number;
  /** Samples of the model's inputs: for the scan that finds which layers lose how many filters, and for fine-tuning. Without them each layer loses the same share. */
  samples?: Samples;
  /** Classes of the samples or one row of probabilities each, for fine-tuning along with the unpruned model's outputs. */
  labels?: ArrayLike<number>;
  /** The same share for every layer although there are samples. */
  uniform?: boolean;
  /** Of fine-tuning, with the unpruned model as teacher. Default 10. */
  epochs?: number;
  /** Makes the progress of a step of so many units. */
  progress?: (step: "sensitivity scan" | "fine-tune", total: number) => Progress;
  /** What messages call them. */
  names?: { model?: string; samples?: string; labels?: string };
}

export interface Size {
  filters: number;
  parameters: number;
  macs: number;
}

export interface PruneReport {
  before: Size;
  after: Size;
  /** The groups of layers that lose the same filters: how many they have, and which share of them is gone. */
  groups: { layers: string[]; filters: number; ratio: number }[];
  /** Layers with filters that stay: outputs, and those that feed a layer that mixes channels. */
  notPruned: string[];
  /** The mean loss of each epoch of fine-tuning. */
  losses: number[];
}

const macsOf = (graph: Graph): number => graph.nodes.reduce((sum, node) => sum + macs(graph, node), 0);

function sizeOf(model: tfl.LayersModel): Size {
  const graph = graphOf(model, "");
  return {
    filters: filterGroups(model).groups.reduce((sum, group) => sum + group.filters.length * group.layers.length, 0),
    parameters: model.countParams(),
    macs: macsOf(graph),
  };
}

/** Labels as one row of probabilities per sample. @throws UserError for a wrong number of them, or a class that the model does not have */
function labelRows(name: string, values: ArrayLike<number>, count: number, classes: number): tf.Tensor {
  if (values.length === count * classes) return tf.tensor2d(Float32Array.from(values), [count, classes]);
  if (values.length !== count)
    throw new UserError(
      `${name} has ${values.length} numbers; ${count} samples need one class each (${count} numbers) or ${classes} probabilities each (${count * classes})`,
    );
  const all = Array.from(values);
  const wrong = all.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < classes));
  if (wrong >= 0)
    throw new UserError(`${name}: sample ${wrong} has class ${all[wrong]}; classes are 0 to ${classes - 1}`);
  return tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(all), "int32"), classes), "float32");
}

const largestBatch = 32;
/** Of all that a batch keeps while gradients are taken. */
const tuningBytes = 512 * 2 ** 20;
/** What is kept of each operator's output: those of the layers that it was made of (a normalization, an activation), and their gradients. */
const keptPerOutput = 8;
/** Multiply-accumulates of a run of the scan, of which there are nine for each group of layers; the samples are as many as fit. */
const scanMacs = 5e9;
const fewestScanned = 8;
/** Of their inputs and outputs. */
const scanBytes = 128 * 2 ** 20;

/** How many samples run together in training, so that memory is bounded. */
const tuningBatch = (graph: Graph): number =>
  Math.max(1, Math.min(largestBatch, Math.floor(tuningBytes / keptPerOutput / totalBytes(graph))));

/**
 * Removes whole filters from a model, and fine-tunes what is left where there are samples. A tfjs backend must be running.
 * @returns a smaller model, not compiled; the given one is not changed @throws UserError naming what is wrong with the model, the ratio, the samples or the labels
 */
export async function pruneWith(
  model: tfl.LayersModel,
  {
    ratio,
    samples: given,
    labels,
    uniform,
    epochs = 10,
    names = {},
    progress = () => silentProgress,
    ...tuning
  }: PruneOptions,
): Promise<{ model: tfl.LayersModel; report: PruneReport }> {
  const graph = graphOf(model, "model");
  const samples = given && (await sampleSetOf(graph, given, names.samples ?? "the list of samples"));
  const { map, groups } = filterGroups(model);
  if (groups.length === 0)
    throw new UserError(
      `${names.model ?? "the model"} has no filters to remove: every layer with filters is an output, or feeds a layer that mixes channels`,
    );
  const count = samples?.count ?? 0;
  // Before the scan, which may take minutes.
  const rows =
    samples && labels
      ? labelRows(names.labels ?? "the list of labels", labels, count, model.outputs[0]!.shape.at(-1)!)
      : undefined;
  let ratios: Record<string, number> | undefined;
  if (samples && !uniform) {
    const scan = progress("sensitivity scan", groups.length);
    const bytes = [...graph.inputs, ...graph.outputs].reduce((sum, tensor) => sum + bytesOf(graph, tensor), 0);
    const most = Math.min(Math.floor(scanMacs / Math.max(1, macsOf(graph))), Math.floor(scanBytes / bytes));
    const some = await samples.some(Math.max(fewestScanned, most));
    ratios = await explained("the sensitivity scan cannot run the model", () =>
      sensitivityScan(model, {
        ratio,
        samples: some.length === 1 ? some[0]! : some,
        batchSize: batchSizeOf(graph),
        progress: scan,
      }),
    );
    tf.dispose(some);
    scan.finish();
  }
  const pruned = await pruneModel(model, { ratio, ...(ratios && { ratios }) });
  let losses: number[] = [];
  if (samples && epochs > 0) {
    const batchSize = tuningBatch(graph);
    const step = progress("fine-tune", epochs * Math.ceil(count / batchSize));
    losses = await explained("fine-tuning cannot run the model", () =>
      fineTune(
        pruned,
        model,
        { inputs: samples, ...(rows && { labels: rows }) },
        { ...tuning, epochs, batchSize, progress: step },
      ),
    );
    step.finish(`loss ${losses.at(-1)!.toFixed(4)}`);
  }
  rows?.dispose();
  return {
    model: pruned,
    report: {
      before: sizeOf(model),
      after: sizeOf(pruned),
      groups: groups.map(({ layers, filters }) => ({
        layers: [...layers],
        filters: filters.length,
        ratio: ratios?.[layers[0]!] ?? ratio,
      })),
      notPruned: [...map.layers.values()]
        .filter(({ makes, layer }) => makes && !groups.some(({ layers }) => layers.includes(layer.name)))
        .map(({ layer }) => layer.name),
      losses,
    },
  };
}
