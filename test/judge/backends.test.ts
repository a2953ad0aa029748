// Slow: random graphs through engine and judges
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import {
  infer,
  InferenceError,
  InferenceSession,
  inferWith,
  planModel,
  tflmFolder,
  type Backend,
} from "../../host-tools/inference/index.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { mlperfTiny, needs, tflm } from "../helpers/needs.js";
import { modelNames, referenceModel, seededInput, type ReferenceModel } from "../inference/models.js";
import { randomGraph } from "./randomGraph.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

async function runs({ file, seeds }: ReferenceModel, backend: Backend, trace: boolean) {
  const graph = readTflite(await readFile(file)).subgraphs[0]!;
  const bytes = graph.tensors[graph.inputs[0]!]!.shape.reduce((product, size) => product * size, 1);
  return infer(
    file,
    seeds.map(([seed]) => [seededInput(seed, bytes)]),
    { backend, trace },
  );
}

// Source of the truths: tflm-outputs.json, TensorFlow Lite Micro's reference kernels.
for (const name of modelNames) {
  for (const backend of ["micro", "tflm"] as const) {
    const declare = backend === "tflm" ? needs(mlperfTiny, tflm) : needs(mlperfTiny);
    declare(`${name} on ${backend}: every operator's hash and the output are the recorded ones`, async (t) => {
      const model = referenceModel(name);
      for (const [run, { outputs, trace }] of (await runs(model, backend, true)).entries()) {
        const [, truth] = model.seeds[run]!;
        t.is(hex(outputs[0]!), truth.output);
        t.deepEqual(
          trace!.map(({ hash }) => hash),
          truth.ops,
        );
      }
    });
  }

  needs(mlperfTiny, tflm)(
    `${name} on tflm: an arena of just what it says is enough, 16 bytes less is an error with both sizes; loam's plan changes no byte`,
    async (t) => {
      const model = referenceModel(name);
      const needed = (await runs(model, "tflm", false))[0]!.arenaUsed!;
      const bytes = await readFile(model.file);
      await t.notThrowsAsync(infer(bytes, [], { backend: "tflm", arena: needed }));
      const error = await t.throwsAsync(infer(bytes, [], { backend: "tflm", arena: needed - 16 }), {
        instanceOf: InferenceError,
      });
      t.like(error.fault, { status: 4, given: needed - 16 });
      t.regex(error.message, /arena: TensorFlow Lite Micro needs at least [\d,]+ bytes, [\d,]+ given/);
      const planned = writeTflite(planModel(readTflite(bytes)));
      const [seed, truth] = model.seeds[0]!;
      const input = seededInput(
        seed,
        readTflite(bytes).subgraphs[0]!.tensors[readTflite(bytes).subgraphs[0]!.inputs[0]!]!.shape.reduce(
          (a, b) => a * b,
          1,
        ),
      );
      for (const backend of ["tflm", "micro"] as const)
        t.is(hex((await infer(planned, [[input]], { backend }))[0]!.outputs[0]!), truth.output, backend);
    },
  );
}

// Its matrix kernels round halves up, so of the five only these agree with TensorFlow Lite Micro in every byte of every operator.
for (const name of ["kws", "vww", "sww"] as const) {
  needs(mlperfTiny)(`${name} on tflite: every operator's hash is TensorFlow Lite Micro's`, async (t) => {
    const model = referenceModel(name);
    for (const [run, { outputs, trace }] of (await runs(model, "tflite", true)).entries()) {
      t.is(hex(outputs[0]!), model.seeds[run]![1].output);
      t.deepEqual(
        trace!.map(({ hash }) => hash),
        model.seeds[run]![1].ops,
      );
    }
  });
}

test("one process runs many models, and says what is wrong with the bad ones", async (t) => {
  for (const backend of ["micro", "tflite", ...(tflmFolder() ? ["tflm" as const] : [])] as const) {
    const session = await InferenceSession.start(backend);
    try {
      const good = randomGraph(3);
      const bytes = writeTflite(good.model);
      await t.notThrowsAsync(inferWith(session, bytes, [good.inputs, good.inputs]));
      await t.throwsAsync(inferWith(session, new Uint8Array(100), []), { instanceOf: InferenceError }, backend);
      await t.throwsAsync(
        inferWith(session, bytes.subarray(0, bytes.length / 2), []),
        { instanceOf: InferenceError },
        backend,
      );
      await t.throwsAsync(
        inferWith(session, bytes, [[new Uint8Array(1)]]),
        { message: /bytes of input per run: 1 given, \d+ expected/ },
        backend,
      );
      await t.notThrowsAsync(inferWith(session, bytes, [good.inputs]), backend);
    } finally {
      session.close();
    }
  }
});

test("the arena that a backend reports for a random graph is exactly enough, and its size changes no byte", async (t) => {
  for (const backend of ["micro", ...(tflmFolder() ? ["tflm" as const] : [])] as const) {
    const session = await InferenceSession.start(backend);
    try {
      for (let seed = 0; seed < 100; seed++) {
        const { model, inputs } = randomGraph(seed);
        const bytes = writeTflite(model);
        const [roomy] = await inferWith(session, bytes, [inputs], { trace: true });
        const [tight] = await inferWith(session, bytes, [inputs], { trace: true, arena: roomy!.arenaUsed! });
        t.deepEqual(tight, roomy, `${backend}, seed ${seed}`);
        const short = roomy!.arenaUsed! - (backend === "tflm" ? 16 : 1);
        await t.throwsAsync(
          inferWith(session, bytes, [inputs], { arena: short }),
          { instanceOf: InferenceError, message: /arena: / },
          `${backend}, seed ${seed}`,
        );
      }
    } finally {
      session.close();
    }
  }
});

test("a float model runs on tflite, and is refused elsewhere by name", async (t) => {
  const { model } = randomGraph(1);
  const floats = {
    ...model,
    buffers: [new Uint8Array()],
    metadata: [],
    operatorCodes: [{ builtinCode: 19, version: 1 }],
    subgraphs: [
      {
        name: "main",
        inputs: [0],
        outputs: [1],
        tensors: ["x", "y"].map((name) => ({ name, shape: [4], type: "FLOAT32" as const, buffer: 0 })),
        operators: [{ opcodeIndex: 0, inputs: [0], outputs: [1] }],
      },
    ],
  };
  const input = new Uint8Array(Float32Array.of(-1, 0, 0.5, 7).buffer);
  const [result] = await infer(writeTflite(floats), [[input]], { backend: "tflite" });
  t.deepEqual([...new Float32Array(result!.outputs[0]!.slice().buffer)], [0, 0, 0.5, 7]);
  await t.throwsAsync(infer(writeTflite(floats), [[input]], { backend: "micro" }), {
    instanceOf: InferenceError,
    message: /backend micro: RELU #0/,
  });
});

test("loam infer writes outputs, prints traces, and refuses an input of the wrong size", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-infer-"));
  const loam = (...args: string[]) =>
    execa(process.execPath, [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], {
      reject: false,
      cwd: folder,
    });
  try {
    const { model, inputs } = randomGraph(3);
    const bytes = writeTflite(model);
    await writeFile(path.join(folder, "model.tflite"), bytes);
    await writeFile(path.join(folder, "in.bin"), Buffer.concat([...inputs, ...inputs]));
    const [expected] = await infer(bytes, [inputs], { trace: true });
    const plain = await loam("infer", "model.tflite", "--input", "in.bin", "--output", "out.bin", "--trace");
    t.is(plain.exitCode, 0, plain.stderr);
    t.deepEqual(
      await readFile(path.join(folder, "out.bin")),
      Buffer.concat([...expected!.outputs, ...expected!.outputs]),
    );
    const lines = expected!.trace!.map(
      ({ index, operator, shape, hash }) => `${index} ${operator} ${shape.join("x")} ${hash}`,
    );
    t.deepEqual(plain.stdout.split("\n"), ["run 0", ...lines, "run 1", ...lines]);
    const json = await loam("infer", "model.tflite", "--input", "in.bin", "--json");
    t.deepEqual((JSON.parse(json.stdout) as { runs: unknown[] }).runs[1], { outputs: expected!.outputs.map(hex) });
    await writeFile(path.join(folder, "short.bin"), new Uint8Array(1));
    const short = await loam("infer", "model.tflite", "--input", "short.bin");
    t.is(short.exitCode, 1);
    t.regex(short.stderr, /short\.bin has 1 bytes; the model takes \d+.* bytes per run/);
    const inspected = await loam("inspect", "model.tflite", "--json");
    t.like(JSON.parse(inspected.stdout), { operators: lines.map((line) => ({ operator: line.split(" ")[1]! })) });
  } finally {
    await rm(folder, { recursive: true });
  }
});
