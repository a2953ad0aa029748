import { existsSync } from "node:fs";
import path from "node:path";
import { readUserFile } from "../lib/files.js";
import { infer, InferenceSession, inferWith } from "../inference/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { InputQuantization, NodeNetwork, Predictor } from "../cloud/cloud.js";
import { readPackage } from "../../device/codec/package.js";
import { PackageError } from "../../device/codec/update.js";

/** How a model reads its input. */
export function inputQuantization(model: Uint8Array): InputQuantization {
  const { tensors, inputs } = readTflite(model).subgraphs[0]!;
  const { quantization } = tensors[inputs[0]!]!;
  return { scale: quantization?.scale[0] ?? 1, zeroPoint: quantization?.zeroPoint[0] ?? 0 };
}

/** Runs a model on the bytes of one input; gives those of its first output. */
type Run = (model: Uint8Array, input: Uint8Array) => Promise<Uint8Array>;

/** A network, float or int8, run by TensorFlow Lite. */
function tflitePredictor(model: Uint8Array, run: Run): Predictor {
  const { tensors, inputs, outputs } = readTflite(model).subgraphs[0]!;
  const isFloat = tensors[inputs[0]!]!.type === "FLOAT32";
  const input = inputQuantization(model);
  const output = tensors[outputs[0]!]!.quantization;
  return async (window) => {
    const values = isFloat
      ? new Uint8Array(Float32Array.from(window).buffer)
      : new Uint8Array(
          Int8Array.from(window, (x) => Math.max(-128, Math.min(127, Math.round(x / input.scale) + input.zeroPoint)))
            .buffer,
        );
    const bytes = Uint8Array.from(await run(model, values));
    if (isFloat) return new Float32Array(bytes.buffer);
    return Float32Array.from(new Int8Array(bytes.buffer), (q) => (q - output!.zeroPoint[0]!) * output!.scale[0]!);
  };
}

/** The float network beside the node's, or else the node's own. */
async function cloudModel(model: string): Promise<Uint8Array> {
  const float = path.join(path.dirname(model), "float.tflite");
  return await readUserFile(existsSync(float) ? float : model, "the cloud's model");
}

/** Starts TensorFlow Lite for each window. */
const predictorOf = (model: Uint8Array): Predictor =>
  tflitePredictor(model, async (network, input) => {
    const [result] = await infer(network, [[input]], { backend: "tflite" });
    return result!.outputs[0]!;
  });

/** Starts TensorFlow Lite for each window. @param model the node's */
export const defaultPredictor = async (model: string): Promise<Predictor> => predictorOf(await cloudModel(model));

/**
 * What decides on windows of the firmware's network, and of those that packages bring: with a package no float network comes, so its int8 one decides.
 * @param packages what the node will refuse, a network that is none included, may be among them
 */
export function networksWith(
  own: NodeNetwork,
  packages: readonly Uint8Array[],
): (model: number) => NodeNetwork | undefined {
  const networks = new Map([[0, own]]);
  const models = new Map(packages.flatMap((bytes) => modelIn(bytes)));
  return (sequence) => {
    const model = models.get(sequence);
    // Once windows of it come: the node has checked it then.
    if (model && !networks.has(sequence))
      networks.set(sequence, { input: inputQuantization(model), predict: predictorOf(model) });
    return networks.get(sequence);
  };
}

/** A package's network, with its sequence, if there is one. */
function modelIn(bytes: Uint8Array): [sequence: number, model: Uint8Array][] {
  try {
    const { sequence, sections } = readPackage(bytes);
    return sections.model ? [[sequence, sections.model.slice()]] : [];
  } catch (error) {
    if (error instanceof PackageError) return [];
    throw error;
  }
}

/** TensorFlow Lite in a process that goes on, for a server; should it end, the next window starts another. @param model the node's */
export async function openPredictor(model: string): Promise<{ predict: Predictor; close(): void }> {
  let session: Promise<InferenceSession> | undefined;
  const predict = tflitePredictor(await cloudModel(model), async (network, input) => {
    session ??= InferenceSession.start("tflite");
    try {
      const [result] = await inferWith(await session, network, [[input]]);
      return result!.outputs[0]!;
    } catch (error) {
      session = undefined;
      throw error;
    }
  });
  return { predict, close: () => void session?.then((one) => one.close()) };
}
