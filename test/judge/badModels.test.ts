// Slow: random graphs through engine and judges
/** What the tools say of files that are no models, or that no engine accepts. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { measure } from "../../host-tools/bench/measure.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { withEveryOutput } from "../../host-tools/inference/everyOutput.js";
import { infer, microArena, planModel, tflmArena } from "../../host-tools/inference/index.js";
import { inspect } from "../../host-tools/inference/inspect.js";
import { usedOperators } from "../../host-tools/inference/operators.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { Subgraph, TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { Random } from "tfjs-to-tflite/graph/random.js";

/** The result of a tool does not matter here, as long as it is a result or an error message. */
function answers(bytes: Uint8Array): void {
  const attempt = (use: () => unknown) => {
    try {
      return use();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return undefined;
    }
  };
  const model = attempt(() => readTflite(bytes)) as TfliteModel | undefined;
  if (!model) return;
  const tools = [
    () => inspect(model, bytes.length),
    () => tflmArena(model),
    () => planModel(model),
    () => usedOperators([{ file: "model", model }]),
    () => withEveryOutput(bytes),
    () => writeTflite(model),
  ];
  for (const tool of tools) attempt(tool);
}

test("a small model of each operator with bytes changed: the tools give a result, or say what is wrong", (t) => {
  const random = new Random(1);
  for (const { name, model } of tinyModels()) {
    const changed = (change: (copy: Uint8Array) => void) => {
      const copy = model.slice();
      change(copy);
      t.notThrows(() => answers(copy), name);
    };
    for (let at = 0; at < model.length; at++) changed((copy) => (copy[at] = 0xff));
    for (let round = 0; round < 200; round++) {
      changed((copy) => {
        for (let count = random.int(1, 4); count > 0; count--)
          copy[random.int(0, copy.length - 1)] = random.int(0, 255);
      });
    }
  }
});

const relu = readTflite(tinyModels().find(({ operator }) => operator === "RELU")!.model);
const withGraph = (change: Partial<Subgraph>): TfliteModel => ({
  ...relu,
  subgraphs: [{ ...relu.subgraphs[0]!, ...change }],
});
const shaped = (shape: number[]): TfliteModel =>
  withGraph({ tensors: relu.subgraphs[0]!.tensors.map((tensor) => ({ ...tensor, shape })) });

/** The model; what loam bench says, after the file's name; what loam arena and loam infer say, where it is something else. */
const refusals: [what: string, model: TfliteModel, bench: RegExp, micro?: RegExp][] = [
  [
    "an operator that the engine does not have",
    { ...relu, operatorCodes: [{ builtinCode: 150, version: 1 }] },
    /GELU #0: operator code 150 is not supported/,
  ],
  [
    "no graph",
    { ...relu, subgraphs: [] },
    /the model has 0 subgraphs, at least 1 is expected/,
    /subgraph count 0, 1\.\.\d+ expected/,
  ],
  [
    "an output that is not there",
    withGraph({ outputs: [9] }),
    /the graph's list of outputs names tensor 9, the model has 2/,
    /tensor 9, 0\.\.1 expected/,
  ],
  [
    "terabytes of input",
    shaped([65535, 65535, 65535]),
    /281,462,092,005,375 bytes of input, at most 16,777,216 expected/,
    /dimension 65535, 1\.\.32768 expected/,
  ],
  ["a negative size", shaped([-1, 4]), /tensor "t0" has shape \[-1, 4\]/, /dimension -1/],
];

for (const [what, model, bench, micro] of refusals) {
  test(`a model with ${what}: the commands' messages`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), "loam-bad-"));
    try {
      const file = path.join(folder, "bad.tflite");
      const bytes = writeTflite(model);
      await writeFile(file, bytes);
      const said = await t.throwsAsync(measure(file, "host"), { instanceOf: UserError, message: bench });
      t.true(said.message.startsWith(`${file}: `));
      await t.throwsAsync(microArena(bytes, model), { instanceOf: UserError, message: micro ?? bench });
      await t.throwsAsync(infer(bytes, []), { instanceOf: UserError, message: micro ?? bench });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
