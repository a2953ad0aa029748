import test from "ava";
import type { Graph, GraphNode } from "tfjs-to-tflite/graph/graph.js";
import { lastReads, peakBytes, totalBytes } from "tfjs-to-tflite/graph/live.js";

const node = (op: "ADD" | "RELU", inputs: number[], output: number): GraphNode => ({
  op,
  inputs,
  output,
  options: {},
  layer: "",
});

/** 0 -> 1 -> 2, then 2 + 1 -> 4 with the constant 3 between, and 4 -> 5, an output like 2. */
const graph: Graph = {
  name: "branches",
  tensors: [
    { name: "in", shape: [1, 10] },
    { name: "a", shape: [1, 100] },
    { name: "b", shape: [1, 100] },
    { name: "one", shape: [1], data: Float32Array.of(1) },
    { name: "sum", shape: [1, 100] },
    { name: "out", shape: [1, 1] },
  ],
  nodes: [node("RELU", [0], 1), node("ADD", [1, 3], 2), node("ADD", [2, 1], 4), node("RELU", [4], 5)],
  inputs: [0],
  outputs: [2, 5],
};

test("an activation lives until it is read last, an output for ever, and a constant is none", (t) => {
  t.deepEqual(lastReads(graph), [[0], [], [1], [4]]);
});

test("the peak is where most live at once", (t) => {
  // a, b and their sum.
  t.is(peakBytes(graph), 4 * 300);
  t.is(totalBytes(graph), 4 * 301);
});
