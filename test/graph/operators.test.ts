import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { build } from "esbuild";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { layerTable } from "tfjs-to-tflite/convert/layers/index.js";
import { staleFiles } from "../../host-tools/generate/generate.js";
import { builtins, engineOperators, operators } from "tfjs-to-tflite/graph/operators/index.js";
import { layerNames } from "tfjs-to-tflite/graph/operators/layers.js";
import { pruneRules } from "tfjs-to-tflite/graph/operators/pruneRules.js";
import { tflmParser } from "tfjs-to-tflite/graph/tflmOperators.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { inspect } from "../../host-tools/inference/inspect.js";
import { loamRoot } from "../../host-tools/lib/paths.js";

const folder = path.join(loamRoot, "packages/tfjs-to-tflite/src/graph/operators");
const notOperators = ["descriptor.ts", "index.ts", "layers.ts", "names.ts", "pruneRules.ts"];

test("each operator has a file, and each file an operator", (t) => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && !notOperators.includes(name));
  t.deepEqual(
    files.map((name) => path.basename(name, ".ts").toUpperCase()).sort(),
    builtins.map((name) => name.replaceAll("_", "")).sort(),
  );
});

test("no two operators share a code; option tables with the same name or number are equal", (t) => {
  t.is(new Set(builtins.map((name) => operators[name].code)).size, builtins.length);
  const tables = builtins.flatMap((name) => {
    const { options } = operators[name];
    return options === "none" ? [] : [options];
  });
  for (const a of tables)
    for (const b of tables) if (a.type === b.type || a.union === b.union) t.deepEqual(a, b, `${a.type}, ${b.type}`);
});

test("TensorFlow Lite Micro has every operator of the engine", (t) => {
  t.deepEqual(
    engineOperators.filter((name) => !tflmParser.has(name)),
    [],
  );
});

// A batch of 2 meets 6 x 5 and 6 x 4 weights; 3 x 5 x 3 values meet 3 x 2 x 5 each; 2 x 3 steps of 3 units take four gates of 4 + 3 each.
for (const [name, macs] of [
  ["SVDF-0", 2 * (6 * 5 + 6 * 4)],
  ["TRANSPOSE_CONV-0", 3 * 5 * 3 * (3 * 2 * 5)],
  ["UNIDIRECTIONAL_SEQUENCE_LSTM-0", 2 * 3 * 3 * 4 * (4 + 3)],
] as const)
  test(`${name}: its multiply-accumulates`, (t) => {
    const { model } = tinyModels().find((tiny) => tiny.name === name)!;
    t.is(inspect(readTflite(model), model.length).macs, macs);
  });

test("every layer that can be converted has a pruning rule", (t) => {
  t.deepEqual(Object.keys(layerTable).sort(), layerNames.toSorted());
  t.deepEqual([...pruneRules.keys()], [...layerNames]);
});

test("no table of operators is partial", (t) => {
  const gap = /\bPartial<\s*Record<\s*(Builtin|GraphNode\["op"\])/;
  const files = ["host-tools", "packages/tfjs-to-tflite/src", "test"].flatMap((room) =>
    readdirSync(path.join(loamRoot, room), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => path.join(room, name)),
  );
  t.true(files.length > 200);
  t.deepEqual(
    files.filter((file) => gap.test(readFileSync(path.join(loamRoot, file), "utf8"))),
    [],
  );
  t.regex(["Partial<Record", "Builtin, number>>"].join("<"), gap);
});

test("generated files are what the descriptors make of them", async (t) => {
  t.deepEqual(await staleFiles(), [], "npm run generate");
});

for (const command of ["inspect", "arena"])
  test(`loam ${command} does not load tfjs because of the descriptors`, async (t) => {
    const { outputFiles } = await build({
      entryPoints: [path.join(loamRoot, `host-tools/commands/${command}.ts`)],
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      packages: "external",
    });
    t.regex(outputFiles[0]!.text, /AVERAGE_POOL_2D/);
    t.notRegex(outputFiles[0]!.text, /from "@tensorflow/);
  });
