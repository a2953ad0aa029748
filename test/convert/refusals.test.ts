// Slow: a process for each case
import { mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { at, noFiles, npy, run, saved, smallModel } from "./conversions.js";

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
    title: "a file whose size is not a multiple of the sample size",
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
  ...(
    [
      ["all zero", 3, () => 0, /every number is 0\. int8 ranges are measured on these samples: give 100 or more/],
      ["constant", 3, () => 0.25, /of input "stem_input" every number is 0\.25\./],
      ["all alike", 3, (i) => (i % 128) / 128, /all 3 samples are the same\..*--force converts with these/],
      ["alone", 1, (i) => i / 128, /there is one sample only\..*--force converts with these/],
    ] as [what: string, count: number, value: (i: number) => number, message: RegExp][]
  ).map(([what, count, value, message]) => ({
    title: `calibration samples that are ${what}`,
    message,
    prepare: () => {
      const file = at(`${what}.npy`);
      writeFileSync(
        file,
        npy(
          [count, 8, 8, 2],
          Float32Array.from({ length: count * 128 }, (_, i) => value(i)),
        ),
      );
      return Promise.resolve([at("model"), "-c", file]);
    },
  })),
  {
    title: "a .csv with a word in it",
    message: /words\.csv:3: column 2: "high" is not a number/,
    prepare: () => (
      writeFileSync(at("words.csv"), "a,b\n1,2\n3,high\n"),
      Promise.resolve([at("model"), "-c", at("words.csv")])
    ),
  },
  {
    title: "a .csv with a short row",
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
    message:
      /layer "memory" \(ConvLSTM2D\): this type cannot be converted: a convolution for each gate .* Instead: TimeDistributed of a Conv2D/,
    prepare: async () => [
      await saved(
        "recurrent",
        tfl.sequential({
          layers: [
            tfl.layers.convLstm2d({
              filters: 2,
              kernelSize: 1,
              inputShape: [3, 4, 4, 2],
              recurrentInitializer: "zeros",
              name: "memory",
            }),
          ],
        }),
      ),
      "--float",
    ],
  },
  {
    title: "an input without a fixed size",
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
    message: /layer "relu" \(Mystery\): tfjs has no such type of layer\. Instead: layers that/,
    prepare: async () => {
      const place = await saved("mystery", smallModel());
      const file = path.join(place, "model.json");
      writeFileSync(file, readFileSync(file, "utf8").replace('"class_name":"ReLU"', '"class_name":"Mystery"'));
      return [place, "--float"];
    },
  },
  {
    title: "a weights manifest without a topology",
    message:
      /is a weights manifest without a topology, such as those of face-api\.js: 1 tensors in w-shard1\. Which layers/,
    prepare: () => {
      const manifest = [{ paths: ["w-shard1"], weights: [{ name: "conv0/filters", shape: [2], dtype: "float32" }] }];
      mkdirSync(at("face"));
      writeFileSync(at("face/face_model-weights_manifest.json"), JSON.stringify(manifest));
      return Promise.resolve([at("face"), "--float"]);
    },
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
    t.regex(stderr, /model\.json is an input and would be overwritten: choose another name/);
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
  t.true(
    second.stderr.includes(`${at("array.c")}, ${at("array.h")}: left by an earlier conversion, not of this model`),
  );
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
  const { code, stderr } = await run("convert", at("model"), "-c", at("one.f32"), "--force", "--out", at("one.tflite"));
  t.is(code, 0);
  t.regex(stderr, /only 1 calibration sample:/);
  t.true(existsSync(at("one.tflite")) && !existsSync(at("one.tflite.tflite")));
});
