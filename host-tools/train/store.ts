import { existsSync } from "node:fs";
import path from "node:path";
import type * as tfl from "@tensorflow/tfjs-layers";
import { encodeNormalizer, profileIn, type NetworkNames } from "../../device/normalizer.js";
import { namesIn } from "../node/networkNames.js";
import { isNetworkNode, requireSameNode, type NetworkNode } from "../node/networkNode.js";
import { readNormalizer } from "../node/normalizerFile.js";
import type { Predictor } from "../cloud/cloud.js";
import { loadLayersModel, savedModelFiles, saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { npyOf } from "tfjs-to-tflite/graph/npy.js";
import { UserError } from "../lib/errors.js";
import { jsonKind, normalizerKind, npyKind, rawKind } from "../lib/fileKinds.js";
import { readUserFile } from "../lib/files.js";
import { writeOutputs } from "../lib/outputs.js";
import { textOf } from "../lib/text.js";
import type { PlannedFile } from "../lib/overwrite.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import type { NodeConfig } from "../../device/config.js";
import { reasonsText, type UnfitCount } from "../features/unfit.js";
import type { DetectorNotes } from "./anomaly/train.js";
import { checkpointFile, type Epoch } from "./checkpoint.js";
import { sampleWindows } from "./calibration.js";
import type { Normalizer, TrainingData } from "./examples.js";
import { predict } from "./predict.js";
import { readSplit, type Split } from "./split.js";

const normalizerName = "normalizer.bin";
const notesName = "training.json";
const splitName = "split.json";

const splitKind = jsonKind("split of recordings", ({ by }) => typeof by === "string");
const notesKind = jsonKind("notes of a training", ({ seed }) => typeof seed === "number");

/** What a training writes into its folder, checkpoint included. */
export const trainingFiles = (folder: string): PlannedFile[] => [
  ...savedModelFiles(path.join(folder, "float")),
  { file: path.join(folder, normalizerName), kind: normalizerKind },
  { file: path.join(folder, "samples.npy"), kind: npyKind },
  { file: path.join(folder, "labels.npy"), kind: npyKind },
  { file: path.join(folder, notesName), kind: notesKind },
  { file: path.join(folder, splitName), kind: splitKind },
  { file: checkpointFile(folder), kind: rawKind },
];

/**
 * Writes FOLDER/float/model.json and weights.bin, FOLDER/normalizer.bin, which belongs to every form of the network, and the training windows as the network
 * takes them (samples.npy) with their classes (labels.npy), for pruning and converting it; of an anomaly task with stretched ones, labelled as the second class.
 */
export async function saveTrained(
  folder: string,
  model: tfl.LayersModel,
  data: Pick<TrainingData, "normalizer" | "train" | "featureNames" | "task" | "classes" | "node">,
): Promise<void> {
  const { normalizer, train, featureNames, classes, node } = data;
  await saveLayersModel(model, path.join(folder, "float"));
  const window = model.inputs[0]!.shape.slice(1) as number[];
  const samples = sampleWindows(data);
  const count = samples.length / window.reduce((product, n) => product * n, 1);
  const labels = new Float32Array(count).fill(1);
  labels.set(train.labels);
  await writeOutputs([
    [
      path.join(folder, normalizerName),
      encodeNormalizer(
        normalizer.mean,
        normalizer.deviation,
        { features: featureNames, classes },
        node && Buffer.from(node.profile, "hex"),
      ),
    ],
    [path.join(folder, "samples.npy"), npyOf([count, ...window], samples)],
    [path.join(folder, "labels.npy"), npyOf([count], labels)],
  ]);
}

/** A file of a training: beside a network of it, or beside that network's folder. */
function fileOf(network: string, name: string): string | undefined {
  const beside = path.dirname(path.resolve(network));
  return [beside, path.dirname(beside)].map((folder) => path.join(folder, name)).find((each) => existsSync(each));
}

/** How a network was trained, for those who look, and the seed, which says how recordings were shared out. */
export interface TrainingNotes {
  seed: number;
  /** The node that the network is for. */
  node?: NetworkNode | undefined;
  /** Windows of the recordings that no part has, and why. */
  unfit?: { count: number; reasons: UnfitCount[] };
  /** Each pass of the training. */
  history?: Epoch[];
  /** Keys of the doubts that it was trained on. */
  trainedDoubts?: string[];
  /** Of an anomaly task: how the threshold came about. */
  detector?: DetectorNotes;
}

export const saveNotes = (folder: string, notes: TrainingNotes): Promise<void> =>
  writeOutputs([[path.join(folder, notesName), `${JSON.stringify(notes, null, 2)}\n`]]);

/** Which recordings trained, validated and tested. */
export const saveSplit = (folder: string, split: Split): Promise<void> =>
  writeOutputs([[path.join(folder, splitName), `${JSON.stringify(split, null, 2)}\n`]]);

/** The split of a network's training; undefined when unknown. @throws UserError when it cannot be read */
export async function splitOf(network: string): Promise<Split | undefined> {
  const file = fileOf(network, splitName);
  return file === undefined ? undefined : readSplit(file);
}

/** The notes of a network's training; undefined: there are none. */
async function notesOf(network: string): Promise<Partial<TrainingNotes> | undefined> {
  const file = fileOf(network, notesName);
  if (file === undefined) return undefined;
  try {
    return JSON.parse(textOf(await readUserFile(file, "the notes of a training"), file)) as Partial<TrainingNotes>;
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

/** Whether a network is a detector: its layers after the deviations are not trained, but made for its threshold. */
export const isDetector = async (network: string): Promise<boolean> => (await notesOf(network))?.detector !== undefined;

/** The seed that a network's training had; undefined when unknown. */
export const seedOf = async (network: string): Promise<number | undefined> => (await notesOf(network))?.seed;

/** The node that the network at one of these places was trained for, by the notes beside it; undefined when unknown. */
export async function trainedFor(...places: readonly string[]): Promise<NetworkNode | undefined> {
  for (const place of places) {
    const node = (await notesOf(place))?.node;
    if (isNetworkNode(node)) return node;
  }
  return undefined;
}

/** @throws UserError when a network in tfjs's form was trained for another node, naming what differs */
export const requireTrainedFor = async (network: string, config: NodeConfig): Promise<void> =>
  requireSameNode(network, await trainedFor(network), config);

/** " (soil: missing in 2)" of the windows that a training at one of these places has left out; undefined: it left none out, or does not say. */
export async function unfitOf(...places: readonly string[]): Promise<string | undefined> {
  for (const place of places) {
    const unfit = (await notesOf(place))?.unfit;
    if (unfit) return unfit.count > 0 ? `${unfit.count} unfit${reasonsText(unfit.reasons)}` : undefined;
  }
  return undefined;
}

/** The learning curve of a network's training. */
export const historyOf = async (network: string): Promise<Epoch[] | undefined> => (await notesOf(network))?.history;

/** Keys of the doubts that a network was trained on; undefined: that is not known. */
export async function trainedDoubtsOf(network: string): Promise<ReadonlySet<string> | undefined> {
  const notes = await notesOf(network);
  return notes && new Set(notes.trainedDoubts ?? []);
}

/** The normalizer that a network was trained with. None: undefined. */
export async function normalizerOf(network: string, names: NetworkNames): Promise<Normalizer | undefined> {
  const file = fileOf(network, normalizerName);
  return file === undefined ? undefined : readNormalizer(file, names);
}

/** A folder must not come to hold a normalizer that its older networks were not made with. @throws UserError before anything is trained */
export async function refuseForeignNetworks(folder: string, { mean, deviation }: Normalizer): Promise<void> {
  const derived = ["model.tflite", "pruned"].filter((name) => existsSync(path.join(folder, name)));
  const file = path.join(folder, normalizerName);
  if (derived.length === 0 || !existsSync(file)) return;
  const bytes = await readUserFile(file, "the normalizer");
  if (bytes.equals(encodeNormalizer(mean, deviation, namesIn(file, bytes), profileIn(bytes)))) return;
  throw new UserError(
    `${folder} holds networks of other recordings (${derived.join(", ")}), which a new normalizer.bin would not fit: name another folder with --out, or delete this one`,
  );
}

/** The float network of a folder or model.json, for the cloud: normalized windows in, probabilities out. @throws UserError when it cannot be loaded */
export async function loadFloatModel(location: string): Promise<Predictor> {
  await startBackend();
  const model = await loadLayersModel(location);
  return (window) => predict(model, window, 1);
}
