import { existsSync } from "node:fs";
import type { NodeConfig } from "../../device/config.js";
import { compareRecordings } from "../features/compare.js";
import { extractFeatures, type FeatureSet } from "../features/extract.js";
import { countUnfit, describeUnfit, type UnfitCount, type UnfitWindow } from "../features/unfit.js";
import { networkNode } from "../node/networkNode.js";
import type { CheckedNode } from "../node/schema/node.js";
import { UserError } from "../lib/errors.js";
import type { Progress } from "../lib/progress.js";
import { sensorAugmentation } from "./augment.js";
import { fitNormalizer, poolColumns, usualOf, type Examples, type TrainingData } from "./examples.js";
import { signalAugmentation, stepsOf } from "./signals.js";
import { filesOf, parts, splitRecordings, type RecordingFiles, type Split, type SplitOptions } from "./split.js";

/** Windows of recordings. */
export interface RecordedExamples extends Examples {
  /** Of each window its recording, by its place in the part's list of files, and its start, seconds since 1970. */
  files: Int32Array;
  times: Float64Array;
}

/** The data for training, with where it comes from. */
export interface Dataset extends TrainingData {
  test: RecordedExamples;
  split: Split;
  files: RecordingFiles;
  /** Where the recordings are not what the described board would measure. */
  differences: string[];
  /** Windows that are in none of the parts, for they are not fit for the network. */
  unfit: UnfitWindows;
}

/** How many, and why; `windows`: each with its recording. */
export interface UnfitWindows {
  count: number;
  reasons: UnfitCount[];
  windows: (UnfitWindow & { file: string })[];
}

export interface DatasetOptions extends SplitOptions {
  /** A saved split, instead of one by the other options. */
  split?: Split | undefined;
  progress?: Progress;
  /** What would be dropped or decided in a recording is an error. */
  isStrict?: boolean;
}

/** Recordings as features, from which the data of each fold are made. */
export interface Recordings {
  directory: string;
  files: string[];
  set: FeatureSet;
  /** Windows of each class, by recording. */
  windows: ReadonlyMap<string, number[]>;
}

/** The recordings of a folder, or of a split, as features by the device's code. @throws UserError for bad recordings (file, line, column) */
async function readRecordings(directory: string, config: NodeConfig, options: DatasetOptions): Promise<Recordings> {
  // Whatever the options, it is shared out from the recordings that a split in mere order names.
  const split = options.split ?? (await splitRecordings(directory, options));
  const named = filesOf(split, directory);
  const absent = parts.flatMap((part) => named[part]).find((file) => !existsSync(file));
  if (absent !== undefined)
    throw new UserError(
      `${absent} is not there, but the split names it: the folder of the split's recordings expected`,
    );
  const files = parts.flatMap((part) => named[part]);
  const set = await extractFeatures(files, config, {
    requireLabels: config.task !== "anomaly",
    isStrict: options.isStrict ?? false,
    ...(options.progress && { progress: options.progress }),
  });
  // What has no label is taken for what training shows.
  if (config.task === "anomaly") set.labels.forEach((label, window) => (set.labels[window] = Math.max(0, label)));
  const windows = new Map(files.map((file) => [file, new Array<number>(config.classes.length).fill(0)]));
  set.files.forEach((file, window) => windows.get(files[file]!)![set.labels[window]!]!++);
  return { directory, files, set, windows };
}

/**
 * Recordings -> features, by the device's code -> what the trainer takes. The normalizer is of the training recordings alone.
 * @throws UserError for bad recordings (file, line, column), a split that cannot be made, or a class that no training recording has
 */
export async function loadDataset(directory: string, config: NodeConfig, options: DatasetOptions): Promise<Dataset> {
  const recordings = await readRecordings(directory, config, options);
  return datasetOf(recordings, config, await splitOf(recordings, options));
}

/** As loadDataset, once for each fold. */
export async function loadFolds(
  directory: string,
  config: NodeConfig,
  options: DatasetOptions & { folds: number },
): Promise<(() => Promise<Dataset>)[]> {
  const recordings = await readRecordings(directory, config, options);
  return Array.from(
    { length: options.folds },
    (_, index) => async () => datasetOf(recordings, config, await splitOf(recordings, { ...options, fold: index + 1 })),
  );
}

const splitOf = async ({ directory, windows }: Recordings, options: DatasetOptions): Promise<Split> =>
  options.split ?? (await splitRecordings(directory, options, windows));

function datasetOf({ directory, files: all, set }: Recordings, config: NodeConfig, split: Split): Dataset {
  const files = filesOf(split, directory);
  const of = (part: keyof RecordingFiles): RecordedExamples => {
    const wanted = new Set(files[part].map((file) => all.indexOf(file)));
    const examples = examplesOf(set, wanted);
    if (examples.count === 0)
      throw new UserError(
        `the ${part} recordings have no window that is fit for the network: ${describeUnfit(set.unfit.filter(({ file }) => wanted.has(file)))}`,
      );
    return examples;
  };
  const isAnomaly = config.task === "anomaly";
  const usual = (part: "train" | "validation"): RecordedExamples => (isAnomaly ? usualOf(of(part)) : of(part));
  const [train, validation, test] = [usual("train"), usual("validation"), of("test")];
  const absent = config.classes.filter((_, label) => !(isAnomaly && label > 0) && !train.labels.includes(label));
  if (absent.length > 0) throw new UserError(`no training recording has a window labelled ${absent.join(" or ")}`);
  const featureCount = set.layout.count;
  const { raw } = config.features;
  const rawFrom = set.layout.ranges.find(({ group }) => group === "raw")!.from;
  return {
    frames: set.frames,
    featureNames: [...set.layout.names],
    ...(config.task && { task: config.task }),
    classes: config.classes,
    node: networkNode(config),
    train,
    validation,
    test,
    steps: stepsOf(config),
    normalizer: poolColumns(fitNormalizer(train, featureCount), rawFrom, raw?.sensors.length ?? 1),
    augmentation: signalAugmentation(config, train) ?? sensorAugmentation(config, train, featureCount),
    split,
    files,
    differences: compareRecordings(config as CheckedNode, set.survey),
    unfit: {
      count: set.unfit.length,
      reasons: countUnfit(set.unfit),
      windows: set.unfit.map(({ file, ...window }) => ({ ...window, file: all[file]! })),
    },
  };
}

/** The windows of some recordings, in their order. */
function examplesOf(set: FeatureSet, wanted: ReadonlySet<number>): RecordedExamples {
  const size = set.frames * set.layout.count;
  const rows: number[] = [];
  set.files.forEach((file, window) => {
    if (wanted.has(file)) rows.push(window);
  });
  const features = new Float32Array(rows.length * size);
  rows.forEach((window, row) => features.set(set.features.subarray(window * size, (window + 1) * size), row * size));
  // Files count from the first of these: the order of `wanted` is theirs.
  const order = new Map([...wanted].map((file, index) => [file, index]));
  return {
    count: rows.length,
    features,
    labels: Int32Array.from(rows, (window) => set.labels[window]!),
    files: Int32Array.from(rows, (window) => order.get(set.files[window]!)!),
    times: Float64Array.from(rows, (window) => set.times[window]!),
  };
}
