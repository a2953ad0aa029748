// Slow: compiles the engine and TensorFlow Lite Micro
/** Variables that last from one run to the next, set by a second subgraph. */
import test from "ava";
import { runModel } from "../../host-tools/board/index.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { engineRules } from "tfjs-to-tflite/graph/operators/index.js";
import { quantized } from "tfjs-to-tflite/graph/operators/shared/random.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { InferenceError, InferenceSession, inferWith, type Backend } from "../../host-tools/inference/index.js";
import type { Subgraph, TfliteModel, TfliteOptions, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
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

const valuesOf = (results: { outputs: Uint8Array[] }[]) => results.map(({ outputs }) => outputs.map(String));

async function withSessions(
  names: readonly Backend[],
  use: (...sessions: InferenceSession[]) => Promise<void>,
): Promise<void> {
  const sessions = await Promise.all(names.map((name) => InferenceSession.start(name)));
  try {
    await use(...sessions);
  } finally {
    for (const session of sessions) session.close();
  }
}

test("micro: variables last from run to run, as in desktop TensorFlow Lite", async (t) => {
  await withSessions(["micro", "tflite"], async (micro, desktop) => {
    const model = writeTflite(accumulator());
    const mine = valuesOf(await inferWith(micro, model, runs));
    t.deepEqual(mine, valuesOf(await inferWith(desktop, model, runs)));
    t.true(new Set(mine.map(String)).size > 1);
  });
});

needs(tflm)("variables last from run to run in TensorFlow Lite Micro, operator by operator", async (t) => {
  await withSessions(["tflm", "micro"], async (theirs, micro) => {
    const model = writeTflite(accumulator());
    const mine = await inferWith(theirs, model, runs, { trace: true });
    t.deepEqual(
      mine.map(({ outputs, trace }) => ({ outputs, trace })),
      (await inferWith(micro, model, runs, { trace: true })).map(({ outputs, trace }) => ({ outputs, trace })),
    );
    t.deepEqual(
      mine[0]!.trace!.map(({ operator }) => operator),
      ["CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ADD", "ASSIGN_VARIABLE"],
    );
  });
});

/** What a streaming layer does: the last 64 rows and a new one, of which the last 64 are the next state. @param isLate the state is used after it was set */
function streaming(isLate: boolean): TfliteModel {
  const model = new ModelBuilder();
  const rows = (count: number) => model.int8([1, count, 1, 8], 0.5, 3);
  const input = rows(1);
  const handle = model.variable("rows");
  const before = model.operator("READ_VARIABLE", [handle], rows(64));
  const whole = model.operator("CONCATENATION", [before, input], rows(65), { axis: 1 });
  const bounds = [
    [0, 1, 0, 0],
    [1, 65, 1, 8],
    [1, 1, 1, 1],
  ].map((list) => model.int32s(list));
  const after = model.operator("STRIDED_SLICE", [whole, ...bounds], rows(64));
  model.statement("ASSIGN_VARIABLE", [handle, after], []);
  return model.build([input], [model.operator("ADD", isLate ? [before, after] : [after, after], rows(64))]);
}

test("micro: a state that is read before it is set is not copied, nor is a slice of it and the new rows", async (t) => {
  const inputs = Array.from({ length: 70 }, (_, run) => [new Uint8Array(8).fill(run)]);
  const [bytes, wholeBytes] = [64 * 8, 65 * 8];
  await withSessions(["micro"], async (micro) => {
    for (const isLate of [false, true]) {
      const results = await inferWith(micro, writeTflite(streaming(isLate)), inputs);
      // Each run's 64 rows: zero points at first. Twice a value, less its zero point once; or it and the row before, where the variable is late.
      const row = (run: number) => (run < 0 ? 3 : run);
      results.forEach(({ outputs: [output] }, run) => {
        const expected = Array.from({ length: 64 }, (_, at) => {
          const now = row(run - 63 + at);
          return now + (isLate ? row(run - 64 + at) : now) - 3;
        });
        t.deepEqual(
          expected.map((_, at) => new Int8Array(output!.buffer, output!.byteOffset)[at * 8]),
          expected.map((value) => Math.min(value, 127)),
        );
      });
      const { arenaUsed } = results[0]!;
      if (!isLate) t.true(arenaUsed! < 2 * wholeBytes + 2 * bytes, `${arenaUsed}`);
    }
  });
});

/** Variables of random models, over several runs of different inputs. */
const remembering = (seed: number): { model: TfliteModel; inputs: Uint8Array[][] } => {
  const random = new Random(seed);
  const model = new ModelBuilder();
  const shape = [1, random.int(1, 6), 1, random.int(1, 9)];
  const { scale, zeroPoint } = quantized(random);
  const input = model.int8(shape, scale, zeroPoint);
  const pool = [input];
  const names = ["READ_VARIABLE", "ADD", "CONCATENATION", "STRIDED_SLICE", "SPLIT_V", "SPLIT"] as const;
  for (let tries = 0; tries < 14; tries++) {
    const name = tries === 0 ? "READ_VARIABLE" : random.pick(names);
    const from = random.pick(pool.slice(-4));
    const made = engineRules(name).random({ model, random, from, pool });
    if (made !== undefined) pool.push(made);
  }
  const bytes = () => [new Uint8Array(random.int8s(sizeOf(shape)).buffer)];
  return { model: model.build([input], model.leaves()), inputs: Array.from({ length: 6 }, bytes) };
};

/** Whether a variable is read that has no value yet: its zero point in TensorFlow Lite Micro, an error in desktop TensorFlow Lite. */
function readsUnset({ subgraphs: [main, ...more], operatorCodes }: TfliteModel): boolean {
  const set = new Set<unknown>();
  const names = new Map<number, unknown>();
  return [...more, main!].some((graph) =>
    graph.operators.some(({ opcodeIndex, inputs, outputs, options }) => {
      const code = operatorCodes[opcodeIndex]!.builtinCode;
      if (code === 142) names.set(outputs[0]!, options!["sharedName"]);
      if (code === 144) set.add(names.get(inputs[0]!));
      return code === 143 && !set.has(names.get(inputs[0]!));
    }),
  );
}

test("micro: models that remember give desktop TensorFlow Lite's bytes in every run", async (t) => {
  await withSessions(["micro", "tflite"], async (micro, desktop) => {
    let [changed, compared] = [0, 0];
    for (let seed = 0; seed < 150; seed++) {
      const { model: made, inputs } = remembering(seed);
      const model = writeTflite(made);
      const mine = valuesOf(await inferWith(micro, model, inputs));
      if (!readsUnset(made)) {
        t.deepEqual(mine, valuesOf(await inferWith(desktop, model, inputs)), `seed ${seed}`);
        compared++;
      }
      // The first input again: what is remembered makes another output of it.
      const again = valuesOf(await inferWith(micro, model, [inputs[0]!, inputs[1]!, inputs[0]!]));
      if (String(again[0]) !== String(again[2])) changed++;
    }
    t.true(changed > 75, `${changed}`);
    t.true(compared > 40, `${compared}`);
  });
});

needs(tflm)("micro: models that remember give TensorFlow Lite Micro's bytes, operator by operator", async (t) => {
  await withSessions(["micro", "tflm"], async (micro, theirs) => {
    for (let seed = 0; seed < 150; seed++) {
      const { model: made, inputs } = remembering(seed);
      const model = writeTflite(made);
      const [mine, other] = [
        await inferWith(micro, model, inputs, { trace: true }),
        await inferWith(theirs, model, inputs, { trace: true }),
      ];
      t.deepEqual(
        mine.map(({ trace }) => trace),
        other.map(({ trace }) => trace),
        `seed ${seed}`,
      );
    }
  });
});

const faults: [what: string, change: (model: TfliteModel) => void, text: RegExp][] = [
  [
    "a subgraph that is not there",
    ({ subgraphs: [main] }) => (main!.operators[0]!.options = { type: "CallOnce", initSubgraph: 2 }),
    /^CALL_ONCE #0: has subgraph count 2, 3\.\.\d+ expected$/,
  ],
  [
    "a graph that runs itself",
    ({ subgraphs: [main] }) => (main!.operators[0]!.options = { type: "CallOnce", initSubgraph: 0 }),
    /^CALL_ONCE #0: has subgraph 0, 1\.\.512 expected$/,
  ],
  [
    "initial values after the first use",
    ({ subgraphs: [main] }) => main!.operators.push(main!.operators.shift()!),
    /^CALL_ONCE #4: has position 4, 0 expected$/,
  ],
  [
    "an initial value of another size",
    ({ subgraphs: [, init], buffers }) => {
      init!.tensors[1]!.shape = [1, 3];
      buffers[1] = Uint8Array.of(1, 2, 3);
    },
    /^ASSIGN_VARIABLE #1: tensor 1 has bytes 3, 4 expected$/,
  ],
  [
    "an initial value of no variable",
    ({ subgraphs: [, init] }) => (init!.operators[0]!.options = { type: "VarHandle", sharedName: "other" }),
    /^ASSIGN_VARIABLE #1: in a subgraph of CALL_ONCE, to a variable that the main graph does not have$/,
  ],
  [
    "a subgraph that computes",
    ({ subgraphs: [, init] }) =>
      init!.operators.push({ opcodeIndex: 4, inputs: [1, 1], outputs: [1], options: { type: "Add" } }),
    /^ADD #2: in a subgraph of CALL_ONCE, which may only assign constants$/,
  ],
  [
    "a variable of two sizes",
    ({ subgraphs: [main] }) => (main!.tensors[2]!.shape = [1, 1]),
    /^READ_VARIABLE #2: tensor 2 has bytes 1, 4 expected$|^ASSIGN_VARIABLE #4: tensor 3 has bytes 4, 1 expected$|^ASSIGN_VARIABLE #1: /,
  ],
  [
    "two handles of a variable",
    ({ subgraphs: [main] }) => {
      main!.tensors.push({ name: "more", ...handle });
      main!.operators.push(node(varHandle, [], [4], named));
    },
    /^VAR_HANDLE #5: names the variable of operator 1$/,
  ],
  [
    "a handle of nothing",
    ({ subgraphs: [main] }) => (main!.operators[1]!.options = { type: "VarHandle", sharedName: "" }),
    /^VAR_HANDLE #1: names no variable$|^ASSIGN_VARIABLE #1: /,
  ],
  [
    "a value read from no variable",
    ({ subgraphs: [main] }) => (main!.operators[2]!.inputs = [0]),
    /^READ_VARIABLE #2: its first input must be the output of a VAR_HANDLE$/,
  ],
];
for (const [what, change, text] of faults)
  test(`micro: ${what} is refused`, async (t) => {
    const model = accumulator();
    change(model);
    const { error } = await runModel(writeTflite(model), [], { sanitize: true, optimize: "-O2" });
    t.regex(error?.text ?? "accepted", text);
  });

needs(tflm)("a graph that runs itself is refused by tflm", async (t) => {
  await withSessions(["tflm"], async (session) => {
    await t.throwsAsync(inferWith(session, writeTflite(accumulator(0)), []), {
      instanceOf: InferenceError,
      message: /CALL_ONCE in subgraph 0 runs subgraph 0; one of those after it is expected/,
    });
  });
});
