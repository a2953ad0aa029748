import { existsSync } from "node:fs";
import path from "node:path";
import { readUserFile } from "../lib/files.js";
import { infer } from "../inference/index.js";
import { readTflite } from "../graph/tflite.js";
import type { InputQuantization, Predictor } from "../cloud/cloud.js";

/** How a model reads its input. */
export function inputQuantization(model: Uint8Array): InputQuantization {
  const { tensors, inputs } = readTflite(model).subgraphs[0]!;
  const { quantization } = tensors[inputs[0]!]!;
  return { scale: quantization?.scale[0] ?? 1, zeroPoint: quantization?.zeroPoint[0] ?? 0 };
}

/** The cloud's network from a .tflite, float or int8, run by TensorFlow Lite. */
async function tflitePredictor(file: string): Promise<Predictor> {
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
    const [result] = await infer(model, [[values]], { backend: "tflite" });
    const bytes = Uint8Array.from(result!.outputs[0]!);
    if (isFloat) return new Float32Array(bytes.buffer);
    return Float32Array.from(new Int8Array(bytes.buffer), (q) => (q - output!.zeroPoint[0]!) * output!.scale[0]!);
  };
}

/** Of the float network beside the node's, or else of the node's own. */
export async function defaultPredictor(model: string): Promise<Predictor> {
  const float = path.join(path.dirname(model), "float.tflite");
  return tflitePredictor(existsSync(float) ? float : model);
}
