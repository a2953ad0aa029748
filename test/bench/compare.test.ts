// Slow: compiles TensorFlow Lite Micro
/** `loam bench --compare tflm`: TensorFlow Lite Micro on the emulated board, where TFLM_DIR names it. */
import test from "ava";
import { execa } from "execa";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { seededInput, seededInputs } from "../../host-tools/bench/input.js";
import type { Bench } from "../../host-tools/bench/measure.js";
import { tflmOf } from "../../host-tools/bench/pageTflm.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { tflmArena } from "../../host-tools/inference/index.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { board, cxx, espNn, needs, tflm } from "../helpers/needs.js";

const loam = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  execa(process.execPath, [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { env, reject: false });
const tiny = (name: string): Uint8Array => tinyModels().find((each) => each.name === name)!.model;

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-compare-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

needs(
  tflm,
  board,
  cxx,
)("any model is measured on TensorFlow Lite Micro as on micro, byte by byte", async (t) => {
  await inFolder(async (folder) => {
    const files = ["CONV_2D-0", "SOFTMAX-0", "ADD-0", "QUANTIZE-0"].map((name) => path.join(folder, `${name}.tflite`));
    for (const file of files) await writeFile(file, tiny(path.basename(file, ".tflite")));
    const result = await loam(["bench", ...files, "--compare", "tflm", "--json"]);
    t.is(result.exitCode, 0, result.stderr);
    for (const [i, [micro, tflm]] of (JSON.parse(result.stdout) as [Bench, Bench][]).entries()) {
      t.like(micro, { engine: "micro", target: "rv32" });
      t.like(tflm, { engine: "tflm", target: "rv32", model: micro.model, macs: micro.macs, hash: micro.hash });
      t.deepEqual(
        tflm.operators.map(({ count: _, ...row }) => row),
        micro.operators.map(({ count: _, ...row }) => row),
      );
      t.true(tflm.count > micro.operators.length * 100 && tflm.count < 1e6, `${tflm.count} instructions`);
      const { needed } = tflmArena(readTflite(tiny(path.basename(files[i]!, ".tflite"))));
      t.true(Math.abs(tflm.arena - needed) <= 16, `${tflm.arena} bytes of arena, ${needed} foretold`);
      t.true(tflm.text!.model > 20_000 && tflm.text!.model < tflm.text!.all);
    }
  });
});

needs(
  tflm,
  espNn,
  board,
  cxx,
)("Espressif's kernels are measured beside the reference ones, with a row an operator", async (t) => {
  await inFolder(async (folder) => {
    const file = path.join(folder, "conv.tflite");
    await writeFile(file, tiny("CONV_2D-0"));
    const { stdout, stderr, exitCode } = await loam(["bench", file, "--compare", "tflm", "--operators"]);
    t.is(exitCode, 0, stderr);
    for (const engine of ["micro", "TFLM", "TFLM, ESP-NN"])
      t.regex(stdout, new RegExp(`^│ conv +│ ${engine} .* equal +│$`, "m"));
    t.regex(stdout, /^│ # │ operator .* micro .* TFLM .* TFLM, ESP-NN .* bytes │$/m);
    t.regex(stdout, /^│ 0 │ CONV_2D .* equal │$/m);
  });
});

test("float inputs are numbers in [-1, 1), others are what they were", (t) => {
  const tensor = { name: "", buffer: 0 };
  const bytes = seededInput(1, 12);
  const input = seededInputs(1, [
    { ...tensor, type: "INT8", shape: [4] },
    { ...tensor, type: "FLOAT32", shape: [2] },
  ]);
  t.deepEqual(input.subarray(0, 4), bytes.subarray(0, 4));
  const words = new Int32Array(bytes.buffer, 4);
  t.deepEqual(
    [...new Float32Array(input.buffer, 4)],
    [...words].map((word) => Math.fround(word / 2 ** 31)),
  );
});

test("without a checkout, or with another folder, it says what would be right", async (t) => {
  await inFolder(async (folder) => {
    const file = path.join(folder, "conv.tflite");
    await writeFile(file, tiny("CONV_2D-0"));
    const args = ["bench", file, "--compare", "tflm"];
    const without = await loam(args, { TFLM_DIR: "" });
    t.is(without.exitCode, 1);
    t.regex(without.stderr, /--compare tflm: TFLM_DIR is not set; .*git clone .*esp-tflite-micro/);
    const wrong = await loam(args, { TFLM_DIR: folder });
    t.is(wrong.exitCode, 1);
    t.regex(wrong.stderr, /TFLM_DIR=\S+: there is no tensorflow\/lite\/micro\/micro_interpreter\.h in it/);
  });
});

needs(tflm)("a model in float32 is refused with what makes it int8, as by the other commands", async (t) => {
  await inFolder(async (folder) => {
    const model = readTflite(tiny("RELU-0"));
    for (const tensor of model.subgraphs[0]!.tensors) {
      tensor.type = "FLOAT32";
      delete tensor.quantization;
    }
    const file = path.join(folder, "float.tflite");
    await writeFile(file, writeTflite(model));
    const { stdout, stderr, exitCode } = await loam(["bench", file, "--compare", "tflm"]);
    t.is(exitCode, 1);
    t.is(stdout, "");
    t.regex(
      stderr,
      /float\.tflite: --compare takes int8 models, and RELU #0 is in float32.*\n.*npx loam convert MODEL/,
    );
  });
});

test("a page that is made without TensorFlow Lite Micro keeps what was measured of it", (t) => {
  const page = [
    "TFLM: TensorFlow Lite Micro 1.0.",
    "",
    "| model | MACs | TFLM | TFLM, ESP-NN | micro, RV32 | TFLM arena | TFLM text |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    "| kws: keyword spotting | 2,656,768 | 142.90 M |  | **8.56 M** | 22,784 | 90,000 |",
    "| hello | 288 | 12,345 | 5,674 | **21,795** |  |  |",
    "",
  ].join("\n");
  const { how, figures } = tflmOf(page);
  t.is(how, "TFLM: TensorFlow Lite Micro 1.0.");
  t.deepEqual(
    [...figures],
    [
      ["kws: keyword spotting", { reference: 142_900_000, espNn: undefined, arena: 22_784, text: 90_000 }],
      ["hello", { reference: 12_345, espNn: 5_674, arena: undefined, text: undefined }],
    ],
  );
});
