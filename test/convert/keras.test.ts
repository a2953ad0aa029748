import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel } from "../../host-tools/convert/index.js";
import { loadLayersModel, modelSources, saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { InferenceSession } from "../../host-tools/inference/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { withZip } from "tfjs-to-tflite/lib/zip.js";
import { compareWithDesktop } from "../judge/check.js";
import { startPlainBackend } from "./backend.js";
import { chanceOf, randomizeWeights } from "./randomModels.js";
import { predict, run, toBytes } from "./run.js";

/** Models as Keras and its converter write them. Sources: keras/src/saving/serialization_lib.py (3.x), keras/src/activations, tensorflow/tfjs issue 8494. */

const folder = mkdtempSync(path.join(tmpdir(), "loam-keras-"));
test.before(startPlainBackend);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const policy = { module: "keras", class_name: "DTypePolicy", config: { name: "mixed_float16" }, registered_name: null };
const tensor = (layer: string) => ({
  class_name: "__keras_tensor__",
  config: { shape: [null, 3], dtype: "float32", keras_history: [layer, 0, 0] },
});
const layer = (className: string, name: string, config: object, ...args: unknown[]) => ({
  module: "keras.layers",
  class_name: className,
  config: { name, trainable: true, dtype: policy, ...config },
  registered_name: null,
  build_config: { input_shape: [null, 3] },
  name,
  inbound_nodes: args.length > 0 ? [{ args, kwargs: { mask: null } }] : [],
});

const kernel = [0.5, -1, 0.25, 0.75, 0.1, -0.2, 1, 0.3, -0.6];
const bias = [0.1, -0.2, 0.3];

/** add(leaky(dense(x)), x), in Keras 3's way. */
function keras3(change: { leaky?: object; dense?: object } = {}): object {
  const config = {
    name: "functional",
    trainable: true,
    layers: [
      layer("InputLayer", "input_layer", { batch_shape: { class_name: "__tuple__", items: [null, 3] }, sparse: false }),
      layer(
        "Dense",
        "dense",
        {
          units: 3,
          activation: { module: "builtins", class_name: "function", config: "linear", registered_name: "function" },
          use_bias: true,
          ...change.dense,
        },
        tensor("input_layer"),
      ),
      change.leaky
        ? layer("ReLU", "leaky", change.leaky, tensor("dense"))
        : layer("LeakyReLU", "leaky", { negative_slope: 0.05 }, tensor("dense")),
      layer("Add", "add", {}, [tensor("leaky"), tensor("input_layer")]),
    ],
    input_layers: ["input_layer", 0, 0],
    output_layers: ["add", 0, 0],
  };
  return {
    format: "layers-model",
    generatedBy: "keras v3.5.0",
    convertedBy: "TensorFlow.js Converter v4.22.0",
    modelTopology: {
      keras_version: "3.5.0",
      backend: "tensorflow",
      model_config: { class_name: "Functional", config },
    },
    weightsManifest: [
      {
        paths: ["weights.bin"],
        weights: [
          { name: "functional/dense/kernel", shape: [3, 3], dtype: "float32" },
          { name: "functional/dense/bias", shape: [3], dtype: "float32" },
        ],
      },
    ],
  };
}

function put(name: string, json: unknown, weights = [...kernel, ...bias]): string {
  const place = path.join(folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(
    path.join(place, "model.json"),
    typeof json === "string" || Buffer.isBuffer(json) ? json : JSON.stringify(json),
  );
  writeFileSync(path.join(place, "weights.bin"), Buffer.from(Float32Array.from(weights).buffer));
  return place;
}

test("a Keras 3 model loads, and computes what its layers define", async (t) => {
  const model = await loadLayersModel(put("three", keras3()));
  const x = [0.7, -1.5, 0.2];
  const expected = [0, 1, 2].map((o) => {
    const sum = bias[o]! + x.reduce((total, value, i) => total + value * kernel[i * 3 + o]!, 0);
    return (sum > 0 ? sum : 0.05 * sum) + x[o]!;
  });
  const [output] = predict(model, [tf.tensor2d([x])]) as [tf.Tensor];
  output
    .dataSync()
    .forEach((value, i) => t.true(Math.abs(value - expected[i]!) < 1e-6, `${value} instead of ${expected[i]}`));
});

test("Keras 3's depthwise convolution: its weights are called kernel", async (t) => {
  const image = (name: string) => ({ ...tensor(name), config: { ...tensor(name).config, shape: [null, 3, 1, 2] } });
  const config = {
    name: "model",
    trainable: true,
    layers: [
      layer("InputLayer", "image", { batch_shape: [null, 3, 1, 2] }),
      layer(
        "DepthwiseConv2D",
        "dw",
        {
          kernel_size: [2, 1],
          strides: [1, 1],
          padding: "valid",
          depth_multiplier: 1,
          data_format: "channels_last",
          dilation_rate: [1, 1],
          activation: "linear",
          use_bias: false,
        },
        image("image"),
      ),
      layer(
        "BatchNormalization",
        "bn",
        { axis: -1, momentum: 0.99, epsilon: 0.001, center: true, scale: true, synchronized: false },
        image("dw"),
      ),
    ],
    input_layers: [["image", 0, 0]],
    output_layers: [["bn", 0, 0]],
  };
  const weights = [
    ["dw/kernel", [2, 1, 2, 1]],
    ["bn/gamma", [2]],
    ["bn/beta", [2]],
    ["bn/moving_mean", [2]],
    ["bn/moving_variance", [2]],
  ].map(([name, shape]) => ({ name: `model/${String(name)}`, shape, dtype: "float32" }));
  const json = {
    format: "layers-model",
    modelTopology: { keras_version: "3.8.0", model_config: { class_name: "Functional", config } },
    weightsManifest: [{ paths: ["weights.bin"], weights }],
  };
  const model = await loadLayersModel(
    put("depthwise", json, [1, 2, 3, 4, 1, 1, 0.5, -0.5, 0, 0, 1 - 0.001, 1 - 0.001]),
  );
  // [[1, 2], [3, 4], [5, 6]]: channel 0 is 1 * 1 + 3 * 3, 1 * 3 + 3 * 5; channel 1 is 2 * 2 + 4 * 4, 2 * 4 + 4 * 6; then + 0.5 and - 0.5.
  const [output] = predict(model, [tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 3, 1, 2])]) as [tf.Tensor];
  output
    .dataSync()
    .forEach((value, i) => t.true(Math.abs(value - [10.5, 19.5, 18.5, 31.5][i]!) < 1e-4, String(output)));
});

test("Keras 3's wrapped layers: their weights have the wrapper's name", async (t) => {
  const inner = layer("Dense", "inner", { units: 1, activation: "relu", use_bias: true });
  const config = {
    name: "model",
    layers: [
      layer("InputLayer", "steps", { batch_shape: [null, 2, 2] }),
      layer("TimeDistributed", "each", { layer: inner }),
    ],
  };
  const weights = [
    ["kernel", [2, 1]],
    ["bias", [1]],
  ].map(([name, shape]) => ({ name: `model/each/inner/${String(name)}`, shape, dtype: "float32" }));
  const json = {
    format: "layers-model",
    modelTopology: { keras_version: "3.8.0", model_config: { class_name: "Sequential", config } },
    weightsManifest: [{ paths: ["weights.bin"], weights }],
  };
  const model = await loadLayersModel(put("wrapped", json, [1, -2, 0.5]));
  const [output] = predict(model, [tf.tensor3d([3, 1, 1, 3], [1, 2, 2])]) as [tf.Tensor];
  t.deepEqual([...output.dataSync()], [1.5, 0]);
});

const refused: [title: string, model: () => string, message: RegExp][] = [
  [
    "a ReLU with a slope, which tfjs ignores",
    () => put("slope", keras3({ leaky: { negative_slope: 0.1 } })),
    /layer "leaky" \(ReLU\): negative_slope 0\.1, which tfjs ignores\. Instead: LeakyReLU/,
  ],
  [
    "a ReLU with a threshold",
    () => put("threshold", keras3({ leaky: { threshold: 1 } })),
    /layer "leaky" \(ReLU\): threshold 1/,
  ],
  [
    "groups",
    () => put("groups", keras3({ dense: { groups: 2 } })),
    /layer "dense" \(Dense\): 2 groups, which tfjs ignores/,
  ],
  [
    "Keras 3's hard sigmoid, another function than tfjs's",
    () => put("hard", keras3({ dense: { activation: "hard_sigmoid" } })),
    /layer "dense" \(Dense\): the hard_sigmoid of Keras 3 has another slope/,
  ],
  ["JSON that is null", () => put("null", "null"), /has no "modelTopology"/],
  [
    "a graph model of old",
    () => put("graph", { modelTopology: { node: [], library: {} }, weightsManifest: [] }),
    /is a tfjs graph model, which only `loam convert` takes/,
  ],
  [
    "a manifest that lists nothing",
    () => put("manifest", { modelTopology: {}, weightsManifest: [{}] }),
    /has no "weightsManifest" that lists files/,
  ],
  [
    "HDF5",
    () => path.join(put("h5", Buffer.from("\x89HDF\r\n\x1a\n\0", "latin1")), "model.json"),
    /model\.json: its HDF5 data cannot be read/,
  ],
  [
    ".keras, cut",
    () => put("cut", Buffer.from("PK\x03\x04\0\0")),
    /config\.json cannot be unpacked, invalid zip data; expected a \.keras file/,
  ],
  [
    "a zip archive of something else",
    () => put("zip", Buffer.from(withZip(new Uint8Array(0), [{ name: "a.txt", data: new Uint8Array(3) }]))),
    /is a zip archive without config\.json; expected a \.keras file/,
  ],
  ["a .tflite", () => put("tflite", Buffer.from("\x1c\0\0\0TFL3\0\0", "latin1")), /is already a \.tflite/],
  ["other bytes", () => put("bytes", Buffer.from([1, 0, 255])), /is a binary file, not JSON/],
  [
    "a SavedModel",
    () => (
      put("saved", {}),
      writeFileSync(path.join(folder, "saved", "saved_model.pb"), ""),
      path.join(folder, "saved")
    ),
    /is a TensorFlow SavedModel/,
  ],
];
for (const [title, model, message] of refused) {
  test(`refused: ${title}`, async (t) => {
    const error = await t.throwsAsync(() => loadLayersModel(model()), { name: "UserError", message });
    t.notRegex(error.message, /[\x00-\x09\x0b-\x1f]/, "no control characters for the terminal");
  });
}

test("causal padding: no time step depends on a later one, and the converted model agrees", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv1d({
        filters: 4,
        kernelSize: 3,
        dilationRate: 2,
        padding: "causal",
        inputShape: [10, 2],
        activation: "relu",
      }),
      tfl.layers.conv1d({ filters: 3, kernelSize: 2, strides: 2, padding: "causal" }),
    ],
  });
  randomizeWeights(model, chanceOf(11));
  t.deepEqual(model.outputShape, [null, 5, 3]);
  const chance = chanceOf(12);
  const samples = tf.tensor(
    Float32Array.from({ length: 30 * 20 }, () => chance.normal()),
    [30, 10, 2],
  );
  const [truth] = predict(model, [samples]) as [tf.Tensor3D];
  // Steps from 6 on change: the outputs at 0, 2 and 4 may not.
  const later = tf.concat([tf.slice(samples, [0, 0, 0], [-1, 6, -1]), tf.ones([30, 4, 2])], 1);
  const [other] = predict(model, [later]) as [tf.Tensor3D];
  t.deepEqual(tf.slice(other, [0, 0, 0], [-1, 3, -1]).dataSync(), tf.slice(truth, [0, 0, 0], [-1, 3, -1]).dataSync());
  t.notDeepEqual(other.dataSync(), truth.dataSync());
  const [given] = (await run(await convertModel(model, { mode: "float", name: "causal" }), [samples], {
    backend: "tflite",
  })) as [number[]];
  const expected = truth.dataSync();
  t.true(given.every((value, i) => Math.abs(value - expected[i]!) < 1e-5));
  const small = await convertModel(model, { mode: "int8", name: "causal", calibration: samples });
  const [micro, desktop] = [await InferenceSession.start("micro"), await InferenceSession.start("tflite")];
  for (const inputs of toBytes(small, [samples]))
    t.deepEqual(await compareWithDesktop(micro, desktop, { model: readTflite(small.tflite), inputs }), []);
  micro.close();
  desktop.close();
});

test("weights in shards, and quantized as tfjs's converter writes them", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 5, inputShape: [4], activation: "tanh" }),
      tfl.layers.batchNormalization(),
      tfl.layers.dense({ units: 2 }),
    ],
  });
  randomizeWeights(model, chanceOf(41));
  const place = path.join(folder, "whole");
  await saveLayersModel(model, place);
  const json = JSON.parse(readFileSync(path.join(place, "model.json"), "utf8")) as {
    weightsManifest: [{ paths: string[]; weights: { shape: number[]; quantization?: object }[] }];
  };
  const bytes = readFileSync(path.join(place, "weights.bin"));
  const x = tf.tensor2d([
    [0.3, -0.8, 1.2, 0.1],
    [-1, 0.5, 0.25, 2],
  ]);
  const expected = predict(model, [x])[0]!.dataSync();
  const answers = async (name: string): Promise<Float32Array> =>
    predict(await loadLayersModel(path.join(folder, name)), [x])[0]!.dataSync() as Float32Array;
  const write = (name: string, manifest: object[], files: Record<string, Uint8Array>): void => {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, "model.json"), JSON.stringify({ ...json, weightsManifest: manifest }));
    for (const [file, content] of Object.entries(files)) writeFileSync(path.join(folder, name, file), content);
  };
  const { weights } = json.weightsManifest[0];
  // A shard ends anywhere, in the middle of a number too.
  write("shards", [{ paths: ["group1-shard1of2.bin", "group1-shard2of2.bin"], weights }], {
    "group1-shard1of2.bin": bytes.subarray(0, 61),
    "group1-shard2of2.bin": bytes.subarray(61),
  });
  t.deepEqual([...(await answers("shards"))], [...expected]);
  for (const [dtype, most, ArrayType] of [
    ["uint8", 255, Uint8Array],
    ["uint16", 65535, Uint16Array],
  ] as const) {
    let at = 0;
    const parts = weights.map((weight) => {
      const count = weight.shape.reduce((product, n) => product * n, 1);
      const values = Array.from({ length: count }, (_, i) => bytes.readFloatLE(at + 4 * i));
      at += 4 * count;
      const [min, max] = [Math.min(...values), Math.max(...values)];
      const scale = (max - min) / most || 1;
      return {
        weight: { ...weight, quantization: { dtype, min, scale, original_dtype: "float32" } },
        data: new ArrayType(values.map((value) => Math.round((value - min) / scale))),
      };
    });
    write(dtype, [{ paths: ["weights.bin"], weights: parts.map(({ weight }) => weight) }], {
      "weights.bin": Buffer.concat(parts.map(({ data }) => new Uint8Array(data.buffer))),
    });
    const given = await answers(dtype);
    t.true(
      given.every((value, i) => Math.abs(value - expected[i]!) < 40 / most),
      `${dtype}: ${given.join()} for ${expected.join()}`,
    );
  }
});

/** keras/src/layers/rnn/gru.py, one number after the other. */
function gruOfKeras(
  x: number[][],
  kernel: number[][],
  recurrent: number[][],
  [into, own]: [number[], number[]],
): number[] {
  const units = recurrent.length;
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
  const product = (row: readonly number[], matrix: readonly number[][], column: number): number =>
    row.reduce((sum, value, i) => sum + value * matrix[i]![column]!, 0);
  return x.reduce(
    (state, step) =>
      state.map((before, unit) => {
        const [z, r, c] = [unit, units + unit, 2 * units + unit] as const;
        const input = (gate: number): number => product(step, kernel, gate) + into[gate]!;
        const inner = (gate: number): number => product(state, recurrent, gate) + own[gate]!;
        const update = sigmoid(input(z) + inner(z));
        const candidate = Math.tanh(input(c) + sigmoid(input(r) + inner(r)) * inner(c));
        return update * before + (1 - update) * candidate;
      }),
    Array<number>(units).fill(0),
  );
}

test("Keras's GRU resets behind its recurrent weights, which tfjs refuses; it loads, computes the same, and is saved as such", async (t) => {
  const [width, units] = [2, 2];
  const matrix = (rows: number, from: number): number[][] =>
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: 3 * units }, (_, k) => Math.sin(from + 2.3 * (i * 3 * units + k))),
    );
  const [weights, recurrent, biases] = [matrix(width, 1), matrix(units, 2), matrix(2, 3)];
  const place = put(
    "gru",
    {
      format: "layers-model",
      modelTopology: {
        keras_version: "2.15.0",
        backend: "tensorflow",
        model_config: {
          class_name: "Sequential",
          config: {
            name: "sequential",
            layers: [
              {
                class_name: "GRU",
                config: {
                  name: "gru",
                  batch_input_shape: [null, 3, width],
                  units,
                  activation: "tanh",
                  recurrent_activation: "sigmoid",
                  use_bias: true,
                  return_sequences: false,
                  reset_after: true,
                },
              },
            ],
          },
        },
      },
      weightsManifest: [
        {
          paths: ["weights.bin"],
          weights: [
            { name: "gru/gru_cell/kernel", shape: [width, 3 * units], dtype: "float32" },
            { name: "gru/gru_cell/recurrent_kernel", shape: [units, 3 * units], dtype: "float32" },
            { name: "gru/gru_cell/bias", shape: [2, 3 * units], dtype: "float32" },
          ],
        },
      ],
    },
    [weights, recurrent, biases].flat(2),
  );
  const model = await loadLayersModel(place);
  const x = [
    [0.7, -1.5],
    [0.2, 0.4],
    [-0.9, 1.1],
  ];
  const expected = gruOfKeras(x, weights, recurrent, biases as [number[], number[]]);
  await saveLayersModel(model, path.join(folder, "gru-again"));
  for (const each of [model, await loadLayersModel(path.join(folder, "gru-again"))]) {
    const given = predict(each, [tf.tensor3d([x])])[0]!.dataSync();
    given.forEach((value, i) => t.true(Math.abs(value - expected[i]!) < 1e-6, `${value} instead of ${expected[i]}`));
  }
});

test("modelFiles lists every file of a model, for commands that must not overwrite them", async (t) => {
  const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [1] })] });
  const place = path.join(folder, "sources");
  await saveLayersModel(model, place);
  t.deepEqual(await modelSources(place), [path.join(place, "model.json"), path.join(place, "weights.bin")]);
});
