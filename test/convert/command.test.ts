// Slow: a process for each case
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync, existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test, { type ExecutionContext } from "ava";
import { execa } from "execa";
import type { Summary } from "../../host-tools/convert/index.js";
import { loadLayersModel, saveLayersModel } from "../../host-tools/graph/modelFiles.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readTflite } from "../../host-tools/graph/tflite.js";
import { cxx, mounting, needs } from "../helpers/needs.js";
import { startPlainBackend } from "./backend.js";
import { randomizeWeights, chanceOf } from "./randomModels.js";
import { predict } from "./run.js";

const loam = path.join(loamRoot, "host-tools/bin/loam.js");
const folder = mkdtempSync(path.join(tmpdir(), "loam-convert-"));
const at = (...parts: string[]): string => path.join(folder, ...parts);
const samples = 24;

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const result = await execa("node", [loam, ...args], { reject: false });
  return { code: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}

function smallModel(): tfl.LayersModel {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ filters: 6, kernelSize: 3, inputShape: [8, 8, 2], useBias: false, name: "stem" }),
      tfl.layers.batchNormalization({ name: "norm" }),
      tfl.layers.reLU({ name: "relu" }),
      tfl.layers.separableConv2d({ filters: 8, kernelSize: 3, depthMultiplier: 2, name: "separable" }),
      tfl.layers.globalAveragePooling2d({ name: "pool" }),
      tfl.layers.dense({ units: 3, activation: "softmax", name: "class" }),
    ],
  });
  randomizeWeights(model, chanceOf(1));
  return model;
}

const npy = (shape: number[], data: Float32Array): Buffer => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const padded = header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11) + "\n";
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
  return Buffer.concat([
    start,
    Buffer.from(padded, "latin1"),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
};

let model: tfl.LayersModel;
test.before(async () => {
  await startPlainBackend();
  model = smallModel();
  await saveLayersModel(model, at("model"));
  const chance = chanceOf(2);
  const data = Float32Array.from({ length: samples * 128 }, () => chance.normal());
  writeFileSync(at("samples.npy"), npy([samples, 8, 8, 2], data));
  writeFileSync(at("samples.f32"), Buffer.from(data.buffer));
  writeFileSync(
    at("samples.csv"),
    ["x,y", ...Array.from({ length: samples }, (_, i) => data.slice(i * 128, (i + 1) * 128).join(","))].join("\r\n"),
  );
  writeFileSync(
    at("samples.json"),
    JSON.stringify(Array.from({ length: samples }, (_, i) => [...data.slice(i * 128, (i + 1) * 128)])),
  );
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test("a saved model loads again and predicts the same", async (t) => {
  const again = await loadLayersModel(at("model", "model.json"));
  const input = [tf.ones([2, 8, 8, 2])];
  t.deepEqual(predict(again, input)[0]!.dataSync(), predict(model, input)[0]!.dataSync());
});

test("one command writes a .tflite, a C array that holds the same bytes, and a summary", async (t) => {
  const { code, stdout, stderr } = await run(
    "convert",
    at("model"),
    "--calibrate",
    at("samples.npy"),
    "--report",
    "--out",
    at("3 net-é"),
  );
  t.is(code, 0, stderr);
  t.regex(stdout, /CONV_2D\s+│ stem .* SNR|SNR dB[\s\S]*CONV_2D\s+│ stem/);
  const bytes = readFileSync(at("3 net-é.tflite"));
  const { operatorCodes } = readTflite(bytes);
  t.deepEqual(operatorCodes, [
    { builtinCode: 3, version: 3 },
    { builtinCode: 4, version: 3 },
    { builtinCode: 1, version: 2 },
    { builtinCode: 22, version: 1 },
    { builtinCode: 9, version: 4 },
    { builtinCode: 25, version: 2 },
  ]);
  const summary = JSON.parse(readFileSync(at("3 net-é.json"), "utf8")) as Summary;
  t.is(summary.bytes, bytes.length);
  t.deepEqual(summary.outputs[0], { name: "class_1", shape: [1, 3], type: "int8", scale: 1 / 256, zeroPoint: -128 });
  t.is(summary.macs, 6 * 6 * 6 * 18 + 4 * 4 * 12 * 9 + 4 * 4 * 8 * 12 + 8 * 3);
});

/** A program that links the array that `convert` writes gives the model's bytes. */
async function linked(t: ExecutionContext, name: string, compiler: string, ...flags: string[]): Promise<void> {
  const { code, stderr } = await run("convert", at("model"), "-c", at("samples.npy"), "--out", at(name));
  t.is(code, 0, stderr);
  const array = `model_${name.replace(/[ -]/g, "_").replace("é", "e")}`;
  writeFileSync(
    at(`${name}-main.c`),
    `#include <stdio.h>\n#include <stdint.h>\n#include "${name}.h"\nint main(void) { if ((uintptr_t)${array} % 16) return 1; return fwrite(${array}, 1, ${array}_len, stdout) != sizeof ${array}; }\n`,
  );
  const program = at(`${name}-main`);
  execFileSync(compiler, [...flags, "-Wall", "-Wextra", "-Werror", `${program}.c`, at(`${name}.c`), "-o", program]);
  t.deepEqual(execFileSync(program), readFileSync(at(`${name}.tflite`)), `${compiler} ${flags.join(" ")}`);
}

for (const standard of ["c99", "c11"])
  test(`the C array compiles as ${standard}, aligned, and holds the model's bytes`, (t) =>
    linked(t, `3 ${standard}-é`, "cc", `-std=${standard}`));

needs(cxx)("the C array compiles as C++, aligned, and holds the model's bytes", (t) =>
  linked(t, "3 cxx-é", "c++", "-x", "c++", "-std=c++11"),
);

test("samples may be .npy, .json, .csv or raw float32, with the same result; --io float32 gives float inputs and outputs; --json prints the summary", async (t) => {
  const results = await Promise.all(
    ["npy", "json", "f32", "csv"].map(async (kind) => {
      const { code, stderr } = await run(
        "convert",
        at("model", "model.json"),
        "-c",
        at(`samples.${kind}`),
        "--out",
        at(kind),
      );
      t.is(code, 0, stderr);
      return readFileSync(at(`${kind}.tflite`)).subarray(0);
    }),
  );
  const plain = results.map((bytes) => readTflite(bytes).buffers);
  t.deepEqual(plain[1], plain[0]);
  t.deepEqual(plain[2], plain[0]);
  t.deepEqual(plain[3], plain[0]);
  const { stdout } = await run(
    "convert",
    at("model"),
    "-c",
    at("samples.npy"),
    "--io",
    "float32",
    "--json",
    "--out",
    at("ends"),
  );
  const summary = JSON.parse(stdout) as Summary & { files: string[] };
  t.deepEqual([summary.inputs[0]!.type, summary.outputs[0]!.type, summary.type], ["float32", "float32", "int8"]);
  t.deepEqual(
    summary.files.map((file) => path.basename(file)),
    ["ends.tflite", "ends.c", "ends.h", "ends.json"],
  );
});

const noFiles = (t: ExecutionContext, name: string): void =>
  void t.deepEqual(
    readdirSync(folder).filter((file) => file.includes(name)),
    [],
    "nothing was written",
  );

async function saved(name: string, layers: tfl.LayersModel): Promise<string> {
  await saveLayersModel(layers, at(name));
  return at(name);
}

const refused: { title: string; prepare: () => Promise<string[]>; message: RegExp }[] = [
  {
    title: "no calibration samples",
    prepare: () => Promise.resolve([at("model")]),
    message: /int8 needs calibration samples: --calibrate FILE/,
  },
  {
    title: "a model that is not there",
    prepare: () => Promise.resolve([at("nowhere"), "--float"]),
    message: /cannot read the model .*nowhere: there is no such file/,
  },
  {
    title: "an empty calibration set",
    message: /the calibration set is empty; input "stem_input" takes samples of \[8, 8, 2\], 128 numbers each/,
    prepare: () => (writeFileSync(at("empty.f32"), ""), Promise.resolve([at("model"), "-c", at("empty.f32")])),
  },
  {
    title: "samples of another shape",
    message: /has shape \[4, 8, 8, 3\]; input "stem_input" takes samples of \[8, 8, 2\]/,
    prepare: () => (
      writeFileSync(at("wrong.npy"), npy([4, 8, 8, 3], new Float32Array(768))),
      Promise.resolve([at("model"), "-c", at("wrong.npy")])
    ),
  },
  {
    title: "samples that are no whole number of samples",
    message: /has 100 numbers; input "stem_input" takes .* 128 numbers each/,
    prepare: () => (
      writeFileSync(at("part.f32"), Buffer.alloc(400)),
      Promise.resolve([at("model"), "-c", at("part.f32")])
    ),
  },
  {
    title: "a sample that is not a number",
    message: /holds NaN in sample 1 of input "stem_input"/,
    prepare: () => {
      const data = new Float32Array(256);
      data[200] = NaN;
      writeFileSync(at("nan.npy"), npy([2, 8, 8, 2], data));
      return Promise.resolve([at("model"), "-c", at("nan.npy")]);
    },
  },
  {
    title: "a .csv with a word in it",
    message: /words\.csv:3: column 2: "high" is not a number/,
    prepare: () => (
      writeFileSync(at("words.csv"), "a,b\n1,2\n3,high\n"),
      Promise.resolve([at("model"), "-c", at("words.csv")])
    ),
  },
  {
    title: "a .csv with a row too short",
    message: /rows\.csv:2: 1 columns, but the rows before have 2/,
    prepare: () => (writeFileSync(at("rows.csv"), "1,2\n3\n"), Promise.resolve([at("model"), "-c", at("rows.csv")])),
  },
  {
    title: "an archive of samples",
    message: /samples\.npz: samples must be \.npy/,
    prepare: () => (writeFileSync(at("samples.npz"), "PK12"), Promise.resolve([at("model"), "-c", at("samples.npz")])),
  },
  {
    title: "a .npy cut short",
    message: /declares 3072 numbers of 4 bytes, but 1000 bytes follow its header/,
    prepare: () => (
      writeFileSync(at("cut.npy"), npy([24, 8, 8, 2], new Float32Array(250))),
      Promise.resolve([at("model"), "-c", at("cut.npy")])
    ),
  },
  {
    title: "weights that are not numbers",
    message: /layer "class" \(Dense\): its weights "bias" hold NaN at position 1 of 3/,
    prepare: async () => {
      const broken = smallModel();
      broken.getLayer("class").setWeights([broken.getLayer("class").getWeights()[0]!, tf.tensor1d([0, NaN, 0])]);
      return [await saved("broken", broken), "--float"];
    },
  },
  {
    title: "a layer that cannot be converted",
    message: /layer "memory" \(LSTM\): this type cannot be converted\. Instead: Conv1D or SeparableConv1D layers/,
    prepare: async () => [
      await saved(
        "recurrent",
        tfl.sequential({
          layers: [tfl.layers.lstm({ units: 2, inputShape: [4, 2], recurrentInitializer: "zeros", name: "memory" })],
        }),
      ),
      "--float",
    ],
  },
  {
    title: "an activation that cannot be converted",
    message: /layer "curve" \(Dense\): activation "selu" has no int8 operator\. Instead: one of linear, relu/,
    prepare: async () => [
      await saved(
        "curved",
        tfl.sequential({
          layers: [tfl.layers.dense({ units: 2, inputShape: [4], activation: "selu", name: "curve" })],
        }),
      ),
      "--float",
    ],
  },
  {
    title: "channels first",
    message: /layer "first" \(Conv2D\): its data format is channelsFirst/,
    prepare: async () => [
      await saved(
        "first",
        tfl.sequential({
          layers: [
            tfl.layers.conv2d({
              filters: 2,
              kernelSize: 1,
              inputShape: [3, 4, 4],
              dataFormat: "channelsFirst",
              name: "first",
            }),
          ],
        }),
      ),
      "--float",
    ],
  },
  {
    title: "an input of no fixed size",
    message: /input "open_input" has shape \[\?, \?, 3\]; a \.tflite needs a fixed size: axis 1/,
    prepare: async () => [
      await saved(
        "open",
        tfl.sequential({
          layers: [tfl.layers.conv1d({ filters: 2, kernelSize: 1, inputShape: [null, 3], name: "open" })],
        }),
      ),
      "--float",
    ],
  },
  {
    title: "weights cut short",
    message: /: \d+ bytes of weights expected, 100 found/,
    prepare: async () => {
      const place = await saved("short", smallModel());
      writeFileSync(path.join(place, "weights.bin"), Buffer.alloc(100));
      return [place, "--float"];
    },
  },
  {
    title: "a layer that tfjs does not know",
    message: /has a layer of type Mystery, which tfjs does not support/,
    prepare: async () => {
      const place = await saved("mystery", smallModel());
      const file = path.join(place, "model.json");
      writeFileSync(file, readFileSync(file, "utf8").replace('"class_name":"ReLU"', '"class_name":"Mystery"'));
      return [place, "--float"];
    },
  },
  {
    title: "a graph model",
    message: /is a tfjs graph model; loam converts layers models/,
    prepare: () => (
      writeFileSync(at("graph.json"), JSON.stringify({ format: "graph-model", modelTopology: {} })),
      Promise.resolve([at("graph.json"), "--float"])
    ),
  },
  {
    title: "a model.json that is something else",
    message: /has no "modelTopology"/,
    prepare: () => (writeFileSync(at("other.json"), "{}"), Promise.resolve([at("other.json"), "--float"])),
  },
];
refused.forEach(({ title, prepare, message }, i) => {
  test(`refused, before anything is written: ${title}`, async (t) => {
    const args = await prepare();
    const { code, stderr } = await run("convert", ...args, "--out", at(`refused${i}`));
    t.is(code, 1);
    t.regex(stderr, message);
    t.regex(stderr, /^loam: /m);
    noFiles(t, `refused${i}`);
  });
});

test("the input model is not overwritten", async (t) => {
  const place = await saved("model-inside", smallModel());
  const file = path.join(place, "model.json");
  const before = readFileSync(file, "utf8");
  for (const args of [
    ["--out", path.join(place, "model")],
    ["--out", path.join(place, "../model-inside/model.tflite")],
  ]) {
    const { code, stderr } = await run("convert", file, "--float", ...args);
    t.is(code, 1);
    t.regex(stderr, /model\.json is read here and would be written over: choose another name/);
  }
  t.is(readFileSync(file, "utf8"), before);
  // Without --out the files are called as the folder.
  const { code, stdout } = await run("convert", file, "--float");
  t.is(code, 0);
  t.true(stdout.endsWith(path.join(place, "model-inside.json")));
  t.is(readFileSync(file, "utf8"), before);
});

test("--no-c-array leaves the C array out and warns of one from an earlier conversion; the name need not be a C symbol", async (t) => {
  const first = await run("convert", at("model"), "--float", "--out", at("array"));
  t.is(first.code, 0, first.stderr);
  t.notRegex(first.stderr, /earlier conversion/);
  const second = await run("convert", at("model"), "--float", "--no-c-array", "--out", at("array"));
  t.is(second.code, 0, second.stderr);
  t.true(second.stderr.includes(`${at("array.c")}, ${at("array.h")}: of an earlier conversion, not of this model`));
  t.deepEqual(second.stdout.split("\n").slice(-2), [at("array.tflite"), at("array.json")]);
  const unnamed = await run("convert", at("model"), "--float", "--no-c-array", "--json", "--out", at("--"));
  t.is(unnamed.code, 0, unnamed.stderr);
  t.deepEqual((JSON.parse(unnamed.stdout) as { files: string[] }).files, [at("--.tflite"), at("--.json")]);
  noFiles(t, "--.c");
  noFiles(t, "--.h");
});

test("invalid and conflicting options are refused; a warning when there are few samples", async (t) => {
  const cases: [string[], RegExp][] = [
    [["--float", "--report"], /option '--float' cannot be used with option '--report'/],
    [["--float", "--fine-tune", "3"], /option '--float' cannot be used with option '--fine-tune <epochs>'/],
    [["-c", at("samples.npy"), "--fine-tune", "some"], /'some' is invalid\. Expected a whole number of at least 1/],
    [["--float", "--out", at("folder/")], /is not a file name: --out .*model writes model\.tflite there/],
    [["--float", "--out", ".."], /gives no C symbol/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await run("convert", at("model"), ...args);
    t.is(code, 1, args.join(" "));
    t.regex(stderr, message);
  }
  writeFileSync(at("one.f32"), readFileSync(at("samples.f32")).subarray(0, 512));
  const { code, stderr } = await run("convert", at("model"), "-c", at("one.f32"), "--out", at("one.tflite"));
  t.is(code, 0);
  t.regex(stderr, /only 1 calibration sample:/);
  t.true(existsSync(at("one.tflite")) && !existsSync(at("one.tflite.tflite")));
});

needs(mounting)("a full disk is named, and no half-written file stays", async (t) => {
  const disk = at("disk");
  const script = `mkdir ${disk} && mount -t tmpfs -o size=16k none ${disk} && node ${loam} convert ${at("model")} -c ${at("samples.npy")} --out ${disk}/net; code=$?; ls -A ${disk}; exit $code`;
  const result = await execa("unshare", ["-rm", "sh", "-c", script], { reject: false });
  t.is(result.exitCode, 1);
  t.regex(result.stderr, /cannot write .*net\.c: the disk is full \(\d+ bytes needed\)/);
  t.is(result.stdout, "");
});

test("a file size limit is named, and the old files stay as they were", async (t) => {
  for (const end of ["tflite", "c", "h", "json"]) writeFileSync(at(`kept.${end}`), "old");
  const result = await execa(
    "bash",
    ["-c", `ulimit -f 8; exec node ${loam} convert ${at("model")} -c ${at("samples.npy")} --force --out ${at("kept")}`],
    { reject: false },
  );
  t.is(result.exitCode, 1);
  t.regex(result.stderr, /cannot write .*kept\.c: the file may not grow to \d+ bytes here/);
  t.deepEqual(
    readdirSync(folder)
      .filter((name) => name.includes("kept"))
      .map((name) => readFileSync(at(name), "utf8")),
    ["old", "old", "old", "old"],
  );
});

test("a folder that cannot be made is named", async (t) => {
  const { code, stderr } = await run("convert", at("model"), "--float", "--out", "/proc/no/such/net");
  t.is(code, 1);
  t.regex(
    stderr,
    /cannot write \/proc\/no\/such\/net\.tflite: its folder is not there and cannot be made|not permitted|permission denied|read-only/,
  );
  const inFile = await run("convert", at("model"), "--float", "--out", at("samples.f32", "net"));
  t.is(inFile.code, 1);
  t.regex(inFile.stderr, /cannot write .*net\.tflite: a part of the path is a file, not a folder/);
});

test("a folder where one of the files should go: none of the others is written", async (t) => {
  writeFileSync(at("blocked.tflite"), "old");
  mkdirSync(at("blocked.c"));
  const { code, stderr } = await run("convert", at("model"), "--float", "--force", "--out", at("blocked"));
  t.is(code, 1);
  t.regex(stderr, /cannot write .*blocked\.c: that is a folder/);
  t.is(readFileSync(at("blocked.tflite"), "utf8"), "old");
  t.deepEqual(
    readdirSync(folder)
      .filter((name) => name.includes("blocked"))
      .sort(),
    ["blocked.c", "blocked.tflite"],
  );
});

test("killed in the middle of writing, the old file is still whole", async (t) => {
  const target = at("killed", "big.bin");
  const module = path.join(loamRoot, "host-tools/lib/outputs.ts");
  const script = `import { writeOutputs } from ${JSON.stringify(module)}; await writeOutputs([[${JSON.stringify(target)}, "old"]]); console.log("ready"); await writeOutputs([[${JSON.stringify(target)}, Buffer.alloc(3e8, 1)]]);`;
  const child = spawn("node", ["--import", "tsx", "--input-type=module", "-e", script], {
    cwd: loamRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const closed = new Promise((resolve) => child.once("close", resolve));
  while (child.exitCode === null && !readdirSync(at("killed")).some((name) => name.endsWith(".tmp")))
    await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill("SIGKILL");
  await closed;
  t.true(existsSync(target));
  t.is(readFileSync(target, "utf8"), "old");
});
