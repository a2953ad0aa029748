import { existsSync } from "node:fs";
import path from "node:path";
import { readUserFile } from "../lib/files.js";
import { infer, InferenceSession, inferWith } from "../inference/index.js";
import { readTflite } from "../graph/tflite.js";
import type { InputQuantization, Predictor } from "../cloud/cloud.js";

/** How a model reads its input. */
export function inputQuantization(model: Uint8Array): InputQuantization {
  const { tensors, inputs } = readTflite(model).subgraphs[0]!;
  const { quantization } = tensors[inputs[0]!]!;
  return { scale: quantization?.scale[0] ?? 1, zeroPoint: quantization?.zeroPoint[0] ?? 0 };
}

/** Runs a model on the bytes of one input; gives those of its first output. */
type Run = (model: Uint8Array, input: Uint8Array) => Promise<Uint8Array>;

/** A network from a .tflite, float or int8, run by TensorFlow Lite. */
async function tflitePredictor(file: string, run: Run): Promise<Predictor> {
  const model = await readUserFile(file, "the cloud's model");
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
function cloudModel(model: string): string {
  const float = path.join(path.dirname(model), "float.tflite");
  return existsSync(float) ? float : model;
}

/** Starts TensorFlow Lite for each window. @param model the node's */
export const defaultPredictor = (model: string): Promise<Predictor> =>
  tflitePredictor(cloudModel(model), async (network, input) => {
    const [result] = await infer(network, [[input]], { backend: "tflite" });
    return result!.outputs[0]!;
  });

/** TensorFlow Lite in a process that goes on, for a server; should it end, the next window starts another. @param model the node's */
export async function openPredictor(model: string): Promise<{ predict: Predictor; close(): void }> {
  let session: Promise<InferenceSession> | undefined;
  const predict = await tflitePredictor(cloudModel(model), async (network, input) => {
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
