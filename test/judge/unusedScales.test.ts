// Slow: random graphs through engine and judges
/** What TensorFlow Lite Micro accepts because no kernel uses it: a channel without weights whose scale is 0, and a bias's own scales. */
import test from "ava";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { InferenceSession } from "../../host-tools/inference/index.js";
import { needs, tflm } from "../helpers/needs.js";
import { compareWithDesktop, traceOf } from "./check.js";
import { randomGraph, type RandomGraph } from "./randomGraph.js";

/** Scales of some channels and of their biases become 0, and biases name a dimension that they may not have. */
function withUnusedScales(seed: number, itsOwnAxis: boolean): RandomGraph | undefined {
  const random = new Random(seed);
  const graph = randomGraph(seed);
  const changed = graph.model.subgraphs[0]!.tensors.filter(({ type, quantization }) => {
    if (!quantization || (type === "INT8" && quantization.scale.length === 1)) return false;
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
