/** The order of channels inside a model: the same outputs, and fewer heavy groups of weights, as many as the engine itself finds. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { execa } from "execa";
import { convertModel as convertPlainly } from "tfjs-to-tflite/convert/index.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { paddings, type TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { convertModel } from "../../host-tools/convert/index.js";
import { heavyGroupsOf, orderChannels } from "../../host-tools/convert/orderChannels.js";
import { infer, InferenceSession, inferWith } from "../../host-tools/inference/index.js";
import { writePrepared } from "../../host-tools/inference/prepared.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { everyOperator, randomGraph } from "../judge/randomGraph.js";
import { startPlainBackend } from "./backend.js";
import { randomSamples } from "./randomModels.js";

test.before(startPlainBackend);

const sumOf = (model: TfliteModel, what: "count" | "cost"): number =>
  [...heavyGroupsOf(model, model.subgraphs[0]!).values()].reduce((sum, layer) => sum + layer[what], 0);

/** What the engine's own lists have: bytes of the prepared table, less those that it has when all weights are 0, four a group. */
async function listedByEngine(model: TfliteModel): Promise<number> {
  const { tensors } = model.subgraphs[0]!;
  const weights = new Set(tensors.flatMap(({ type, buffer }) => (type === "INT8" ? [buffer] : [])));
  const buffers = model.buffers.map((bytes, i) => (weights.has(i) ? new Uint8Array(bytes.length) : bytes));
  const [listed, plain] = [await writePrepared(model), await writePrepared({ ...model, buffers })];
  return (listed.table - plain.table) / 4;
}

/** Operators through which channels are followed, and some through which they are not. */
const suite = {
  ...everyOperator,
  own: ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"],
  all: [
    ...["CONV_2D", "CONV_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD", "MUL", "RELU6", "MEAN", "PAD"],
    ...["AVERAGE_POOL_2D", "MAX_POOL_2D", "RESHAPE", "SOFTMAX", "CONCATENATION", "RESIZE_NEAREST_NEIGHBOR", "PRELU"],
  ],
} as typeof everyOperator;

const [from, to] = (process.env["LOAM_SEEDS"] ?? "0-250").split("-").map(Number) as [number, number];

test("random graphs give the same outputs with their channels in another order", async (t) => {
  const micro = await InferenceSession.start("micro");
  let changed = 0;
  try {
    for (let seed = from; seed < to; seed++) {
      const { model, inputs } = randomGraph(seed, suite);
      const before = writeTflite(model);
      const ordered = orderChannels(model);
      if (ordered === model) continue;
      changed++;
      t.true(sumOf(ordered, "cost") < sumOf(model, "cost"), `seed ${seed}`);
      t.deepEqual(writeTflite(model), before, `seed ${seed}: the model given was changed`);
      const [truth] = await inferWith(micro, before, [inputs]);
      const [given] = await inferWith(micro, writeTflite(ordered), [inputs]);
      t.deepEqual(given!.outputs, truth!.outputs, `seed ${seed}`);
    }
  } finally {
    micro.close();
  }
  t.true(changed >= (to - from) / 25, `${changed} of ${to - from} graphs were changed`);
});

/** One layer on an image of random numbers. */
function layerModel(
  name: "CONV_2D" | "DEPTHWISE_CONV_2D",
  [height, width, inChannels]: [number, number, number],
  [kernelHeight, kernelWidth, channels]: [number, number, number],
): TfliteModel {
  const model = new ModelBuilder();
  const isDepthwise = name === "DEPTHWISE_CONV_2D";
  const shape = isDepthwise
    ? [1, kernelHeight, kernelWidth, channels]
    : [channels, kernelHeight, kernelWidth, inChannels];
  const random = new Random(height + width);
  const weights = Int8Array.from({ length: sizeOf(shape) }, () => random.int(-127, 127));
  const input = model.int8([1, height, width, inChannels], 0.05, 3);
  const output = model.int8([1, height, width, channels], 0.05, 3);
  model.operator(name, [input, model.int8(shape, 0.01, 0, weights)], output, {
    ...{ padding: paddings.SAME, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1 },
    ...(isDepthwise && { depthMultiplier: channels }),
  });
  return model.build([input], [output]);
}

for (const [title, model] of [
  ["a pair of pixels", layerModel("CONV_2D", [1, 2, 37], [1, 1, 20])],
  ["a window of a pair of pixels", layerModel("CONV_2D", [2, 1, 5], [3, 3, 8])],
  ["many pixels", layerModel("CONV_2D", [3, 5, 29], [1, 1, 7])],
  ["a window", layerModel("CONV_2D", [4, 4, 3], [3, 3, 5])],
  ["a window in parts of several rows", layerModel("CONV_2D", [3, 4, 30], [5, 5, 4])],
  ["a window in parts of a row", layerModel("CONV_2D", [3, 2, 300], [2, 1, 4])],
  ["a depthwise layer of one channel", layerModel("DEPTHWISE_CONV_2D", [4, 4, 1], [4, 3, 8])],
  ["one pixel", layerModel("CONV_2D", [1, 1, 37], [1, 1, 20])],
] as const)
  test(`heavy groups are those of the engine: ${title}`, async (t) => {
    t.is(sumOf(model, "count"), await listedByEngine(model));
    t.is(sumOf(model, "count") > 0, title !== "one pixel");
  });

/** Two convolutions of 16 channels, the first in groups where it takes fewer. */
function twoLayers({ taken, dimension }: { taken: number; dimension: number }): TfliteModel {
  const model = new ModelBuilder();
  const random = new Random(1);
  const layer = (input: number, inChannels: number, quantizedDimension: number): number => {
    const shape = [16, 1, 1, inChannels];
    const weights = Int8Array.from({ length: sizeOf(shape) }, () => random.int(-127, 127));
    const scale = Array.from({ length: 16 }, (_, i) => Math.fround(0.01 + i / 1000));
    const zeroPoint = scale.map(() => 0);
    const constant = model.tensor(shape, "INT8", { scale, zeroPoint, quantizedDimension }, weights);
    const options = { padding: paddings.SAME, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1 };
    return model.operator("CONV_2D", [input, constant], model.int8([1, 4, 4, 16], 0.05, 3), options);
  };
  const input = model.int8([1, 4, 4, 16], 0.05, 3);
  return model.build([input], [layer(layer(input, taken, dimension), 16, 0)]);
}

test("only layers that engines take so have their channels in another order", (t) => {
  for (const [what, model] of [
    ["groups of channels", twoLayers({ taken: 8, dimension: 0 })],
    ["scales along another axis", twoLayers({ taken: 16, dimension: 3 })],
  ] as const)
    t.is(orderChannels(model), model, what);
  const plain = twoLayers({ taken: 16, dimension: 0 });
  t.not(orderChannels(plain), plain);
});

test("a converted and a planned model have their channels in order", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [4, 4, 8], filters: 30, kernelSize: 1, activation: "relu" }),
      tfl.layers.conv2d({ filters: 24, kernelSize: 1, activation: "relu6" }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  const options = { mode: "int8", name: "net", calibration: randomSamples(model, 16, 4) } as const;
  const plain = readTflite((await convertPlainly(model, options)).tflite);
  const { tflite } = await convertModel(model, options);
  const ordered = orderChannels(plain);
  const [before, after] = [sumOf(plain, "count"), sumOf(ordered, "count")];
  t.true(after < before / 2, `${before} to ${after} heavy groups`);
  t.is(sumOf(readTflite(tflite), "count"), after);
  const inputs = Array.from({ length: 4 }, (_, i) => [new Uint8Array(new Random(i).int8s(128).buffer)]);
  const outputsOf = async (bytes: Uint8Array, backend: "micro" | "tflite") =>
    (await infer(bytes, inputs, { backend })).map(({ outputs }) => outputs);
  const truth = await outputsOf(writeTflite(plain), "tflite");
  t.deepEqual(await outputsOf(tflite, "tflite"), truth);
  t.deepEqual(await outputsOf(tflite, "micro"), truth);

  const folder = mkdtempSync(path.join(tmpdir(), "loam-order-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => path.join(folder, name);
  writeFileSync(at("plain.tflite"), writeTflite(plain));
  const plan = async (...more: string[]) => {
    const command = ["plan", at("plain.tflite"), "--arena", "49152", "--out", at("out.tflite"), "--force", ...more];
    await execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...command]);
    return readFileSync(at("out.tflite"));
  };
  const planned = await plan();
  t.is(sumOf(readTflite(planned), "count"), after);
  t.deepEqual(await outputsOf(planned, "micro"), truth);
  // The order is for the table's lists.
  t.is(sumOf(readTflite(await plan("--no-table")), "count"), before);
});

test("the example's network is in such an order", (t) => {
  const model = readTflite(readFileSync(path.join(loamRoot, "device/model/model.tflite")));
  const cost = sumOf(model, "cost");
  t.true(cost < 5_000, `${cost} instructions for heavy groups`);
});
