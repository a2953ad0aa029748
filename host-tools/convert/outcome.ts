/** What became of a model: how a conversion agrees with tfjs, and what it takes. */
import type * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import type { GraphModel } from "tfjs-to-tflite/convert/graphModel/index.js";
import type { LayerRow } from "tfjs-to-tflite/convert/layerErrors.js";
import type { Graph } from "tfjs-to-tflite/graph/graph.js";
import { sampleSetOf, type Samples } from "tfjs-to-tflite/graph/sampleSet.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { collect } from "tfjs-to-tflite/quantize/fake.js";
import { silent, within, type Report } from "tfjs-to-tflite/quantize/stages.js";
import { expectedInstructions, type ExpectedTarget } from "../inference/expected.js";
import { microArena } from "../inference/index.js";
import { UserError } from "../lib/errors.js";
import { agreementOf, type Agreement, type OutputValues } from "tfjs-to-tflite/convert/outputAgreement.js";
import type { Conversion } from "./index.js";
import { layerReport } from "./report.js";
import { runnableTfjs, runnableTflite, type SampleInput } from "./runnable.js";

export interface Outcome {
  /** What computed the reference, and what the file. */
  first: string;
  second: string;
  agreement: Agreement;
  /** Of integers: the operator that differs most from the float one. */
  worstLayer?: LayerRow;
  bytes: number;
  /** Bytes that micro needs; undefined for a model that it refuses. */
  arena?: number;
  /** That an invoke of an int8 model is expected to take with micro on each board. */
  instructions?: Record<ExpectedTarget, number>;
}

const mostSamples = 64;
const fewestSamples = 4;
/** Multiply-accumulates of all samples together: some seconds of micro on this machine. */
const mostMacs = 5e9;

/** Of the time that an outcome takes, about: after tfjs, and after the engine of an int8 model. */
const shares = { reference: 0.1, file: 0.3 };

/** @throws what is no UserError */
async function unlessRefused<T>(make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** tfjs has layers that its wasm backend cannot run (images with their channels first); there the converted float network, which is held to tfjs by tests, stands for them. */
async function reference(
  model: tfl.LayersModel | GraphModel,
  graph: Graph,
  samples: readonly tf.Tensor[],
): Promise<{ by: string; outputs: readonly string[]; values: OutputValues[] }> {
  const inputs = samples.map((sample): SampleInput => ({
    data: sample.dataSync() as Float32Array,
    shape: sample.shape.slice(1),
  }));
  try {
    const runnable = await runnableTfjs(model);
    const values = await runnable.run(inputs, samples[0]!.shape[0]);
    return { by: "tfjs", outputs: runnable.outputs, values };
  } catch {
    const outputs = graph.outputs.map((output) => graph.tensors[output]!.name);
    return { by: "the float network", outputs, values: collect(graph, samples, graph.outputs) };
  }
}

function instructionsOf(tflite: Uint8Array): Pick<Outcome, "instructions"> {
  const model = readTflite(tflite);
  const [rv32, lx6] = (["rv32", "lx6"] as const).map((target) => expectedInstructions(model, target));
  return rv32 && lx6 ? { instructions: { rv32: Math.round(rv32), lx6: Math.round(lx6) } } : {};
}

/**
 * Runs a converted model beside the one that it was made of. A tfjs backend must be running.
 * @param given samples of the model's inputs, of which some are taken, evenly spread
 * @param external the inputs that are not in the arena, by number @param report is told of the share that is done
 */
export async function outcomeOf(
  model: tfl.LayersModel | GraphModel,
  conversion: Conversion,
  given: Samples,
  external: readonly number[] = [],
  report: Report = silent,
): Promise<Outcome> {
  const { graph, tflite, summary, quantized } = conversion;
  const all = await sampleSetOf(graph, given);
  const most = Math.max(fewestSamples, Math.min(mostSamples, Math.floor(mostMacs / Math.max(1, summary.macs))));
  const samples = await all.some(most);
  const count = samples[0]!.shape[0];
  try {
    const truth = await reference(model, graph, samples);
    report(shares.reference);
    const inputs = samples.map((sample) => ({ data: sample.dataSync() as Float32Array }));
    const engine = runnableTflite(tflite);
    const run = async (by = engine) => ({ by: by.by, values: await by.run(inputs, count) });
    const result = (await unlessRefused(run)) ?? (await run(runnableTflite(tflite, "tflite")));
    report(shares.file);
    const rows = quantized && (await layerReport(conversion, samples, within(report, shares.file, 1)));
    const worstLayer = rows?.reduce((worst, row) => (row.snr < worst.snr ? row : worst));
    const arena = quantized && (await unlessRefused(() => microArena(tflite, readTflite(tflite), external)));
    return {
      first: truth.by,
      second: result.by,
      agreement: agreementOf(truth.outputs, truth.values, result.values, count),
      ...(worstLayer && { worstLayer }),
      bytes: tflite.length,
      ...(arena && { arena: arena.needed }),
      ...(arena && summary.type === "int8" && instructionsOf(tflite)),
    };
  } finally {
    samples.forEach((sample) => sample.dispose());
  }
}
