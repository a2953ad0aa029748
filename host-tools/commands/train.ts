import path from "node:path";
import type * as tfl from "@tensorflow/tfjs-layers";
import { Command } from "commander";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { requireBudget } from "../budget/budget.js";
import { readDoubts } from "../doubts/document.js";
import { doubtExamples, doubtKey, heldOutExamples, withDoubts, type DoubtExamples } from "../doubts/examples.js";
import { fetchDoubts, tokenVariable } from "../doubts/fetch.js";
import { describeDoubts, doubtReport } from "../doubts/report.js";
import { explorerOf } from "../example/explorer.js";
import { warnOfLosses } from "../evaluate/losses.js";
import { calibrateConfidence, evaluateFloat } from "../evaluate/evaluate.js";
import { UserError } from "../lib/errors.js";
import { holdFolder } from "../lib/folderLock.js";
import { between, positive, whole } from "../lib/numbers.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { installTensorflow, startBackend } from "tfjs-to-tflite/tf/backend.js";
import { benchmark } from "../train/benchmark.js";
import { accountOf, describeAccount, describeFolds, foldFigures, type Account } from "../evaluate/account.js";
import { loadDataset, loadFolds, type Dataset } from "../train/dataset.js";
import { groupByHelp, parseGroupBy, type GroupBy } from "../train/groups.js";
import { readSplit } from "../train/split.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { defaultModel, defaultRecordings, recordingsHelp, requireNode } from "../node/nodeFolder.js";
import { strictHelp } from "../features/csv.js";
import { warnOfDifferences } from "../features/differences.js";
import { scoreOf } from "../train/predict.js";
import { describeSearch, searchSvg } from "../search/chart.js";
import { searchNetwork, type SearchResult } from "../search/search.js";
import { searchFolder } from "../search/state.js";
import { textKind } from "../lib/fileKinds.js";
import { writeFileAtomic } from "../lib/files.js";
import type { CheckedNode } from "../node/schema/node.js";
import { checkpointFile, tellingResumes } from "../train/checkpoint.js";
import type { Examples, TrainingData } from "../train/examples.js";
import { refuseForeignNetworks, saveNotes, saveSplit, saveTrained, trainingFiles } from "../train/store.js";
import { stepsOf } from "../train/signals.js";
import { detectorHelp, parseDetector } from "../train/anomaly/shapes.js";
import { detectorDefaults, trainDetector, type DetectorNotes } from "../train/anomaly/train.js";
import { parseShape, shapeHelp } from "../train/shapes.js";
import { trainDefaults, trainModel, type Trained } from "../train/train.js";

interface Options {
  recordings?: string;
  cloud?: string;
  doubts?: string;
  cloudLabels?: boolean;
  out: string;
  node?: string;
  groupBy?: GroupBy;
  heldOut?: string[];
  folds?: number;
  fold?: number;
  split?: string;
  shape?: string;
  search?: boolean;
  quantile?: number;
  margin?: number;
  flash?: number;
  instructions?: number;
  seed: number;
  epochs: number;
  batch: number;
  rate: number;
  patience: number;
  balance: number;
  augment: boolean;
  resume: boolean;
  benchmark?: boolean;
  strict?: boolean;
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

/** Beside the network of a search. */
const searchChart = "search.svg";

/** Of a further fold: its checkpoint alone. */
const foldFolder = (out: string, fold: number): string => path.join(out, `fold${fold}`);

/** Trains one network, or goes on with it, or searches for one, and calibrates its confidence: 70 % of the verdicts with confidence 0.7 should be right. */
async function train(
  data: TrainingData,
  options: Options,
  config: CheckedNode,
  folder: string,
): Promise<Trained & { temperature?: number; search?: SearchResult; detector?: DetectorNotes }> {
  const { seed, epochs, batch, rate, patience, balance, resume } = options;
  const plain = { seed, epochs, batch, rate, patience, balance, resume };
  if (config.task === "anomaly") {
    const { shape, quantile, margin } = options;
    return trainDetector(data, {
      ...{ ...plain, ...tellingResumes(checkpointFile(folder)) },
      ...(shape !== undefined && { shape }),
      ...(quantile !== undefined && { quantile }),
      ...(margin !== undefined && { margin }),
    });
  }
  const trained = options.search
    ? await searchNetwork(data, {
        ...plain,
        budget: {
          arena: config.model.arenaBytes,
          ...(options.flash && { flash: options.flash }),
          ...(options.instructions && { instructions: options.instructions }),
        },
        target: config.chip === "esp32c3" ? "rv32" : "lx6",
        folder: searchFolder(folder),
        onResumeSearch: (trials) =>
          void process.stderr.write(
            `resumed the search in ${searchFolder(folder)}: ${trials} trainings are done already (--no-resume starts over)\n`,
          ),
      })
    : await trainModel(data, {
        ...plain,
        ...(options.shape !== undefined && { shape: parseShape(options.shape, data.steps ?? data.frames) }),
        ...tellingResumes(checkpointFile(folder)),
      });
  return { ...trained, temperature: calibrateConfidence(trained.model, data) };
}

/** @throws UserError for options that exclude each other */
function checkSearchOptions({ search, shape, folds, fold, flash, instructions }: Options): void {
  if (search && shape !== undefined) throw new UserError("--search and --shape: one of them expected");
  if (search && folds !== undefined && fold === undefined)
    throw new UserError(
      "--search with all --folds would search anew for each: search first, then --shape with --folds",
    );
  if (!search && (flash ?? instructions) !== undefined)
    throw new UserError("--flash and --instructions are limits of a search: add --search");
}

/** @throws UserError for a shape that is none, and for options of another task */
function checkTask(config: CheckedNode, { shape, search, quantile, margin, balance }: Options): void {
  if (config.task !== "anomaly") {
    if (shape !== undefined) parseShape(shape, stepsOf(config));
    if ((quantile ?? margin) !== undefined)
      throw new UserError('--quantile and --margin are for a node whose "task" is "anomaly"');
    return;
  }
  if (shape !== undefined) parseDetector(shape);
  if (search)
    throw new UserError(
      `--search ranks networks by labels, and an anomaly task has none: name one with --shape, ${detectorHelp}`,
    );
  if (balance !== trainDefaults.balance) throw new UserError("--balance weighs classes; an anomaly task trains on one");
}

/** @throws UserError for options that exclude each other */
function checkSplitOptions({ groupBy, heldOut, folds, fold, split }: Options): void {
  if (split !== undefined && (groupBy ?? heldOut ?? folds) !== undefined)
    throw new UserError("--split names every recording: leave out --group-by, --held-out and --folds");
  if (heldOut && folds !== undefined) throw new UserError("--held-out and --folds: one of them expected");
  if (fold !== undefined && (folds === undefined || fold > folds))
    throw new UserError(
      folds === undefined
        ? "--fold is for --folds: say of how many"
        : `--fold ${fold}: a number from 1 to ${folds} expected`,
    );
}

const commaList = (text: string): string[] => text.split(",").map((part) => part.trim());

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
    "folder for float/model.json, float/weights.bin, normalizer.bin, training.json, split.json, and samples.npy and labels.npy for loam prune and convert",
    defaultModel,
  )
  .option("--node <file>", nodeHelp)
  .option(
    "--group-by <how>",
    `keep the recordings of a subject, site or machine together: ${groupByHelp}; a pattern's first parentheses are the group`,
    parseGroupBy,
  )
  .option("--held-out <groups>", "groups (without --group-by: recordings) that test, separated by commas", commaList)
  .option("--folds <k>", "cross-validation: train and test k networks, each with other groups held out", whole(3))
  .option("--fold <n>", "only this one of the folds, from 1", whole(1))
  .option("--split <file>", "the recordings of a split.json that a training has written")
  .option("--shape <name>", `network to train: ${shapeHelp}; ${detectorHelp}`)
  .option(
    "--quantile <x>",
    `anomaly task: share of the training windows below the threshold (default: ${detectorDefaults.quantile})`,
    between(0, 1),
  )
  .option(
    "--margin <x>",
    `anomaly task: the threshold is that quantile times this (default: ${detectorDefaults.margin})`,
    positive,
  )
  .option(
    "--search",
    "try a family of small networks under the node's budget, drop the worse half again and again, and keep the best",
  )
  .option("--flash <bytes>", "search: most bytes of the .tflite", whole(1))
  .option("--instructions <n>", "search: most instructions of one run, expected on the node's chip", whole(1))
  .option("--seed <n>", "the same seed and recordings give the same network", whole(0), trainDefaults.seed)
  .option("--epochs <n>", "maximum epochs", whole(1), trainDefaults.epochs)
  .option("--batch <n>", "batch size, windows", whole(1), trainDefaults.batch)
  .option("--rate <x>", "peak learning rate", positive, trainDefaults.rate)
  .option("--patience <n>", "early stopping: epochs without a better validation loss", whole(1), trainDefaults.patience)
  .option("--balance <x>", "class weights, from 0 (none) to 1 (balanced)", between(0, 1), trainDefaults.balance)
  .option("--no-augment", "no data augmentation")
  .option("--no-resume", "start over even if there is a checkpoint of this training")
  .addOption(forceOption())
  .option("--strict", strictHelp)
  .option("--benchmark", "measure the speed of training steps and stop")
  .option("--json", "print the figures as JSON")
  .action(async (options: Options) => {
    if (options.cloud !== undefined && options.doubts !== undefined)
      throw new UserError("--cloud and --doubts: one of them expected");
    if (options.cloudLabels && options.cloud === undefined && options.doubts === undefined)
      throw new UserError("--cloud-labels is for doubts: name them with --cloud or --doubts");
    checkSplitOptions(options);
    checkSearchOptions(options);
    if (options.benchmark) return showBenchmark(options.node, options.batch, options.json ?? false);
    const chart = { file: path.join(options.out, searchChart), kind: textKind("a chart of a search", "<svg") };
    await requireReplaceable([...trainingFiles(options.out), ...(options.search ? [chart] : [])], {
      sources: [options.node ?? requireNode().description, ...(options.doubts === undefined ? [] : [options.doubts])],
      force: options.force,
    });
    const config = await readNode(options.node);
    const doubts = await readLabelled(options, config);
    checkTask(config, options);
    await requireBudget(config);
    const { out, seed, json = false } = options;
    await holdFolder(out, "loam train");
    const folder = options.recordings ?? defaultRecordings();
    const from = {
      seed,
      isStrict: options.strict ?? false,
      groupBy: options.groupBy,
      heldOut: options.heldOut,
      fold: options.fold,
      split: options.split === undefined ? undefined : await readSplit(options.split),
    };
    const { folds } = options;
    const sets =
      folds === undefined
        ? [() => loadDataset(folder, config, from)]
        : options.fold === undefined
          ? await loadFolds(folder, config, { ...from, folds })
          : [() => loadDataset(folder, config, { ...from, folds })];
    const backend = await startBackend();
    if (backend === "wasm") process.stderr.write(`training on wasm (for TensorFlow: ${installTensorflow})\n`);
    const accounts: Account[] = [];
    let first: { data: TrainingData; trained: Awaited<ReturnType<typeof train>>; loaded: Dataset } | undefined;
    for (const load of sets) {
      const loaded = await load();
      if (!first) warnOfDifferences(loaded.differences);
      const { augmentation, ...plain } = loaded;
      const recorded = options.augment && augmentation ? { ...plain, augmentation } : plain;
      const data = doubts ? withDoubts(recorded, doubts.train) : recorded;
      if (!first) await refuseForeignNetworks(out, data.normalizer);
      const trained = await train(data, options, config, first ? foldFolder(out, accounts.length + 1) : out);
      accounts.push(accountOf(trained.model, data, loaded.split));
      if (first) trained.model.dispose();
      else first = { data, trained, loaded };
    }
    const { data, trained, loaded } = first!;
    const { unfit } = loaded;
    const [account] = accounts;
    const report = doubts && doubtReport(doubts, accuracyOn(trained.model, heldOutExamples(doubts, data), data));
    await saveTrained(out, trained.model, data);
    await saveSplit(out, account!.split);
    const { search } = trained;
    if (search) await writeFileAtomic(path.join(out, searchChart), searchSvg(search));
    const result = {
      backend,
      seed,
      node: data.node,
      shape: search?.chosen.shape ?? trained.detector?.shape ?? options.shape ?? "default",
      ...(trained.detector && { detector: trained.detector }),
      ...(search && { search }),
      parameters: trained.model.countParams(),
      windows: { train: data.train.count, validation: data.validation.count, test: data.test.count },
      unfit: { count: unfit.count, reasons: unfit.reasons },
      best: trained.best,
      ...(trained.temperature !== undefined && { temperature: trained.temperature }),
      history: trained.history,
      ...account!,
      ...(accounts.length > 1 && { crossValidation: foldFigures(accounts) }),
      ...(report && { doubts: report }),
    };
    await saveNotes(out, { ...result, ...(doubts && { trainedDoubts: doubts.train.map(doubtKey) }) });
    warnOfLosses(account!.warnings);
    if (json) {
      const held = { ...loaded, normalizer: data.normalizer };
      const explorer = await explorerOf(held, config, evaluateFloat(trained.model, data.test, data), seed);
      return void process.stdout.write(`${JSON.stringify({ ...result, explorer })}\n`);
    }
    process.stdout.write(
      `${search ? `${describeSearch(search)}\nthe chart: ${path.join(out, searchChart)}\n` : ""}${describeAccount(account!)}\n${accounts.length > 1 ? `${describeFolds(foldFigures(accounts))}\nthe network of fold 1 is the one that is saved\n` : ""}${(100 * account!.test.accuracy).toFixed(1)} % accuracy on ${data.test.count} held-out windows; ${result.parameters.toLocaleString("en-US")} parameters in ${out}\n${report ? describeDoubts(report) : ""}`,
    );
  });
