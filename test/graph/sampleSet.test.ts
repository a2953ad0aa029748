import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { graphOf } from "tfjs-to-tflite/convert/index.js";
import { openArray } from "tfjs-to-tflite/graph/arrayData.js";
import { openArrayFile, readArrayFile } from "tfjs-to-tflite/graph/arrayFile.js";
import {
  bytesOfBlob,
  readAhead,
  sourceOf,
  type ArraySource,
  type FileBytes,
} from "tfjs-to-tflite/graph/arraySource.js";
import type { Graph } from "tfjs-to-tflite/graph/graph.js";
import { npyOf } from "tfjs-to-tflite/graph/npy.js";
import { sampleSetOf, type SampleSet } from "tfjs-to-tflite/graph/sampleSet.js";
import { convert, openSamples, readSamples } from "tfjs-to-tflite/index.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { chanceOf, randomizeWeights } from "../convert/randomModels.js";

const folder = mkdtempSync(path.join(tmpdir(), "loam-samples-"));
test.before(() => startBackend("wasm"));
test.after.always(() => rmSync(folder, { recursive: true }));

const written = (name: string, bytes: Uint8Array | string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

const numbers = Float32Array.from({ length: 40 }, (_, i) => i - 20);
const halves = Uint8Array.of(0, 0x3c, 0, 0xc0, 0xff, 0x7b);
const npy = (descr: string, shape: string, body: Uint8Array): Uint8Array => {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`;
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\0", "latin1"),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    body,
  ]);
};
const files: readonly (readonly [name: string, bytes: Uint8Array | string])[] = [
  ["floats.npy", npyOf([10, 4], numbers)],
  ["doubles.npy", npy("<f8", "(10, 4)", new Uint8Array(Float64Array.from(numbers).buffer))],
  ["bytes.npy", npy("|i1", "(10, 4)", new Uint8Array(Int8Array.from(numbers).buffer))],
  ["halves.npy", npy("<f2", "(3, 1)", halves)],
  ["raw.f32", new Uint8Array(numbers.buffer)],
  ["text.csv", "a,b\n1,2\n3,4\n"],
  ["text.json", "[[1, 2], [3, 4]]"],
];

for (const [name, bytes] of files)
  test(`${name}: pieces of the file, and of a page's, are those of the whole`, async (t) => {
    const file = written(name, bytes);
    const { data, shape } = await readArrayFile(file);
    const blob = bytesOfBlob(new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
    for (const source of [await openArrayFile(file), await openArray(blob)]) {
      t.is(source.length, data.length);
      t.deepEqual(source.shape, shape);
      const size = Math.floor(data.length / 2);
      t.deepEqual(await source.read(size, size), data.slice(size, 2 * size));
      t.deepEqual([...(await source.read(0, 1)), ...(await source.read(1, 1))], [...data.slice(0, 2)]);
    }
  });

const refused: readonly (readonly [title: string, file: () => string, message: RegExp])[] = [
  [
    "a header alone",
    () => written("cut.npy", npyOf([10, 4], numbers).subarray(0, 200)),
    /declares 40 numbers of 4 bytes, but 72 bytes follow/,
  ],
  ["no array", () => written("none.npy", "hello"), /none\.npy is not a \.npy file/],
  ["half a number", () => written("half.f32", new Uint8Array(6)), /half\.f32 has 6 bytes; raw float32/],
  ["a file that is not there", () => path.join(folder, "nothing.npy"), /cannot read the samples .*nothing\.npy: /],
  ["a folder", () => folder, /cannot read the samples /],
];
for (const [title, file, message] of refused)
  test(`refused when it is opened: ${title}`, async (t) => {
    await t.throwsAsync(openArrayFile(file()), { name: "UserError", message });
  });

test("a file that becomes shorter while it is read is named", async (t) => {
  const file = written("shorter.f32", new Uint8Array(numbers.buffer));
  const source = await openArrayFile(file);
  writeFileSync(file, new Uint8Array(80));
  await t.throwsAsync(source.read(0, 40), {
    name: "UserError",
    message: /shorter\.f32: it ends after 80 bytes, and had 160/,
  });
});

test("text that would take too much memory is refused", async (t) => {
  const large: FileBytes = { name: "large.csv", size: 2 ** 30, read: () => Promise.reject(new Error("read")) };
  await t.throwsAsync(openArray(large), {
    name: "UserError",
    message: /large\.csv has 1073741824 bytes of text.*save these samples as \.npy/,
  });
});

test("what is read one after the other is read ahead, what is not is not", async (t) => {
  const reads: number[] = [];
  const file: FileBytes = {
    name: "x",
    size: 3 * 2 ** 20,
    read: (_, count) => (reads.push(count), Promise.resolve(new Uint8Array(count))),
  };
  const ahead = readAhead(file);
  for (let at = 0; at < 1000; at += 10) await ahead.read(at, 10);
  t.deepEqual(reads, [2 ** 20]);
  await ahead.read(2 * 2 ** 20, 10);
  t.deepEqual(reads, [2 ** 20, 10]);
  t.is((await ahead.read(3 * 2 ** 20 - 4, 4)).length, 4);
});

const graph: Graph = {
  name: "model",
  tensors: [
    { name: "a", shape: [1, 2] },
    { name: "b", shape: [1] },
  ],
  nodes: [],
  inputs: [0, 1],
  outputs: [0],
};
const counted = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const setOf = (): Promise<SampleSet> =>
  sampleSetOf(graph, [sourceOf(Float32Array.from(counted(20))), tf.tensor(counted(10), [10])]);
const values = (tensors: readonly tf.Tensor[]): number[][] => tensors.map((tensor) => [...tensor.dataSync()]);

test("a set gives the samples that are asked for, of all inputs", async (t) => {
  const set = await setOf();
  t.is(set.count, 10);
  t.deepEqual(set.figures[0], { min: 0, max: 19, areSame: false });
  const [a, b] = await set.slice(3, 2);
  t.deepEqual([a!.shape, b!.shape], [[2, 2], [2]]);
  t.deepEqual(values([a!, b!]), [
    [6, 7, 8, 9],
    [3, 4],
  ]);
  t.deepEqual(values(await set.take([7, 0])), [
    [14, 15, 0, 1],
    [7, 0],
  ]);
  t.deepEqual(values(await set.some(3)), [
    [0, 1, 6, 7, 12, 13],
    [0, 3, 6],
  ]);
  t.deepEqual(values(await set.some(99))[1], counted(10));
});

test.serial("batches have every sample once, and are disposed of", async (t) => {
  const set = await setOf();
  const before = tf.memory().numTensors;
  const seen: number[][] = [];
  for await (const batch of set.batches(4)) seen.push([...batch[1]!.dataSync()]);
  t.deepEqual(seen, [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ]);
  const thin: number[] = [];
  for await (const batch of set.thinned(4).batches(3)) thin.push(...batch[1]!.dataSync());
  t.deepEqual(thin, [0, 2, 4, 6]);
  t.is(tf.memory().numTensors, before);
});

const small = (): tfl.LayersModel => {
  const { conv2d, flatten, dense } = tfl.layers;
  const model = tfl.sequential({
    layers: [
      conv2d({ filters: 4, kernelSize: 3, inputShape: [6, 6, 2], activation: "relu" }),
      flatten(),
      dense({ units: 3, activation: "softmax" }),
    ],
  });
  randomizeWeights(model, chanceOf(4));
  return model;
};

// Bias correction takes as many small samples at once as fit into its memory.
test.serial("a conversion never has more than a batch of a file in memory, and is that of the array", async (t) => {
  const count = 600;
  const each = 6 * 6 * 2;
  const data = Float32Array.from({ length: count * each }, (_, i) => Math.sin(i * i));
  const file = written("many.npy", npyOf([count, 6, 6, 2], data));
  const [source] = await openSamples(file);
  let most = 0;
  let numbersRead = 0;
  const watched: ArraySource = {
    ...source!,
    read: (from, n) => {
      // The check reads larger pieces than batches are, as large as two million numbers.
      if (numbersRead >= data.length + each) most = Math.max(most, n);
      numbersRead += n;
      return source!.read(from, n);
    },
  };
  const model = small();
  const lazy = await convert(model, { calibrate: watched, biasCorrection: false });
  const whole = await convert(model, { calibrate: await readSamples(file), biasCorrection: false });
  t.deepEqual(lazy.report, whole.report);
  t.true(Buffer.from(lazy.tflite).equals(whole.tflite));
  t.true(most <= 64 * each, `${most / each} samples at once`);
  t.is(lazy.report.agreement!.samples, 256);
});

/** Counts what the backend computes. */
async function kernelsOf(work: () => Promise<unknown>): Promise<number> {
  const engine = tf.engine();
  const original = engine.runKernel.bind(engine);
  let count = 0;
  engine.runKernel = (...args) => (count++, original(...args));
  try {
    await work();
  } finally {
    engine.runKernel = original;
  }
  return count;
}

test.serial("the work of a conversion is linear in layers, and in samples", async (t) => {
  const chain = (layers: number): tfl.LayersModel => {
    const model = tfl.sequential({
      layers: Array.from({ length: layers }, (_, i) =>
        tfl.layers.dense({ units: 4, activation: "relu", ...(i === 0 && { inputShape: [4] }) }),
      ),
    });
    randomizeWeights(model, chanceOf(5));
    return model;
  };
  const work = (layers: number, samples: number): Promise<number> =>
    kernelsOf(() =>
      convert(chain(layers), {
        calibrate: Float32Array.from({ length: 4 * samples }, (_, i) => Math.sin(i * i)),
        range: "error",
      }),
    );
  const [ten, twenty, forty] = [await work(10, 64), await work(20, 64), await work(40, 64)];
  const perLayer = (twenty - ten) / 10;
  t.true(Math.abs((forty - twenty) / 20 / perLayer - 1) < 0.05, `${ten}, ${twenty}, ${forty} kernels`);
  // Batches are of 32: of 128 samples there are as many again.
  const more = await work(10, 128);
  t.true(more < 2.1 * ten, `${ten}, ${more} kernels`);
});

test("samples of the wrong size are named before anything runs", async (t) => {
  const model = small();
  await t.throwsAsync(sampleSetOf(graphOf(model, "m"), [sourceOf(new Float32Array(71))], "x.npy"), {
    message: /^x\.npy has 71 numbers; input ".*" takes samples of \[6, 6, 2\], 72 numbers each$/,
  });
});
