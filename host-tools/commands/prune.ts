import path from "node:path";
import { Command } from "commander";
import {
  isAddress,
  loadLayersModel,
  modelSources,
  savedModelFiles,
  saveLayersModel,
} from "tfjs-to-tflite/graph/modelFiles.js";
import { isWholeFile } from "tfjs-to-tflite/keras/kind.js";
import { openArrayFile, readArrayFile } from "tfjs-to-tflite/graph/arrayFile.js";
import { UserError } from "../lib/errors.js";
import { collect, positive, whole } from "../lib/numbers.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { startProgress } from "../lib/progress.js";
import { formatTable } from "../lib/table.js";
import { pruneWith, type PruneReport } from "tfjs-to-tflite/pruning.js";
import { isDetector, unfitOf } from "../train/store.js";
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

/** Where the model is; the working folder for one on a host. */
function folderOf(location: string): string {
  if (isAddress(location)) return "";
  return path.extname(location) === ".json" || isWholeFile(location) ? path.dirname(location) : location;
}

async function prune(location: string, { labels: labelFile, ...options }: Options): Promise<void> {
  const { data = [] } = options;
  if (!isAddress(location) && (await isDetector(location)))
    throw new UserError(
      `${location} is the network of an anomaly task: without some of its filters its threshold would be another; train a narrower one (loam train --shape)`,
    );
  await startBackend();
  // First of all: whoever gives a model that cannot be pruned is not to look for samples.
  const model = await loadLayersModel(location);
  if (!options.uniform && data.length === 0) {
    throw new UserError(
      "the sensitivity scan needs samples: --data FILE (.npy, .json, .csv or raw float32), one FILE per input. To remove the same share from every layer without samples: --uniform",
    );
  }
  if (labelFile !== undefined && data.length === 0) throw new UserError("--labels needs samples: --data FILE");
  const out = options.out ?? path.join(folderOf(location), "pruned");
  await requireReplaceable(savedModelFiles(out), {
    sources: [...(await modelSources(location)), ...data, ...(labelFile ? [labelFile] : [])],
    force: options.force,
  });
  const unfit = await unfitOf(...(isAddress(location) ? [] : [location]), ...data);
  if (unfit !== undefined) process.stderr.write(`the training's samples are without its unfit windows: ${unfit}\n`);
  const { model: pruned, report } = await pruneWith(model, {
    ...options,
    ...(data.length > 0 && { samples: await Promise.all(data.map(openArrayFile)) }),
    ...(labelFile !== undefined && { labels: (await readArrayFile(labelFile)).data }),
    names: { model: location, samples: "--data", labels: labelFile },
    progress: (step, total) => startProgress(step, total),
  });
  await saveLayersModel(pruned, out);
  show(report, out, options.json ?? false);
}

function show({ before, after, groups, notPruned, losses }: PruneReport, out: string, json: boolean): void {
  const files = savedModelFiles(out).map(({ file }) => file);
  const isTuned = losses.length > 0;
  if (json) {
    const ratios = Object.fromEntries(groups.map(({ layers, ratio }) => [layers[0]!, ratio]));
    process.stdout.write(
      `${JSON.stringify({ before, after, ratios, notPruned, fineTuned: isTuned, files }, null, 2)}\n`,
    );
    return;
  }
  const share = (key: keyof PruneReport["before"]): string => `${((1 - after[key] / before[key]) * 100).toFixed(1)} %`;
  process.stdout.write(
    `${formatTable(
      ["layers", "filters", "removed"],
      groups.map(({ layers, filters, ratio }) => [layers.join(" + "), filters, `${(ratio * 100).toFixed(0)} %`]),
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
  process.stdout.write(`${isTuned ? "" : "not fine-tuned (--data FILE, --epochs N)\n"}${files.join("\n")}\n`);
}

export default new Command("prune")
  .description("Remove whole filters from a tfjs LayersModel; the result is a smaller ordinary LayersModel")
  .argument(
    "<model>",
    "a tfjs model.json with its weights beside it, the folder or .zip that holds them, a .keras or .h5 file of Keras, or the address of one (https:)",
  )
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
  .option(
    "-o, --out <folder>",
    "folder for model.json and weights.bin (default: pruned, beside the model, or here for one on a host)",
  )
  .addOption(forceOption())
  .option("--json", "print the result as JSON")
  .action(prune);
