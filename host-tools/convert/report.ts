import type { Conversion } from "./index.js";
import { comparedSamples, LayerErrors, type LayerRow } from "tfjs-to-tflite/convert/layerErrors.js";
import { emit } from "tfjs-to-tflite/graph/emit.js";
import type { Samples } from "tfjs-to-tflite/graph/sampleSet.js";
import { inferWith, InferenceSession } from "../inference/index.js";
import { bytesOf, numbersOf } from "../inference/realNumbers.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { collect } from "tfjs-to-tflite/quantize/fake.js";
import { silent, type Report } from "tfjs-to-tflite/quantize/stages.js";
import { joinedNumbers } from "tfjs-to-tflite/lib/bytes.js";

/**
 * How much each layer of the quantized model, run by TensorFlow Lite, differs from the float one, run by tfjs on the same weights (equalized ones, where
 * they were equalized, for only then do the layers in between compare).
 * @param report is told of the share of the samples that is done
 */
export async function layerReport(
  conversion: Pick<Conversion, "quantized">,
  given: Samples,
  report: Report = silent,
): Promise<LayerRow[]> {
  const quantized = conversion.quantized!;
  const { graph } = quantized;
  const everything = graph.nodes.map((node) => node.output);
  const model = emit(graph, { ...quantized, graph: { ...graph, outputs: everything } });
  const bytes = writeTflite(model);
  const { tensors, inputs, outputs } = model.subgraphs[0]!;
  const errors = new LayerErrors(quantized);
  const session = await InferenceSession.start("tflite");
  try {
    for await (const { samples, before } of comparedSamples(graph, given)) {
      report(before);
      const truth = collect(graph, samples, everything);
      const count = samples[0]!.shape[0];
      const numbers = samples.map((sample) => sample.dataSync() as Float32Array);
      const runs = Array.from({ length: count }, (_, run) =>
        inputs.map((input, which) => {
          const each = numbers[which]!.length / count;
          return bytesOf(tensors[input]!, numbers[which]!.subarray(run * each, (run + 1) * each));
        }),
      );
      const results = await inferWith(session, bytes, runs, { reset: true });
      errors.add(
        truth,
        outputs.map((output, which) =>
          joinedNumbers(results.map((result) => numbersOf(tensors[output]!, result.outputs[which]!))),
        ),
      );
    }
  } finally {
    session.close();
  }
  return errors.rows();
}
