// Slow: compiles TensorFlow Lite Micro
/** The tflm backend runs what only TensorFlow Lite Micro has: variables that last from one run to the next, set by a second subgraph. */
import { writeTflite } from "../../host-tools/graph/tflite.js";
import { InferenceError, InferenceSession, inferWith } from "../../host-tools/inference/index.js";
import type { Subgraph, TfliteModel, TfliteOptions, TfliteTensor } from "../../host-tools/tflite/index.js";
import { needs, tflm } from "../helpers/needs.js";

const quantization = { scale: [0.5], zeroPoint: [3], quantizedDimension: 0 };
const [callOnce, varHandle, read, assign, add] = [0, 1, 2, 3, 4];
const values: Omit<TfliteTensor, "name"> = { shape: [1, 4], type: "INT8", buffer: 0, quantization };
const handle: Omit<TfliteTensor, "name"> = { shape: [], type: "RESOURCE", buffer: 0 };
const named: TfliteOptions = { type: "VarHandle", sharedName: "sum" };

const node = (opcodeIndex: number, inputs: number[], outputs: number[], options?: TfliteOptions) => ({
  opcodeIndex,
  inputs,
  outputs,
  ...(options && { options }),
});

/** Adds its input to a variable that begins with 10, 20, 30, 40. @param called the subgraph that sets it */
function accumulator(called = 1): TfliteModel {
  const main: Subgraph = {
    name: "main",
    tensors: [
      { name: "input", ...values },
      { name: "handle", ...handle },
      { name: "before", ...values },
      { name: "after", ...values },
    ],
    inputs: [0],
    outputs: [3],
    operators: [
      node(callOnce, [], [], { type: "CallOnce", initSubgraph: called }),
      node(varHandle, [], [1], named),
      node(read, [1], [2]),
      node(add, [0, 2], [3], { type: "Add", fusedActivation: 0 }),
      node(assign, [1, 3], []),
    ],
  };
  const init: Subgraph = {
    name: "init",
    tensors: [
      { name: "handle", ...handle },
      { name: "first", ...values, buffer: 1 },
    ],
    inputs: [],
    outputs: [],
    operators: [node(varHandle, [], [0], named), node(assign, [0, 1], [])],
  };
  return {
    version: 3,
    description: "",
    operatorCodes: [129, 142, 143, 144, 0].map((builtinCode) => ({ builtinCode, version: builtinCode === 0 ? 2 : 1 })),
    subgraphs: [main, init],
    buffers: [new Uint8Array(), Uint8Array.of(10, 20, 30, 40)],
    metadata: [],
  };
}

const runs = Array.from({ length: 5 }, (_, run) => [Uint8Array.of(run, 2 * run, 3, 200 + run)]);

needs(tflm)("variables last from run to run, as in desktop TensorFlow Lite", async (t) => {
  const [theirs, desktop] = [await InferenceSession.start("tflm"), await InferenceSession.start("tflite")];
  try {
    const model = writeTflite(accumulator());
    const mine = await inferWith(theirs, model, runs, { trace: true });
    t.deepEqual(
      mine.map(({ outputs }) => outputs),
      (await inferWith(desktop, model, runs)).map(({ outputs }) => outputs),
    );
    t.true(new Set(mine.map(({ outputs }) => String(outputs[0]))).size > 1);
    t.deepEqual(
      mine[0]!.trace!.map(({ operator }) => operator),
      ["CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ADD", "ASSIGN_VARIABLE"],
    );
  } finally {
    theirs.close();
    desktop.close();
  }
});

needs(tflm)("a graph that runs itself is refused", async (t) => {
  const session = await InferenceSession.start("tflm");
  try {
    await t.throwsAsync(inferWith(session, writeTflite(accumulator(0)), []), {
      instanceOf: InferenceError,
      message: /CALL_ONCE in subgraph 0 runs subgraph 0; one of those after it is expected/,
    });
  } finally {
    session.close();
  }
});
