import { existsSync } from "node:fs";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { compareRecordings } from "../features/compare.js";
import { extractFeatures, type FeatureSet } from "../features/extract.js";
import type { CheckedNode } from "../node/schema/node.js";
import { UserError } from "../lib/errors.js";
import { readUserFolder } from "../lib/files.js";
import { Random } from "../lib/random.js";
import type { Progress } from "../lib/progress.js";
import { sensorAugmentation } from "./augment.js";
import { fitNormalizer, type Examples, type TrainingData } from "./examples.js";

const parts = ["train", "validation", "test"] as const;
export type RecordingFiles = Record<(typeof parts)[number], string[]>;

const csvFiles = async (folder: string): Promise<string[]> =>
  (await readUserFolder(folder, "the recordings"))
    .filter((name) => name.endsWith(".csv"))
    .map((name) => path.join(folder, name));

/**
 * Which recordings train, validate and test: the folders of these names when they are there; otherwise whole files are shared out, about
 * 60, 15 and 25 %, in an order that depends on `seed` alone. @throws UserError when a part would have none
 */
export async function splitRecordings(directory: string, seed: number): Promise<RecordingFiles> {
  if (!existsSync(directory))
    throw new UserError(
      `there is no folder ${directory}; make recordings with: npx loam recordings --out ${directory}`,
    );
  if (parts.some((part) => existsSync(path.join(directory, part)))) {
    const files = {} as RecordingFiles;
    for (const part of parts) {
      const folder = path.join(directory, part);
      files[part] = existsSync(folder) ? await csvFiles(folder) : [];
      if (files[part].length === 0)
        throw new UserError(
          `${folder} has no .csv files; a folder of recordings has train, validation and test, or none of them`,
        );
    }
    return files;
  }
  const all = await csvFiles(directory);
  if (all.length < 3)
    throw new UserError(
      `${directory} has ${all.length} .csv files; at least 3 are needed, one each to train, validate and test`,
    );
  const order = new Random(`split/${seed}`).order(all.length);
  const test = Math.max(1, Math.round(0.25 * all.length));
  const validation = Math.max(1, Math.round(0.15 * all.length));
  const take = (from: number, to: number): string[] =>
    Array.from(order.subarray(from, to), (index) => all[index]!).sort();
  return { test: take(0, test), validation: take(test, test + validation), train: take(test + validation, all.length) };
}

function examplesOf(set: FeatureSet, first: number, last: number): Examples {
  const size = set.frames * set.layout.count;
  const from = set.files.findIndex((file) => file >= first);
  let to = from;
  while (from >= 0 && to < set.count && set.files[to]! < last) to++;
  if (from < 0 || from === to) return { count: 0, features: new Float32Array(0), labels: new Int32Array(0) };
  return {
    count: to - from,
    features: set.features.subarray(from * size, to * size),
    labels: set.labels.subarray(from, to),
  };
}

/**
 * Recordings -> features, by the device's code -> what the trainer takes. The normalizer is of the training recordings alone.
 * `differences` says where they are not what the described board would measure.
 * @throws UserError for bad recordings (file, line, column), or a class that no training recording has
 */
export async function loadDataset(
  directory: string,
  config: NodeConfig,
  options: { seed: number; progress?: Progress },
): Promise<TrainingData & { files: RecordingFiles; differences: string[] }> {
  const files = await splitRecordings(directory, options.seed);
  const set = await extractFeatures(
    parts.flatMap((part) => files[part]),
    config,
    options.progress ? { progress: options.progress } : {},
  );
  const ends = [
    files.train.length,
    files.train.length + files.validation.length,
    set.files.length && files.train.length + files.validation.length + files.test.length,
  ];
  const train = examplesOf(set, 0, ends[0]!);
  const validation = examplesOf(set, ends[0]!, ends[1]!);
  const test = examplesOf(set, ends[1]!, ends[2]!);
  parts.forEach((part, index) => {
    if ([train, validation, test][index]!.count === 0)
      throw new UserError(`the ${part} recordings have no window that is fit for the network`);
  });
  const absent = config.classes.filter((_, label) => !train.labels.includes(label));
  if (absent.length > 0) throw new UserError(`no training recording has a window labelled ${absent.join(" or ")}`);
  const featureCount = set.layout.count;
  return {
    frames: set.frames,
    featureNames: [...set.layout.names],
    classes: config.classes,
    train,
    validation,
    test,
    normalizer: fitNormalizer(train, featureCount),
    augmentation: sensorAugmentation(config, train, featureCount),
    files,
    differences: compareRecordings(config as CheckedNode, set.survey),
  };
}
