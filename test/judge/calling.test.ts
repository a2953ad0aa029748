// Slow: compiles TensorFlow Lite Micro
/** IF and WHILE, which only the tflm backend has: their options are read and written, and what is said of them is what TensorFlow Lite Micro does. */
import test from "ava";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import {
  builtinNames,
  type Subgraph,
  type TensorType,
  type TfliteModel,
  type TfliteOptions,
} from "tfjs-to-tflite/tflite/index.js";
import { inspect } from "../../host-tools/inference/inspect.js";
import { infer, InferenceError } from "../../host-tools/inference/index.js";
import { placesOf } from "../../host-tools/inference/places.js";
import { tflmSupport } from "../../host-tools/inference/tflmSupport.js";
import { needs, tflm } from "../helpers/needs.js";

type Numbers = readonly [type: TensorType, shape: number[], buffer?: number];
const codes = ["IF", "WHILE", "RELU", "ADD", "LESS"];

/** A subgraph of one operator. */
function graph(operator: string, inputs: Numbers[], output: Numbers, options?: TfliteOptions): Subgraph {
  const quantization = { scale: [0.5], zeroPoint: [0], quantizedDimension: 0 };
  const tensors = [...inputs, output].map(([type, shape, buffer = 0], i) => ({
    name: `t${i}`,
    shape,
    type,
    buffer,
    ...(type === "INT8" && { quantization }),
  }));
  const given = inputs.map((_, i) => i);
  return {
    name: operator,
    tensors,
    inputs: given.filter((i) => inputs[i]![2] === undefined),
    outputs: [inputs.length],
    operators: [
      { opcodeIndex: codes.indexOf(operator), inputs: given, outputs: [inputs.length], ...(options && { options }) },
    ],
  };
}

const model = (...subgraphs: Subgraph[]): TfliteModel => ({
  version: 3,
  description: "",
  operatorCodes: codes.map((name) => ({ builtinCode: builtinNames.indexOf(name), version: 1 })),
  subgraphs,
  buffers: [new Uint8Array(), new Uint8Array(Int32Array.of(10).buffer), new Uint8Array(Int32Array.of(3).buffer)],
  metadata: [],
});

const four: Numbers = ["INT8", [1, 4]];
const count: Numbers = ["INT32", [1]];
const add: TfliteOptions = { type: "Add", fusedActivation: 0 };
const relu = () => graph("RELU", [four], four);
const choosing = (options: TfliteOptions = { type: "If", thenSubgraph: 1, elseSubgraph: 2 }): TfliteModel =>
  model(graph("IF", [["BOOL", [1]], four], four, options), relu(), {
    ...graph("ADD", [four, four], four, add),
    inputs: [0],
    operators: [{ opcodeIndex: codes.indexOf("ADD"), inputs: [0, 0], outputs: [2], options: add }],
  });
/** Three more, as long as it is below 10. */
const counting = (options: TfliteOptions = { type: "While", condSubgraph: 1, bodySubgraph: 2 }): TfliteModel =>
  model(
    graph("WHILE", [count], count, options),
    graph("LESS", [count, ["INT32", [1], 1]], ["BOOL", [1]]),
    graph("ADD", [count, ["INT32", [1], 2]], count, add),
  );

const changed = (of: TfliteModel, change: (graphs: Subgraph[]) => void): TfliteModel => {
  change(of.subgraphs);
  return of;
};
const refused: [what: string, model: TfliteModel, line: RegExp][] = [
  ["itself", choosing({ type: "If", thenSubgraph: 0, elseSubgraph: 2 }), /^IF #0: runs subgraph 0, one of those after/],
  [
    "a subgraph that is not there",
    counting({ type: "While", condSubgraph: 1, bodySubgraph: 3 }),
    /^WHILE #0: runs subgraph 3, one of those after 0 is expected, of 3$/,
  ],
  [
    "nobody knows what",
    changed(choosing(), ([main]) => delete main!.operators[0]!.options),
    /^IF #0: does not say which subgraph it runs$/,
  ],
  [
    "a subgraph with another number of inputs",
    changed(choosing(), ([, then]) => then!.inputs.push(0)),
    /^IF #0: runs subgraph 1 with inputs 2 and outputs 1, 1 and 1 expected$/,
  ],
  [
    "a subgraph on a condition that is a number",
    changed(choosing(), ([main]) => (main!.tensors[0]!.type = "INT8")),
    /^IF #0: int8, and TensorFlow Lite Micro has it in bool only$/,
  ],
];

test("their options are read, written and shown", (t) => {
  for (const [each, options] of [
    [choosing(), { thenSubgraph: 1, elseSubgraph: 2 }],
    [counting(), { condSubgraph: 1, bodySubgraph: 2 }],
  ] as const) {
    const bytes = writeTflite(each);
    t.deepEqual(inspect(readTflite(bytes), bytes.length).operators[0]!.options, options);
    t.deepEqual(tflmSupport(each, placesOf(each)), []);
  }
});

for (const [what, each, line] of refused)
  test(`an operator that runs ${what}: it is said`, (t) => {
    const said = tflmSupport(each, placesOf(each));
    t.is(said.length, 1);
    t.regex(said[0]!, line);
  });

needs(tflm)("TensorFlow Lite Micro runs them, and refuses those of which something is said", async (t) => {
  const run = async (of: TfliteModel, ...inputs: Uint8Array[]) =>
    (await infer(writeTflite(of), [inputs], { backend: "tflm", arena: 1 << 16 }))[0]!.outputs[0]!;
  const numbers = Uint8Array.of(1, 255, 3, 250);
  t.deepEqual([...(await run(choosing(), Uint8Array.of(1), numbers))], [1, 0, 3, 0]);
  t.deepEqual([...(await run(choosing(), Uint8Array.of(0), numbers))], [2, 254, 6, 244]);
  t.is((await run(counting(), new Uint8Array(Int32Array.of(2).buffer)))[0], 11);
  t.is((await run(counting(), new Uint8Array(Int32Array.of(50).buffer)))[0], 50);
  for (const [what, each] of refused)
    await t.throwsAsync(infer(writeTflite(each), [], { backend: "tflm" }), { instanceOf: InferenceError }, what);
});
