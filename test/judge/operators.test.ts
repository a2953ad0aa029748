// Slow: builds engines with several lists of operators
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { infer } from "../../host-tools/inference/index.js";
import { engineOperators } from "tfjs-to-tflite/graph/operators/index.js";
import {
  updateFirmwareOperators,
  operatorsDefine,
  operatorsManifest,
  usedOperators,
} from "../../host-tools/inference/operators.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { findSdk, runMcconfig } from "../../host-tools/xs/mcconfig.js";
import { mcconfig, needs } from "../helpers/needs.js";

/** Includes device/model/operators.json, and runs device/model/model.tflite. */
const manifest = path.join(loamRoot, "test/xs/programs/operators/manifest.json");
const network = path.join(loamRoot, "device/model/model.tflite");
const loam = (...args: string[]) =>
  execa(process.execPath, [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { reject: false });

const tanh = tinyModels().find(({ operator }) => operator === "TANH")!.model;

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-operators-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("the operator list in device/model matches the network there", async (t) => {
  const operators = usedOperators([{ file: network, model: readTflite(await readFile(network)) }]);
  t.is(
    await readFile(path.join(loamRoot, "device/model/operators.json"), "utf8"),
    operatorsManifest(operators),
    "npx loam inspect device/model/model.tflite --operators device/model/operators.json",
  );
  t.true(operators.length < engineOperators.length);
});

test("another network in the firmware's folder: the operator list is updated, once", async (t) => {
  await inFolder(async (folder) => {
    await writeFile(path.join(folder, "model.tflite"), tanh);
    t.deepEqual(await updateFirmwareOperators(folder), ["TANH"]);
    t.is(await readFile(path.join(folder, "operators.json"), "utf8"), operatorsManifest(["TANH"]));
    t.is(await updateFirmwareOperators(folder), undefined);
    await writeFile(path.join(folder, "model.tflite"), await readFile(network));
    t.true((await updateFirmwareOperators(folder))!.includes("CONV_2D"));
  });
});

test("the engine's operators are those of the tests", (t) => {
  t.deepEqual(engineOperators, [...new Set(tinyModels().map(({ operator }) => operator as string))].sort());
});

test("under XS, an engine with only the listed operators runs the network, with the same bytes as the full engine", async (t) => {
  const result = await runHost(await buildHost({ manifest }), { timeoutMs: 60_000 });
  t.is(result.exitCode, 0, result.stderr);
  const { tensors, inputs } = readTflite(await readFile(network)).subgraphs[0]!;
  const input = Uint8Array.from({ length: tensors[inputs[0]!]!.shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
  const [whole] = await infer(network, [[input]]);
  t.deepEqual(JSON.parse(result.lines[0]!), { output: [...new Int8Array(whole!.outputs[0]!)] });
});

test("under XS, a network with another operator is refused by name, with the command that adds it", async (t) => {
  await inFolder(async (folder) => {
    const file = path.join(folder, "tanh.tflite");
    await writeFile(file, tanh);
    const result = await runHost(await buildHost({ manifest }), {
      resources: { "model.tflite": file },
      timeoutMs: 60_000,
    });
    t.not(result.exitCode, 0);
    t.regex(
      result.stderr,
      /Error: .*inference: UNKNOWN #0: operator code 28 is not in this build; add it: npx loam inspect MODEL --operators FILE/,
    );
  });
});

test("loam inspect --operators joins the operators of several models, and refuses one that the engine does not have", async (t) => {
  await inFolder(async (folder) => {
    const [other, list] = [path.join(folder, "tanh.tflite"), path.join(folder, "operators.json")];
    await writeFile(other, tanh);
    const both = await loam("inspect", network, other, "--operators", list, "--json");
    t.is(both.exitCode, 0, both.stderr);
    const { operators } = JSON.parse(both.stdout) as { operators: string[] };
    t.true(operators.includes("TANH") && operators.includes("CONV_2D"));
    t.deepEqual(JSON.parse(await readFile(list, "utf8")), {
      defines: { inference: { operators: operatorsDefine(operators) } },
    });
    const model = readTflite(tanh);
    const alien = { ...model, operatorCodes: [{ builtinCode: 150, version: 1 }] };
    t.throws(() => usedOperators([{ file: "alien.tflite", model: alien }]), {
      message: /alien\.tflite: GELU #0 is not an operator of the engine, which has ABS, ADD, /,
    });
    const two = await loam("inspect", network, other);
    t.is(two.exitCode, 1);
    t.regex(two.stderr, /2 models given, 1 expected/);
  });
});

needs(mcconfig)("mcconfig brings the list to the compiler: the other kernels are not in the program", async (t) => {
  t.timeout(240_000);
  const output = path.join(buildRoot, "xs", "mcconfig-operators");
  await mkdir(output, { recursive: true });
  await runMcconfig(findSdk("lin"), "lin", { target: "build", output, quiet: true, manifest });
  const listed = usedOperators([{ file: network, model: readTflite(await readFile(network)) }]);
  const object = await readFile(path.join(output, "tmp/lin/mc/debug/operators/microOperators.c.o"));
  for (const name of engineOperators) t.is(object.includes(`microKernel${name}\0`), listed.includes(name), name);
});
