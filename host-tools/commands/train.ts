import type * as tfl from "@tensorflow/tfjs-layers";
import { Command } from "commander";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { requireBudget } from "../budget/budget.js";
import { readDoubts } from "../doubts/document.js";
import { doubtExamples, doubtKey, heldOutExamples, withDoubts, type DoubtExamples } from "../doubts/examples.js";
import { fetchDoubts, tokenVariable } from "../doubts/fetch.js";
import { describeDoubts, doubtReport } from "../doubts/report.js";
import { calibrateConfidence, evaluateFloat } from "../evaluate/evaluate.js";
import { UserError } from "../lib/errors.js";
import { between, positive, whole } from "../lib/numbers.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { installTensorflow, startBackend } from "tfjs-to-tflite/tf/backend.js";
import { benchmark } from "../train/benchmark.js";
import { loadDataset } from "../train/dataset.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { defaultModel, defaultRecordings, recordingsHelp, requireNode } from "../node/nodeFolder.js";
import { warnOfDifferences } from "../features/differences.js";
import { scoreOf } from "../train/predict.js";
import { checkpointFile } from "../train/checkpoint.js";
import type { Examples, TrainingData } from "../train/examples.js";
import { refuseForeignNetworks, saveNotes, saveTrained, trainingFiles } from "../train/store.js";
import { trainDefaults, trainModel } from "../train/train.js";

interface Options {
  recordings?: string;
  cloud?: string;
  doubts?: string;
  cloudLabels?: boolean;
  out: string;
  node?: string;
  seed: number;
  epochs: number;
  batch: number;
  rate: number;
  patience: number;
  balance: number;
  augment: boolean;
  resume: boolean;
  benchmark?: boolean;
  force?: boolean;
  json?: boolean;
}

async function showBenchmark(node: string | undefined, batch: number, json: boolean): Promise<void> {
  const config = await readNode(node);
  const result = await benchmark(config.window.frames, featureLayout(config).count, config.classes.length, batch);
  if (json) return void process.stdout.write(`${JSON.stringify(result)}\n`);
  process.stdout.write(
    `${result.gflops.toFixed(1)} GFLOP/s in training steps (${result.backend}): ${result.millisecondsPerStep.toFixed(1)} ms per step of ${batch} windows,\n  6 * ${result.macs.toLocaleString("en-US")} multiply-adds * ${batch} operations per step, ${result.parameters.toLocaleString("en-US")} parameters\n`,
  );
}

/** null: there are none. */
const accuracyOn = (model: tfl.LayersModel, examples: Examples, data: TrainingData): number | null =>
  examples.count === 0
    ? null
    : scoreOf(evaluateFloat(model, examples, data), examples.labels, data.classes.length).accuracy;

/** Of the cloud or the file that was named. */
async function readLabelled(
  { cloud, doubts: file, cloudLabels = false, seed }: Options,
  config: NodeConfig,
): Promise<DoubtExamples | undefined> {
  const from = cloud ?? file;
  if (from === undefined) return undefined;
  const { [tokenVariable]: token } = process.env;
  const doubts = cloud ? await fetchDoubts(cloud, { token, labelled: !cloudLabels }) : await readDoubts(from);
  return doubtExamples(doubts, config, { seed, cloudLabels, from });
}

export default new Command("train")
  .description("Train the node's network on recordings; an interrupted training is resumed")
  .option(
    "--recordings <dir>",
    `folder with train, validation and test, or of .csv files, which are split (${recordingsHelp})`,
  )
  .option(
    "--cloud <url>",
    `also train on the deferred windows that persons have labelled in this loam cloud; a token for it is in the environment variable ${tokenVariable}`,
  )
  .option("--doubts <file>", "also train on such windows in a file that loam cloud doubts has written")
  .option(
    "--cloud-labels",
    "where no person has labelled a window, the cloud's own decision counts; it evaluates nothing",
  )
  .option(
    "--out <dir>",
    "folder for float/model.json, float/weights.bin, normalizer.bin, training.json, and samples.npy and labels.npy for loam prune and convert",
    defaultModel,
  )
  .option("--node <file>", nodeHelp)
  .option("--seed <n>", "the same seed and recordings give the same network", whole(0), trainDefaults.seed)
  .option("--epochs <n>", "maximum epochs", whole(1), trainDefaults.epochs)
  .option("--batch <n>", "batch size, windows", whole(1), trainDefaults.batch)
  .option("--rate <x>", "peak learning rate", positive, trainDefaults.rate)
  .option("--patience <n>", "early stopping: epochs without a better validation loss", whole(1), trainDefaults.patience)
  .option("--balance <x>", "class weights, from 0 (none) to 1 (balanced)", between(0, 1), trainDefaults.balance)
  .option("--no-augment", "no data augmentation")
  .option("--no-resume", "start over even if there is a checkpoint of this training")
  .addOption(forceOption())
  .option("--benchmark", "measure the speed of training steps and stop")
  .option("--json", "print the figures as JSON")
  .action(async (options: Options) => {
    if (options.cloud !== undefined && options.doubts !== undefined)
      throw new UserError("--cloud and --doubts: one of them expected");
    if (options.cloudLabels && options.cloud === undefined && options.doubts === undefined)
      throw new UserError("--cloud-labels is for doubts: name them with --cloud or --doubts");
    if (options.benchmark) return showBenchmark(options.node, options.batch, options.json ?? false);
    await requireReplaceable(trainingFiles(options.out), {
      sources: [options.node ?? requireNode().description, ...(options.doubts === undefined ? [] : [options.doubts])],
      force: options.force,
    });
    const config = await readNode(options.node);
    const doubts = await readLabelled(options, config);
    await requireBudget(config);
    const { augmentation, differences, ...plain } = await loadDataset(
      options.recordings ?? defaultRecordings(),
      config,
      {
        seed: options.seed,
      },
    );
    warnOfDifferences(differences);
    const recorded = options.augment && augmentation ? { ...plain, augmentation } : plain;
    const data = doubts ? withDoubts(recorded, doubts.train) : recorded;
    await refuseForeignNetworks(options.out, data.normalizer);
    const backend = await startBackend();
    if (backend === "wasm") process.stderr.write(`training on wasm (for TensorFlow: ${installTensorflow})\n`);
    const { seed, epochs, batch, rate, patience, balance } = options;
    const checkpoint = checkpointFile(options.out);
    const { model, history, best } = await trainModel(data, {
      seed,
      epochs,
      batch,
      rate,
      patience,
      balance,
      checkpoint,
      resume: options.resume,
    });
    // Calibrates the confidence: 70 % of the verdicts with confidence 0.7 should be right.
    const temperature = calibrateConfidence(model, data);
    const probabilities = evaluateFloat(model, data.test, data);
    const test = scoreOf(probabilities, data.test.labels, data.classes.length);
    const report = doubts && doubtReport(doubts, accuracyOn(model, heldOutExamples(doubts, data), data));
    await saveTrained(options.out, model, data);
    const result = {
      backend,
      seed,
      parameters: model.countParams(),
      windows: { train: data.train.count, validation: data.validation.count, test: data.test.count },
      best,
      temperature,
      history,
      test,
      ...(report && { doubts: report }),
    };
    await saveNotes(options.out, { ...result, ...(doubts && { trainedDoubts: doubts.train.map(doubtKey) }) });
    if (options.json) return void process.stdout.write(`${JSON.stringify(result)}\n`);
    process.stdout.write(
      `${(100 * test.accuracy).toFixed(1)} % accuracy on ${data.test.count} held-out windows; ${result.parameters.toLocaleString("en-US")} parameters in ${options.out}\n${report ? describeDoubts(report) : ""}`,
    );
  });
