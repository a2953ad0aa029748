import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { baselinesOf, type Baseline } from "../../evaluate/baselines.js";
import { calibrateConfidence, evaluateFloat, evaluateInt8 } from "../../evaluate/evaluate.js";
import { lossesOf } from "../../evaluate/losses.js";
import { metricsOf, type Metrics } from "../../evaluate/metrics.js";
import { importRecordings } from "../../import/import.js";
import { findSources } from "../../import/sources.js";
import { UserError } from "../../lib/errors.js";
import { holdFolder } from "../../lib/folderLock.js";
import { writeOutputs } from "../../lib/outputs.js";
import { buildRoot } from "../../lib/paths.js";
import type { Progress } from "../../lib/progress.js";
import { exampleNode } from "../../node/nodeFolder.js";
import { readNode } from "../../node/nodeFile.js";
import type { CheckedNode } from "../../node/schema/node.js";
import { needsOfFile, type Needs } from "../../search/measure.js";
import { checkpointFile, tellingResumes } from "../../train/checkpoint.js";
import { loadDataset, type Dataset } from "../../train/dataset.js";
import { classCounts } from "../../train/examples.js";
import { parseGroupBy } from "../../train/groups.js";
import { parseShape } from "../../train/shapes.js";
import { trainModel } from "../../train/train.js";
import { quantizeNetwork } from "../compress.js";
import { publicSets, type PublicSet } from "./sets.js";

/** What came of a public set. */
export interface PublicResult {
  set: PublicSet;
  recordings: number;
  windows: { train: number; validation: number; test: number };
  /** Held-out windows of each class. */
  classes: { name: string; test: number }[];
  float: Metrics;
  int8: Metrics;
  baselines: Baseline[];
  needs: Needs;
  warnings: string[];
  reached: number;
}

/** The sets that are in `directory`. @throws UserError when there is none, or not the one that is wanted */
export function setsIn(directory: string, wanted?: string[]): PublicSet[] {
  const names = publicSets.map(({ name }) => name).join(", ");
  for (const name of wanted ?? [])
    if (!publicSets.some((set) => set.name === name))
      throw new UserError(`--only ${name}: there is no such public set; there are ${names}`);
  const chosen = publicSets.filter(({ name }) => wanted?.includes(name) ?? existsSync(path.join(directory, name)));
  const absent = chosen.find(({ name }) => !existsSync(path.join(directory, name)));
  if (chosen.length === 0 || absent)
    throw new UserError(
      `${directory} has no folder ${absent ? absent.name : `of a public set (${names})`}:\n${(absent ? [absent] : publicSets).map(({ name, source }) => `  ${name}: ${source}`).join("\n")}`,
    );
  return chosen;
}

/** The example's description with the set's own sensors, windows, features and classes. */
async function nodeOf({ name, node }: PublicSet): Promise<CheckedNode> {
  const example = await readNode(exampleNode.description);
  return { ...example, ...(node as Partial<CheckedNode>), name, actuators: [], app: { ...example.app, rules: {} } };
}

async function importSet(set: PublicSet, directory: string, config: CheckedNode, build: string): Promise<string> {
  const out = path.join(build, set.name, "recordings");
  const { files, refused } = await importRecordings(await findSources([path.join(directory, set.name)]), {
    mapping: set.mapping,
    config,
  });
  if (refused.length > 0) throw new UserError(`${refused.length} files are refused, the first: ${refused[0]!.reason}`);
  await rm(out, { recursive: true, force: true });
  const outputs = files.flatMap(({ recordings }) => recordings.flatMap((recording) => recording.outputs));
  await writeOutputs(outputs.map(({ name, text }) => [path.join(out, name), text]));
  return out;
}

export interface PublicOptions {
  seed: number;
  /** Default: the set's. */
  epochs?: number;
  progress?: Progress;
  /** Folder for recordings and checkpoint. */
  build?: string;
}

/** Imports a set, trains its network and evaluates it as int8 on the node's engine; a training that was interrupted goes on. */
export async function runPublic(set: PublicSet, directory: string, options: PublicOptions): Promise<PublicResult> {
  const { build = path.join(buildRoot, "public") } = options;
  const release = await holdFolder(path.join(build, set.name), "loam experiments");
  try {
    return await trainPublic(set, directory, { ...options, build });
  } finally {
    release();
  }
}

async function trainPublic(
  set: PublicSet,
  directory: string,
  options: PublicOptions & { build: string },
): Promise<PublicResult> {
  const { build } = options;
  const config = await nodeOf(set);
  const data = await loadDataset(await importSet(set, directory, config, build), config, {
    seed: options.seed,
    groupBy: set.groupBy === undefined ? undefined : parseGroupBy(set.groupBy),
    heldOut: set.heldOutGroups,
    ...(options.progress && { progress: options.progress }),
  });
  const { shape, epochs, batch, rate, balance } = set.training;
  const { model } = await trainModel(data, {
    seed: options.seed,
    epochs: options.epochs ?? epochs,
    patience: epochs,
    batch,
    rate,
    balance,
    shape: parseShape(shape, data.steps ?? data.frames),
    ...tellingResumes(checkpointFile(path.join(build, set.name))),
    ...(options.progress && { progress: options.progress }),
  });
  calibrateConfidence(model, data);
  const { tflite } = await quantizeNetwork(model, data, { seed: options.seed, name: set.name });
  const metrics = (probabilities: Float32Array): Metrics =>
    metricsOf(probabilities, data.test.labels, data.classes.length, config.policy.threshold);
  const float = metrics(evaluateFloat(model, data.test, data));
  const int8 = metrics(await evaluateInt8(tflite, data.test, data, "micro"));
  const baselines = baselinesOf(data);
  const stages = [
    { name: "float", metrics: float },
    { name: "int8", metrics: int8 },
  ];
  return {
    set,
    recordings: Object.values(data.files).flat().length,
    windows: { train: data.train.count, validation: data.validation.count, test: data.test.count },
    classes: classesOf(data),
    float,
    int8,
    baselines,
    needs: await needsOfFile(tflite, readTflite(tflite), model.countParams(), "lx6"),
    warnings: lossesOf(stages, baselines),
    reached: reachedBy(set, int8, data),
  };
}

function classesOf({ classes, test }: Dataset): PublicResult["classes"] {
  const counts = classCounts(test, classes.length);
  return classes.map((name, label) => ({ name, test: counts[label]! }));
}

/** What the aim is of: accuracy, or the F1 of one class. */
function reachedBy({ aim }: PublicSet, { accuracy, classes }: Metrics, data: Dataset): number {
  if (aim.of === "accuracy") return accuracy;
  const { precision, recall } = classes[data.classes.indexOf(aim.class!)]!;
  return Number.isNaN(precision) || precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}
