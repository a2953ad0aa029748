import * as tf from "@tensorflow/tfjs-core";
import type { Conversion } from "./index.js";
import { emit } from "tfjs-to-tflite/graph/emit.js";
import { totalBytes } from "tfjs-to-tflite/graph/live.js";
import { samplesFor, type Samples } from "tfjs-to-tflite/graph/samples.js";
import { infer } from "../inference/index.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { collect } from "tfjs-to-tflite/quantize/fake.js";
import { clippedTensors } from "tfjs-to-tflite/quantize/groups.js";
import { int8 } from "tfjs-to-tflite/graph/parameters.js";

/** One operator of the int8 model against the same one of the float model. */
export interface LayerRow {
  /** Index in the model's operators. */
  index: number;
  operator: string;
  layer: string;
  /**
   * Signal-to-noise ratio in dB: 10 log10 of the float output's energy over the energy of the difference. The float output is clipped to the int8 range
   * where what lies outside never comes out of the operators behind it (before a minimum, for example).
   */
  snr: number;
}

const mostSamples = 64;
/** Of all activations of all samples. */
const mostBytes = 256 * 2 ** 20;

/**
 * How much each layer of the int8 model, run by TensorFlow Lite, differs from the float one, run by tfjs on the same weights (equalized ones, where
 * they were equalized, for only then do the layers in between compare).
 */
export async function layerReport(conversion: Pick<Conversion, "quantized">, given: Samples): Promise<LayerRow[]> {
  const quantized = conversion.quantized!;
  const { graph, activations } = quantized;
  const everything = graph.nodes.map((node) => node.output);
  const all = samplesFor(graph, given);
  const fitting = Math.max(1, Math.min(mostSamples, Math.floor(mostBytes / totalBytes(graph))));
  const samples = all.map((sample) => tf.slice(sample, 0, Math.min(fitting, sample.shape[0])));
  const truth = collect(graph, samples, everything);
  const inputs = graph.inputs.map((index, which) => {
    const { scale, zeroPoint } = activations.get(index)!;
    return Int8Array.from(samples[which]!.dataSync(), (value) =>
      Math.max(int8.min, Math.min(int8.max, Math.round(value / scale) + zeroPoint)),
    );
  });
  const count = samples[0]!.shape[0];
  [...all, ...samples].forEach((sample) => sample.dispose());
  const runs = Array.from({ length: count }, (_, run) =>
    inputs.map((values) => new Uint8Array(values.buffer, (run * values.length) / count, values.length / count)),
  );
  const model = writeTflite(emit(graph, { ...quantized, graph: { ...graph, outputs: everything } }));
  const results = await infer(model, runs, { backend: "tflite" });
  const clipped = clippedTensors(graph);
  return graph.nodes.map((node, index): LayerRow => {
    const { scale, zeroPoint } = activations.get(node.output)!;
    const isClipped = clipped.has(node.output);
    const [low, high] = isClipped
      ? [(int8.min - zeroPoint) * scale, (int8.max - zeroPoint) * scale]
      : [-Infinity, Infinity];
    let [noise, signal] = [0, 0];
    results.forEach(({ outputs }, run) => {
      const values = new Int8Array(outputs[index]!.buffer, outputs[index]!.byteOffset, outputs[index]!.length);
      values.forEach((value, i) => {
        const real = Math.max(low, Math.min(high, truth[index]![run * values.length + i]!));
        noise += (real - (value - zeroPoint) * scale) ** 2;
        signal += real ** 2;
      });
    });
    return {
      index,
      operator: node.op,
      layer: node.layer,
      snr: noise === 0 ? Infinity : 10 * Math.log10(signal / noise),
    };
  });
}
