// Slow: random graphs through engine and judges
/** What TensorFlow Lite Micro accepts: a channel, or whole weights, whose scale is 0, and a bias's own scales, which no kernel uses. */
import test from "ava";
import { Random } from "tfjs-to-tflite/graph/random.js";
import type { TfliteModel, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { operatorNames } from "../../host-tools/inference/graph.js";
import { InferenceSession } from "../../host-tools/inference/index.js";
import { needs, tflm } from "../helpers/needs.js";
import { compareWithDesktop, traceOf } from "./check.js";
import { randomGraph, type RandomGraph } from "./randomGraph.js";

/** Weights of a graph's layers. */
function weightsOf(model: TfliteModel): TfliteTensor[] {
  const graph = model.subgraphs[0]!;
  const names = operatorNames(model, graph);
  const layers = ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"];
  return graph.operators.flatMap(({ inputs }, i) => (layers.includes(names[i]!) ? [graph.tensors[inputs[1]!]!] : []));
}

/** Scales of some channels, weights and biases become 0, and biases name a dimension that they may not have. */
function withUnusedScales(seed: number, itsOwnAxis: boolean): RandomGraph | undefined {
  const random = new Random(seed);
  const graph = randomGraph(seed);
  const weights = weightsOf(graph.model);
  const changed = graph.model.subgraphs[0]!.tensors.filter((tensor) => {
    const { type, quantization } = tensor;
    if (!quantization || (type === "INT8" && quantization.scale.length === 1 && !weights.includes(tensor)))
      return false;
    const dead = quantization.scale.map(() => random.chance(0.3));
    quantization.scale = quantization.scale.map((scale, c) => (dead[c] ? 0 : scale));
    if (type === "INT32" && itsOwnAxis) quantization.quantizedDimension = random.int(0, 3);
    return true;
  });
  return changed.length > 0 ? graph : undefined;
}

function* graphs(itsOwnAxis: boolean): Generator<{ seed: number; graph: RandomGraph }> {
  for (let seed = 0; seed < 400; seed++) {
    const graph = withUnusedScales(seed, itsOwnAxis);
    if (graph) yield { seed, graph };
  }
}

test("dead channels and a bias's own scales: every byte equals desktop TensorFlow Lite's, or a rule explains both values", async (t) => {
  const [micro, desktop] = [await InferenceSession.start("micro"), await InferenceSession.start("tflite")];
  try {
    // It refuses a dimension that is not there.
    for (const { seed, graph } of graphs(false))
      t.deepEqual(await compareWithDesktop(micro, desktop, graph), [], `seed ${seed}`);
  } finally {
    micro.close();
    desktop.close();
  }
});

needs(tflm)("dead channels and a bias's own scales: what TensorFlow Lite Micro computes here", async (t) => {
  const [micro, theirs] = [await InferenceSession.start("micro"), await InferenceSession.start("tflm")];
  try {
    for (const { seed, graph } of graphs(true))
      t.deepEqual(await traceOf(micro, graph), await traceOf(theirs, graph), `seed ${seed}`);
  } finally {
    micro.close();
    theirs.close();
  }
});
