/** loam infer on real numbers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { sourceOf } from "tfjs-to-tflite/graph/arraySource.js";
import { npyOf, parseNpy } from "tfjs-to-tflite/graph/npy.js";
import { bytesOf, numbersOf, runsOf } from "../../host-tools/inference/realNumbers.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import type { TfliteTensor } from "tfjs-to-tflite/tflite/index.js";

const folder = mkdtempSync(path.join(tmpdir(), "loam-infer-"));
const at = (name: string): string => path.join(folder, name);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const infer = (...args: string[]) =>
  execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), "infer", at("relu.tflite"), ...args], {
    reject: false,
  });

/** A RELU of 7 numbers: steps of 0.05 around 3 in, of 0.03 from -128 out. */
const values = [-2, -0.05, 0, 0.02, 0.05, 1.234, 100];
/** By hand: 1.234 is 25 steps, 1.25, which is 41.67 steps of 0.03; 100 is cut to 124 steps, 6.2, 206.67 steps. */
const expected = [0, 0, 0, 0, 2 * 0.03, 42 * 0.03, 207 * 0.03].map(Math.fround);
const near = (given: ArrayLike<number>): boolean => expected.every((value, i) => Math.abs(value - given[i]!) < 1e-6);

test.before(() => {
  writeFileSync(at("relu.tflite"), tinyModels().find(({ name }) => name === "RELU-0")!.model);
  writeFileSync(at("one.npy"), npyOf([7], Float32Array.from(values)));
  writeFileSync(at("two.npy"), npyOf([2, 7], Float32Array.from([...values, ...values.map(() => -1)])));
  writeFileSync(at("rows.csv"), `${values.join(",")}\n${values.map(() => -1).join(",")}\n`);
  writeFileSync(at("eight.npy"), npyOf([2, 8], new Float32Array(16)));
  writeFileSync(at("nan.npy"), npyOf([7], Float32Array.of(0, 0, NaN, 0, 0, 0, 0)));
  writeFileSync(
    at("raw.bin"),
    Int8Array.from(values, (value) => Math.min(127, Math.round(value / 0.05) + 3)),
  );
});

test("a .npy goes in quantized and comes out dequantized, as a .npy, as text and as JSON", async (t) => {
  const { exitCode, stderr } = await infer("--input", at("two.npy"), "--output", at("out.npy"));
  t.is(exitCode, 0, stderr);
  const { shape, data } = parseNpy("out.npy", readFileSync(at("out.npy")));
  t.deepEqual(shape, [2, 7]);
  t.true(near(data.subarray(0, 7)), String(data));
  t.deepEqual([...data.subarray(7)], [0, 0, 0, 0, 0, 0, 0]);
  const shown = await infer("--input", at("one.npy"));
  t.true(near(shown.stdout.split(" ").map(Number)), shown.stdout);
  const csv = JSON.parse((await infer("--input", at("rows.csv"), "--json")).stdout) as {
    runs: { outputs: number[][] }[];
  };
  t.is(csv.runs.length, 2);
  t.true(near(csv.runs[0]!.outputs[0]!));
});

test("raw bytes go in and come out as they are, or come out as real numbers", async (t) => {
  const { stdout } = await infer("--input", at("raw.bin"));
  t.is(stdout, Buffer.from(Int8Array.of(-128, -128, -128, -128, -126, -86, 79)).toString("hex"));
  await infer("--input", at("raw.bin"), "--output", at("raw.npy"));
  t.true(near(parseNpy("raw.npy", readFileSync(at("raw.npy"))).data));
});

const refusals: [title: string, args: () => string[], message: RegExp][] = [
  [
    "another shape",
    () => ["--input", at("eight.npy")],
    /eight\.npy has shape \[2, 8\]; input "t0" takes \[runs, 7\], 7 numbers each run/,
  ],
  [
    "a number that is none",
    () => ["--input", at("nan.npy")],
    /nan\.npy holds NaN in run 0; every number must be finite/,
  ],
  [
    "two files for one input",
    () => ["--input", at("one.npy"), "--input", at("one.npy")],
    /one \.npy file for each of the model's 1 inputs is expected, in order \("t0"\), or one file of raw bytes/,
  ],
  [
    "raw bytes beside an array",
    () => ["--input", at("one.npy"), "--input", at("raw.bin")],
    /one \.npy file for each of the model's 1 inputs/,
  ],
  [
    "two files for one output",
    () => ["--input", at("one.npy"), "--output", at("a.npy"), "--output", at("b.npy")],
    /each of the model's 1 outputs/,
  ],
  ["output as CSV", () => ["--input", at("one.npy"), "--output", at("a.csv")], /real numbers are written as \.npy/],
];
for (const [title, args, message] of refusals)
  test(`refused: ${title}`, async (t) => {
    const { exitCode, stderr } = await infer(...args());
    t.is(exitCode, 1);
    t.regex(stderr, message);
  });

const tensor = (type: TfliteTensor["type"], scale?: number, zeroPoint = 0): TfliteTensor => ({
  name: "x",
  shape: [1, 3],
  type,
  buffer: 0,
  ...(scale && { quantization: { scale: [scale], zeroPoint: [zeroPoint], quantizedDimension: 0 } }),
});

test("numbers of every type that a model's ends have", (t) => {
  const numbers = Float32Array.of(-1, 0.5, 1000);
  // Steps below and above zero, and the type's upper limit.
  const table: [TfliteTensor, number[]][] = [
    [tensor("FLOAT32"), [-1, 0.5, 1000]],
    [tensor("INT8", 0.5, -10), [-1, 0.5, 68.5]],
    [tensor("UINT8", 0.5, 10), [-1, 0.5, 122.5]],
    [tensor("INT16", 0.01), [-1, 0.5, 327.67]],
    [tensor("INT32"), [-1, 1, 1000]],
    [tensor("BOOL"), [0, 1, 1]],
  ];
  for (const [each, wanted] of table)
    t.deepEqual([...numbersOf(each, bytesOf(each, numbers))], wanted.map(Math.fround), each.type);
  t.throws(() => bytesOf(tensor("STRING"), numbers), {
    name: "UserError",
    message: /type STRING; real numbers go into/,
  });
});

async function runsIn(end: TfliteTensor, data: Float32Array, shape?: number[]): Promise<number[][]> {
  const runs: number[][] = [];
  for await (const run of runsOf(end, sourceOf(data, shape), "x")) runs.push([...run]);
  return runs;
}

test("runs of an array: with a batch, without one, and flat", async (t) => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  const end = tensor("FLOAT32");
  for (const shape of [[2, 3], undefined])
    t.deepEqual(await runsIn(end, data, shape), [
      [1, 2, 3],
      [4, 5, 6],
    ]);
  for (const shape of [[3], [1, 3]]) t.is((await runsIn(end, data.subarray(3), shape)).length, 1);
  const empty = new Float32Array(0);
  for (const [numbers, shape] of [[data, [3, 2]], [empty], [Float32Array.of(1, 2, NaN)]] as const)
    await t.throwsAsync(runsIn(end, numbers, shape && [...shape]), { name: "UserError" });
});
