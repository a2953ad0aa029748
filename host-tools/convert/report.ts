import type { Conversion } from "./index.js";
import { comparedSamples, layerRows, type LayerRow } from "tfjs-to-tflite/convert/layerErrors.js";
import { emit } from "tfjs-to-tflite/graph/emit.js";
import type { Samples } from "tfjs-to-tflite/graph/samples.js";
import { infer } from "../inference/index.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { collect } from "tfjs-to-tflite/quantize/fake.js";
import { int8 } from "tfjs-to-tflite/graph/parameters.js";

/**
 * How much each layer of the int8 model, run by TensorFlow Lite, differs from the float one, run by tfjs on the same weights (equalized ones, where
 * they were equalized, for only then do the layers in between compare).
 */
export async function layerReport(conversion: Pick<Conversion, "quantized">, given: Samples): Promise<LayerRow[]> {
  const quantized = conversion.quantized!;
  const { graph, activations } = quantized;
  const everything = graph.nodes.map((node) => node.output);
  const samples = comparedSamples(graph, given);
  const truth = collect(graph, samples, everything);
  const inputs = graph.inputs.map((index, which) => {
    const { scale, zeroPoint } = activations.get(index)!;
    return Int8Array.from(samples[which]!.dataSync(), (value) =>
      Math.max(int8.min, Math.min(int8.max, Math.round(value / scale) + zeroPoint)),
    );
  });
  const count = samples[0]!.shape[0];
  samples.forEach((sample) => sample.dispose());
  const runs = Array.from({ length: count }, (_, run) =>
    inputs.map((values) => new Uint8Array(values.buffer, (run * values.length) / count, values.length / count)),
  );
  const model = writeTflite(emit(graph, { ...quantized, graph: { ...graph, outputs: everything } }));
  const results = await infer(model, runs, { backend: "tflite" });
  const real = everything.map((tensor, index) => {
    const { scale, zeroPoint } = activations.get(tensor)!;
    const values = new Float32Array(truth[index]!.length);
    results.forEach(({ outputs }, run) => {
      const { buffer, byteOffset, length } = outputs[index]!;
      new Int8Array(buffer, byteOffset, length).forEach(
        (value, i) => (values[run * length + i] = (value - zeroPoint) * scale),
      );
    });
    return values;
  });
  return layerRows(quantized, truth, real);
}
