import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { Command } from "commander";
import { graphOf } from "../convert/index.js";
import { loadLayersModel, modelSources, savedModelFiles, saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { macs } from "tfjs-to-tflite/graph/graph.js";
import { readSamples } from "tfjs-to-tflite/graph/sampleFile.js";
import { samplesFor } from "tfjs-to-tflite/graph/samples.js";
import { UserError } from "../lib/errors.js";
import { collect, positive, whole } from "../lib/numbers.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { startProgress } from "../lib/progress.js";
import { formatTable } from "../lib/table.js";
import { filterGroups, fineTune, pruneModel, sensitivityScan } from "tfjs-to-tflite/prune/index.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";

interface Options {
  ratio: number;
  uniform?: boolean;
  data?: string[];
  labels?: string;
  epochs: number;
  learningRate: number;
  seed: number;
  out?: string;
  force?: boolean;
  json?: boolean;
}

interface Size {
  filters: number;
  parameters: number;
  macs: number;
}

function sizeOf(model: tfl.LayersModel): Size {
  const graph = graphOf(model, "");
  return {
    filters: filterGroups(model).groups.reduce((sum, group) => sum + group.filters.length * group.layers.length, 0),
    parameters: model.countParams(),
    macs: graph.nodes.reduce((sum, node) => sum + macs(graph, node), 0),
  };
}

/** Labels as one row of probabilities per sample, given as such or as class indices. */
async function readLabels(file: string, count: number, classes: number): Promise<tf.Tensor> {
  const [labels] = (await readSamples([file])) as [tf.Tensor | Float32Array];
  const values = labels instanceof Float32Array ? labels : (labels.dataSync() as Float32Array);
  if (values.length === count * classes) return tf.tensor2d(values, [count, classes]);
  if (values.length !== count)
    throw new UserError(
      `${file} has ${values.length} numbers; ${count} samples need one class each (${count} numbers) or ${classes} probabilities each (${count * classes})`,
    );
  const wrong = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < classes));
  if (wrong >= 0)
    throw new UserError(`${file}: sample ${wrong} has class ${values[wrong]}; classes are 0 to ${classes - 1}`);
  return tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(values), "int32"), classes), "float32");
}

async function prune(location: string, options: Options): Promise<void> {
  const { data = [], labels: labelFile } = options;
  if (!options.uniform && data.length === 0) {
    throw new UserError(
      "the sensitivity scan needs samples: --data FILE (.npy, .json, .csv or raw float32), one FILE per input. To remove the same share from every layer without samples: --uniform",
    );
  }
  if (labelFile !== undefined && data.length === 0) throw new UserError("--labels needs samples: --data FILE");
  const out =
    options.out ?? path.join(path.extname(location) === ".json" ? path.dirname(location) : location, "pruned");
  await requireReplaceable(savedModelFiles(out), {
    sources: [...(await modelSources(location)), ...data, ...(options.labels ? [options.labels] : [])],
    force: options.force,
  });
  await startBackend();
  const model = await loadLayersModel(location);
  const samples = data.length > 0 ? samplesFor(graphOf(model, "model"), await readSamples(data), "--data") : undefined;
  const { map, groups } = filterGroups(model);
  const notPruned = [...map.layers.values()]
    .filter(({ makes, layer }) => makes && !groups.some(({ layers }) => layers.includes(layer.name)))
    .map(({ layer }) => layer.name);
  if (groups.length === 0)
    throw new UserError(
      `${location} has no filters to remove: every layer with filters is an output, or feeds a layer that mixes channels`,
    );
  let ratios: Record<string, number> | undefined;
  if (!options.uniform) {
    const scan = startProgress("sensitivity scan", groups.length);
    ratios = await sensitivityScan(model, {
      ratio: options.ratio,
      samples: samples!.length === 1 ? samples![0]! : samples!,
      progress: scan,
    });
    scan.finish();
  }
  const pruned = await pruneModel(model, { ratio: options.ratio, ...(ratios && { ratios }) });
  const tunable = options.epochs > 0 && samples !== undefined;
  if (tunable) {
    const count = samples[0]!.shape[0];
    const labels =
      labelFile !== undefined ? await readLabels(labelFile, count, model.outputs[0]!.shape.at(-1)!) : undefined;
    const batchSize = 32;
    const step = startProgress("fine-tune", options.epochs * Math.ceil(count / batchSize));
    const losses = await fineTune(
      pruned,
      model,
      { inputs: samples, ...(labels && { labels }) },
      { ...options, batchSize, progress: step },
    );
    step.finish(`loss ${losses.at(-1)!.toFixed(4)}`);
  }
  await saveLayersModel(pruned, out);
  report(
    sizeOf(model),
    sizeOf(pruned),
    ratios ?? Object.fromEntries(groups.map(({ layers }) => [layers[0]!, options.ratio])),
    groups.map(({ layers, filters }) => [layers.join(" + "), filters.length] as const),
    { out, tuned: tunable, notPruned, json: options.json ?? false },
  );
}

function report(
  before: Size,
  after: Size,
  ratios: Record<string, number>,
  groups: (readonly [string, number])[],
  { out, tuned, notPruned, json }: { out: string; tuned: boolean; notPruned: string[]; json: boolean },
): void {
  const files = savedModelFiles(out).map(({ file }) => file);
  if (json) {
    process.stdout.write(`${JSON.stringify({ before, after, ratios, notPruned, fineTuned: tuned, files }, null, 2)}\n`);
    return;
  }
  const share = (key: keyof Size): string => `${((1 - after[key] / before[key]) * 100).toFixed(1)} %`;
  process.stdout.write(
    `${formatTable(
      ["layers", "filters", "removed"],
      groups.map(([name, count], i) => [name, count, `${(Object.values(ratios)[i]! * 100).toFixed(0)} %`]),
    )}\n`,
  );
  process.stdout.write(
    `${formatTable(
      ["", "before", "after", "saved"],
      (["filters", "parameters", "macs"] as const).map((key) => [key, before[key], after[key], share(key)]),
    )}\n`,
  );
  if (notPruned.length > 0)
    process.stdout.write(`not pruned: ${notPruned.join(", ")} (an output, or a later layer mixes its channels)\n`);
  process.stdout.write(`${tuned ? "" : "not fine-tuned (--data FILE, --epochs N)\n"}${files.join("\n")}\n`);
}

export default new Command("prune")
  .description("Remove whole filters from a tfjs LayersModel; the result is a smaller ordinary LayersModel")
  .argument("<model>", "a tfjs model.json with its weights beside it, or the folder that holds them")
  .requiredOption("-r, --ratio <share>", "share of the filters to remove, such as 0.4", Number)
  .option("--uniform", "remove the same share from every layer, instead of shares from a sensitivity scan")
  .option(
    "-d, --data <file>",
    "samples of the model's input for the scan and the fine-tuning: .npy, .json, .csv or raw float32; once per input, in order",
    collect,
  )
  .option(
    "-l, --labels <file>",
    "class or probabilities of every sample, used in fine-tuning along with the unpruned model's outputs",
  )
  .option("-e, --epochs <n>", "fine-tuning epochs, with the unpruned model as teacher", whole(0), 10)
  .option("--learning-rate <rate>", "fine-tuning learning rate", positive, 0.001)
  .option("--seed <n>", "seed of the sample order", whole(0), 1)
  .option("-o, --out <folder>", "folder for model.json and weights.bin (default: pruned, beside the model)")
  .addOption(forceOption())
  .option("--json", "print the result as JSON")
  .action(prune);
