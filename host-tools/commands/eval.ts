import { existsSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import type { NodeConfig } from "../../device/config.js";
import { loadLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { evaluateFloat, evaluateInt8, int8Windows } from "../evaluate/evaluate.js";
import { anomalyFigures, describeAnomaly, scoreHead, scoreRows } from "../evaluate/account.js";
import { baselinesOf, type Baseline } from "../evaluate/baselines.js";
import { lossesOf, warnOfLosses } from "../evaluate/losses.js";
import { metricsOf, type Metrics } from "../evaluate/metrics.js";
import { compareEngines, describeAgreement, type Agreement } from "../example/agreement.js";
import { explorerOf } from "../example/explorer.js";
import { strictHelp } from "../features/csv.js";
import { UserError } from "../lib/errors.js";
import { nodeIn } from "../inference/nodeMetadata.js";
import { readModel } from "../inference/readModel.js";
import { requireSameNode } from "../node/networkNode.js";
import { readUserFile } from "../lib/files.js";
import { formatTable } from "../lib/table.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { loadDataset, type Dataset } from "../train/dataset.js";
import type { TrainingData } from "../train/examples.js";
import { describeSplit, filesOf, hasParts, parts, readSplit } from "../train/split.js";
import { historyOf, normalizerOf, requireTrainedFor, seedOf, splitOf, trainedFor } from "../train/store.js";
import { whole } from "../lib/numbers.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { defaultModel, defaultRecordings, recordingsHelp } from "../node/nodeFolder.js";

interface Options {
  recordings?: string;
  float: string;
  pruned: string;
  tflite: string;
  node?: string;
  seed?: number;
  split?: string;
  strict?: boolean;
  json?: boolean;
}

interface Evaluated {
  name: string;
  metrics: Metrics;
  /** On the held-out windows, [window][class]. */
  probabilities: Float32Array;
}

const percent = (share: number): string => (Number.isNaN(share) ? "-" : `${(100 * share).toFixed(1)} %`);

/** A network is evaluated with the normalizer of its training, with which it will run, not with one computed from these recordings. */
async function scopeOf(network: string, data: TrainingData): Promise<Pick<TrainingData, "normalizer" | "classes">> {
  const normalizer = await normalizerOf(network, { features: data.featureNames, classes: data.classes });
  if (!normalizer)
    process.stderr.write(
      `${network} has no normalizer.bin beside it or its folder: evaluated with one computed from these training recordings\n`,
    );
  return { classes: data.classes, normalizer: normalizer ?? data.normalizer };
}

/** Recordings must be split as for the training: otherwise training windows would count as held out. */
async function datasetFor(options: Options, config: NodeConfig): Promise<Dataset> {
  const directory = options.recordings ?? defaultRecordings();
  const { seed, float, pruned, tflite, split: file, strict: isStrict = false } = options;
  if (file !== undefined && seed !== undefined) throw new UserError("--split names every recording: leave out --seed");
  if (file !== undefined) return loadDataset(directory, config, { seed: 1, isStrict, split: await readSplit(file) });
  const places = [float, pruned, tflite].filter((place) => existsSync(place));
  const first = <T>(values: (T | undefined)[]): T | undefined => values.find((each) => each !== undefined);
  const split = first(await Promise.all(places.map(splitOf)));
  const trained = first(await Promise.all(places.map(seedOf)));
  if (seed !== undefined && trained !== undefined && seed !== trained)
    process.stderr.write(
      `the network was trained with seed ${trained}: split by seed ${seed}, the held-out recordings may include training data\n`,
    );
  const files = split && filesOf(split, directory);
  const isThere = files !== undefined && parts.every((part) => files[part].every((each) => existsSync(each)));
  if (split && !isThere && split.by !== "folders" && !hasParts(directory))
    process.stderr.write(
      `${directory} has not all recordings of the network's training: shared out anew, the held-out ones may include training data\n`,
    );
  return loadDataset(directory, config, {
    seed: seed ?? trained ?? 1,
    isStrict,
    ...(seed === undefined && isThere && { split }),
  });
}

/** Before the recordings are read. @throws UserError for a network of another description, with what differs */
async function requireThisNode({ float, pruned, tflite }: Options, config: NodeConfig): Promise<void> {
  for (const place of [float, pruned]) if (existsSync(place)) await requireTrainedFor(place, config);
  if (!existsSync(tflite)) return;
  requireSameNode(tflite, nodeIn((await readModel(tflite)).model) ?? (await trainedFor(tflite)), config);
}

/** Evaluates each network that exists. @throws UserError when the int8 engines differ by more than the documented rounding */
async function evaluateAll(
  options: Options,
  data: TrainingData,
  config: NodeConfig,
): Promise<{ evaluated: Evaluated[]; agreement?: Agreement }> {
  const { threshold } = config.policy;
  const evaluated: Evaluated[] = [];
  const add = (name: string, probabilities: Float32Array): void =>
    void evaluated.push({
      name,
      metrics: metricsOf(probabilities, data.test.labels, data.classes.length, threshold),
      probabilities,
    });
  for (const [name, place] of [
    ["float", options.float],
    ["pruned", options.pruned],
  ] as const) {
    if (!existsSync(place)) continue;
    const model = await loadLayersModel(place);
    const windowSize = data.frames * data.featureNames.length;
    const inputSize = model.inputs[0]!.shape.slice(1).reduce<number>((product, n) => product * (n ?? 1), 1);
    if (inputSize !== windowSize)
      throw new UserError(
        `${place} takes windows of ${inputSize} features, but the node's windows have ${data.frames} frames of ${data.featureNames.length}: retrain it`,
      );
    add(name, evaluateFloat(model, data.test, await scopeOf(place, data)));
  }
  if (!existsSync(options.tflite)) return { evaluated };
  const tflite = await readUserFile(options.tflite, "the model");
  const scope = await scopeOf(options.tflite, data);
  const agreement = await compareEngines(tflite, int8Windows(tflite, data.test, scope));
  add("int8, TensorFlow Lite", await evaluateInt8(tflite, data.test, scope, "tflite"));
  add("int8, the node's engine", await evaluateInt8(tflite, data.test, scope, "micro"));
  return { evaluated, agreement };
}

interface Outcome {
  evaluated: Evaluated[];
  agreement?: Agreement;
  baselines: Baseline[];
}

function print({ evaluated, agreement, baselines }: Outcome, data: Dataset, threshold: number): void {
  const lines = [
    describeSplit(data.split),
    `${data.test.count} held-out windows`,
    formatTable(
      [
        "network",
        "accuracy",
        "balanced accuracy",
        "macro F1",
        "calibration error",
        `to the cloud (< ${threshold})`,
        "accuracy on the node",
      ],
      evaluated.map(({ name, metrics }) => [
        name,
        percent(metrics.accuracy),
        percent(metrics.balancedAccuracy),
        percent(metrics.macroF1),
        percent(metrics.calibrationError),
        percent(metrics.atThreshold.cloud),
        percent(metrics.atThreshold.accuracy),
      ]),
    ),
    formatTable(["baseline", ...scoreHead.slice(1)], scoreRows([], baselines)),
  ];
  if (data.task === "anomaly")
    for (const { name: which, metrics: of } of evaluated)
      lines.push(`${which}: ${describeAnomaly(anomalyFigures(of.confusion, of.rocArea!), data.classes[1]!)}`);
  const { name, metrics } = evaluated.at(-1)!;
  lines.push(`${name}, true classes in rows`);
  lines.push(
    formatTable(
      ["", ...data.classes, "precision", "recall"],
      metrics.confusion.map((row, label) => [
        data.classes[label]!,
        ...row,
        percent(metrics.classes[label]!.precision),
        percent(metrics.classes[label]!.recall),
      ]),
    ),
  );
  lines.push("Reliability of the confidence");
  lines.push(
    formatTable(
      ["mean confidence", "accuracy", "windows"],
      metrics.reliability
        .filter(({ count }) => count > 0)
        .map(({ confidence, accuracy, count }) => [percent(confidence), percent(accuracy), count]),
    ),
  );
  lines.push("By threshold");
  lines.push(
    formatTable(
      ["threshold", "decided by the node", "accuracy of these", "to the cloud"],
      metrics.thresholds
        .filter((_, index) => index >= 20 && index % 5 === 0)
        .map(({ threshold: at, coverage, accuracy }) => [
          at.toFixed(2),
          percent(coverage),
          percent(accuracy),
          percent(1 - coverage),
        ]),
    ),
  );
  if (agreement) lines.push(`TensorFlow Lite and the node's engine: ${describeAgreement(agreement)}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}

export default new Command("eval")
  .description("Evaluate the float, pruned and int8 networks on the held-out recordings")
  .option("--recordings <dir>", `folder with train, validation and test, or of .csv files (${recordingsHelp})`)
  .option("--float <dir>", "float network", path.join(defaultModel, "float"))
  .option("--pruned <dir>", "pruned network", path.join(defaultModel, "pruned"))
  .option("--tflite <file>", "int8 network", path.join(defaultModel, "model.tflite"))
  .option("--node <file>", nodeHelp)
  .option(
    "--seed <n>",
    "seed of the split, when the folder has no train, validation and test (default: the training's)",
    whole(0),
  )
  .option("--split <file>", "the recordings of a split.json (default: that of the network's training)")
  .option("--strict", strictHelp)
  .option("--json", "print the figures as JSON")
  .action(async (options: Options, command: Command) => {
    for (const name of ["float", "pruned", "tflite"] as const) {
      if (existsSync(options[name])) continue;
      if (command.getOptionValueSource(name) === "cli")
        throw new UserError(`--${name}: ${options[name]} does not exist`);
      process.stderr.write(`no ${name} network: ${options[name]} does not exist\n`);
    }
    if (![options.float, options.pruned, options.tflite].some((place) => existsSync(place)))
      throw new UserError("no network to evaluate: train one with: npx loam train");
    const config = await readNode(options.node);
    await requireThisNode(options, config);
    const data = await datasetFor(options, config);
    await startBackend();
    const { threshold } = config.policy;
    const { evaluated, agreement } = await evaluateAll(options, data, config);
    const baselines = baselinesOf(data);
    const warnings = lossesOf(evaluated, baselines);
    if (options.json)
      process.stdout.write(
        `${JSON.stringify({
          windows: data.test.count,
          classes: data.classes,
          threshold,
          split: data.split,
          unfit: data.unfit,
          ...(agreement && { agreement }),
          baselines,
          warnings,
          networks: evaluated.map(({ name, metrics }) => ({ name, ...metrics })),
          history: (await historyOf(options.float)) ?? (await historyOf(options.tflite)) ?? null,
          explorer: await explorerOf(data, config, evaluated.at(-1)!.probabilities, options.seed ?? 1),
        })}\n`,
      );
    else print({ evaluated, baselines, ...(agreement && { agreement }) }, data, threshold);
    warnOfLosses(warnings);
  });
