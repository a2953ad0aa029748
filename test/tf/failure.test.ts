import * as tf from "@tensorflow/tfjs-core";
import test from "ava";
import type { Graph } from "tfjs-to-tflite/graph/graph.js";
import { runGraph } from "tfjs-to-tflite/graph/execute.js";
import { UserError } from "tfjs-to-tflite/lib/errors.js";
import { explained, tfjsFailure } from "tfjs-to-tflite/tf/failure.js";
import { startPlainBackend } from "../convert/backend.js";

test.before(startPlainBackend);

/** What Emscripten's abort, V8 and tfjs say. */
for (const [title, error, message] of [
  [
    "the wasm backend's memory is used up",
    new WebAssembly.RuntimeError("Aborted(OOM). Build with -sASSERTIONS for more info.\nvar Module=function(){return"),
    /^the model cannot be run: the memory does not suffice \(tfjs's cpu backend: Aborted\(OOM\).* more info\.; \d+ MB of tensors\)\. Instead: fewer samples/,
  ],
  [
    "the process's memory is used up",
    new RangeError("Array buffer allocation failed"),
    /^the model cannot be run: the memory does not suffice/,
  ],
  [
    "a wall of code",
    new Error(`Cannot read ${"x".repeat(10_000)}`),
    /^the model cannot be run: tfjs fails \(Cannot read x{188,}\.\.\.\)$/,
  ],
  [
    "an op that tfjs was not told of",
    new TypeError("rMat.flatten is not a function"),
    /^the model cannot be run: tfjs fails \(rMat\.flatten is not a function\)$/,
  ],
] as const)
  test(`a sentence: ${title}`, async (t) => {
    const step = explained("the model cannot be run", () => Promise.reject(error));
    const failure = await t.throwsAsync(step, { name: "UserError", message });
    // NODE_DEBUG shows it.
    t.is(failure.cause, error);
  });

test("errors for the user, and of the system, stay as they are", (t) => {
  t.is(tfjsFailure(new UserError("a file"), "it fails"), undefined);
  t.is(tfjsFailure(Object.assign(new Error("no"), { syscall: "open", path: "x" }), "it fails"), undefined);
});

test("a kernel that the backend lacks is told with the layer that needs it", (t) => {
  const graph: Graph = {
    name: "model",
    tensors: [
      { name: "x", shape: [1, 2] },
      { name: "y", shape: [1, 2] },
    ],
    nodes: [{ op: "TANH", layer: "act", inputs: [0], output: 1, options: {} }],
    inputs: [0],
    outputs: [1],
  };
  const kernel = tf.getKernel("Tanh", "cpu");
  tf.unregisterKernel("Tanh", "cpu");
  try {
    t.throws(() => tf.tidy(() => runGraph(graph, [tf.zeros([1, 2])])), {
      name: "UserError",
      message:
        'layer "act" (TANH) cannot be run: tfjs\'s cpu backend has no Tanh. Instead: other layers that compute the same',
    });
  } finally {
    tf.registerKernel(kernel);
  }
});
