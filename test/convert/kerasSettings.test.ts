import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { graphOf } from "tfjs-to-tflite/convert/index.js";
import { readLayersModel } from "tfjs-to-tflite/graph/layersModel.js";
import { registerCustomLayers } from "tfjs-to-tflite/tf/customLayers.js";
import { startPlainBackend } from "./backend.js";
import { predict } from "./run.js";

/**
 * Settings of Keras's layers in a model.json as tensorflowjs_converter writes them. Sources: keras/src/regularizers/regularizers.py, initializers,
 * constraints, activations/__init__.py, saving/serialization_lib.py (3.x); tf_keras 2.15's serialization.
 */

test.before(startPlainBackend);

interface Change {
  /** Of the dense layer's config. */
  config?: object;
  type?: string;
  /** Further layers. */
  behind?: object[];
  before?: object[];
  version?: string;
  /** Of the only input. */
  input?: object;
}

const kernel = [0.5, -1, 0.25, 0.75, 0.1, -0.2, 1, 0.3, -0.6];
const bias = [0.1, -0.2, 0.3];
const x = [0.7, -1.5, 0.2];
const sums = bias.map((value, o) => value + x.reduce((sum, each, i) => sum + each * kernel[i * 3 + o]!, 0));

function model({
  config,
  type = "Dense",
  behind = [],
  before = [],
  version = "2.15.0",
  input,
}: Change): Promise<tfl.LayersModel> {
  const start = {
    batch_input_shape: [null, 3],
    dtype: "float32",
    sparse: false,
    ragged: false,
    name: "start",
    ...input,
  };
  const dense = { name: "dense", trainable: true, dtype: "float32", units: 3, activation: "linear", use_bias: true };
  const layers = [
    { class_name: "InputLayer", config: start },
    ...before,
    { class_name: type, config: { ...dense, ...config } },
    ...behind,
  ];
  const json = {
    format: "layers-model",
    modelTopology: { keras_version: version, backend: "tensorflow", model_config: { class_name: "Sequential", config: { name: "sequential", layers } } },
    weightsManifest: [
      {
        paths: ["weights.bin"],
        weights: [
          { name: "dense/kernel", shape: [3, 3], dtype: "float32" },
          { name: "dense/bias", shape: [3], dtype: "float32" },
        ],
      },
    ],
  }; // prettier-ignore
  const weights = new Uint8Array(Float32Array.from([...kernel, ...bias]).buffer);
  return readLayersModel({
    name: "model.json",
    read: (part) => Promise.resolve(part === undefined ? new TextEncoder().encode(JSON.stringify(json)) : weights),
  });
}

const keras = (module: string, name: string, config: object | string): object => ({
  module,
  class_name: name,
  config,
  registered_name: null,
});
const same = (value: number): number => value;
const relu = (value: number): number => Math.max(0, value);
const augmentation = (name: string, config: object): object => ({
  class_name: name,
  config: { name: "augment", trainable: true, ...config, seed: null },
});

const taken: [title: string, change: Change, activation?: (value: number) => number][] = [
  ...[
    { class_name: "L2", config: { l2: 0.01 } },
    { class_name: "L1", config: { l1: 0.01 } },
    { class_name: "L1L2", config: { l1: 0.01, l2: 0.1 } },
    keras("keras.regularizers", "L2", { l2: 0.01 }),
    "l2",
    "l1_l2",
    { class_name: "OrthogonalRegularizer", config: { factor: 0.01, mode: "rows" } },
    { class_name: "Mine>Own", config: {} },
  ].map((kernel_regularizer): [string, Change] => [`regularizer ${JSON.stringify(kernel_regularizer)}`, { config: { kernel_regularizer } }]),
  ["a regularizer in Keras 3", { version: "3.5.0", config: { kernel_regularizer: keras("keras.regularizers", "L2", { l2: 0.01 }) } }],
  ["a regularizer of outputs", { config: { activity_regularizer: { class_name: "L2", config: { l2: 0.01 } } } }],
  ...[
    { class_name: "LecunNormal", config: { seed: null } },
    { class_name: "HeUniformV2", config: {} },
    "lecun_uniform",
    keras("keras.initializers", "IdentityInitializer", { gain: 1 }),
    keras("my_package", "Mine", {}),
  ].map((kernel_initializer): [string, Change] => [`initializer ${JSON.stringify(kernel_initializer)}`, { config: { kernel_initializer } }]),
  ["a constraint that tfjs has", { config: { kernel_constraint: { class_name: "MaxNorm", config: { max_value: 2, axis: 0 } } } }],
  ["a constraint that it has not", { config: { kernel_constraint: { class_name: "RadialConstraint", config: {} } } }],
  ["an activation as an object", { config: { activation: { class_name: "relu", config: {} } } }, relu],
  ["an activation as a function of a module", { config: { activation: keras("keras.activations", "function", "relu") } }, relu],
  ["an activation by TensorFlow's name", { config: { activation: keras("builtins", "function", "relu6") } }, (value) => Math.min(6, relu(value))],
  ["an activation in snake case", { config: { activation: "hard_swish" } }, (value) => (value * Math.min(6, relu(value + 3))) / 6],
  ["a layer as an activation, one of tfjs's functions", { config: { activation: keras("keras.layers", "ReLU", { name: "re_lu", max_value: 6, negative_slope: 0 }) } }, (value) => Math.min(6, relu(value))],
  ["a policy of types (Keras 2)", { config: { dtype: { class_name: "Policy", config: { name: "mixed_float16" } } } }],
  ["a policy of types (Keras 3)", { version: "3.5.0", config: { dtype: keras("keras", "DTypePolicy", { name: "mixed_float16" }) } }],
  ["an input of float16", { input: { dtype: "float16" } }],
  ["an input of uint8", { input: { dtype: "uint8" } }],
  ["settings that nobody knows", { config: { lora_rank: null, quantization_config: null } }],
  ["a Flatten of what has one dimension", { behind: [{ class_name: "Flatten", config: { name: "flat", trainable: true, dtype: "float32", data_format: "channels_last" } }] }],
  ["augmentation", { before: [augmentation("RandomFlip", { mode: "horizontal" })], behind: [{ class_name: "ActivityRegularization", config: { name: "penalty", l1: 0.1, l2: 0 } }] }],
]; // prettier-ignore
for (const [title, change, activation = same] of taken)
  test(`taken: ${title}`, async (t) => {
    const loaded = await model(change);
    const [output] = predict(loaded, [tf.tensor2d([x])]) as [tf.Tensor];
    output.dataSync().forEach((value, i) => {
      const expected = activation(sums[i]!);
      t.true(Math.abs(value - expected) < 1e-6, `${value} instead of ${expected}`);
    });
    t.is(graphOf(loaded, "model").nodes[0]!.op, "FULLY_CONNECTED");
  });

test("regularizers that tfjs has stay, for who trains the model on", async (t) => {
  const loaded = await model({ config: { kernel_regularizer: { class_name: "L2", config: { l2: 0.25 } } } });
  t.like(loaded.getLayer("dense").getConfig()["kernelRegularizer"], { className: "L1L2", config: { l1: 0, l2: 0.25 } });
});

const instead = "Instead: a function such as relu, sigmoid, tanh or softmax, or a layer of its own behind it";
const refused: [title: string, change: Change, message: string | RegExp][] = [
  [
    "a layer with options as an activation",
    { config: { activation: keras("keras.layers", "LeakyReLU", { alpha: 0.1 }) } },
    `layer "dense" (Dense): its activation is a layer of type LeakyReLU with options. ${instead}`,
  ],
  [
    "an activation of one's own",
    { config: { activation: keras("mine", "function", "my_activation") } },
    `layer "dense" (Dense): its activation "my_activation" is not one that tfjs has. ${instead}`,
  ],
  [
    "a lambda",
    { config: { activation: { class_name: "__lambda__", config: { value: "4wEA" } } } },
    `layer "dense" (Dense): its activation "__lambda__" is not one that tfjs has. ${instead}`,
  ],
  [
    "quantized weights",
    {
      version: "3.5.0",
      config: { dtype: keras("keras", "QuantizedDTypePolicy", { mode: "int8", source_name: "float32" }) },
    },
    'layer "dense" (Dense): Keras has quantized its weights (model.quantize). Instead: the float model, as it was before',
  ],
  [
    "a layer of one's own",
    { type: "Mine>Special" },
    /^layer "dense" \(Mine>Special\): tfjs has no such type of layer\. Instead: layers that `loam convert --layers` lists, or the whole as a graph model/,
  ],
  [
    "a Lambda layer",
    { behind: [{ class_name: "Lambda", config: { name: "lam", function: ["4wEA", null, null] } }] },
    /^layer "lam" \(Lambda\): tfjs has no such type/,
  ],
];
for (const [title, change, message] of refused)
  test(`refused: ${title}`, async (t) => {
    await t.throwsAsync(model(change), { name: "UserError", message });
  });

test("taken: the axis of a BatchNormalization as a list, as TensorFlow 2 writes it", async (t) => {
  registerCustomLayers();
  const image = { shape: [2, 2, 3] };
  const plain = tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: image.shape })] });
  const json = plain.toJSON(null, false) as { config: { layers: { config: { axis: unknown } }[] } };
  json.config.layers[0]!.config.axis = [3];
  const listed = await tfl.models.modelFromJSON({ modelTopology: json } as unknown as Parameters<
    typeof tfl.models.modelFromJSON
  >[0]);
  const weights = [2, 0.5, -1, 3].map((value) => tf.tensor1d([value, value ** 2, Math.abs(value) + 1]));
  for (const model of [plain, listed])
    model.setWeights(weights.map((weight, i) => (i === 3 ? tf.abs(weight) : weight)));
  const input = tf.tensor(
    Array.from({ length: 12 }, (_, i) => Math.sin(i)),
    [1, ...image.shape],
  );
  const [given, wanted] = [listed, plain].map((model) => predict(model, [input])[0]!.dataSync());
  t.deepEqual(given, wanted);
});

test("refused: a topology without its parts, in a sentence", async (t) => {
  const json = JSON.stringify({
    modelTopology: { class_name: "Model", config: { name: "m", layers: [] } },
    weightsManifest: [],
  });
  const broken = readLayersModel({ name: "model.json", read: () => Promise.resolve(new TextEncoder().encode(json)) });
  await t.throwsAsync(broken, { name: "UserError", message: /^tfjs cannot load model\.json: its modelTopology lacks parts that models of Keras 2 and 3 have \(.*\); save the model again/ }); // prettier-ignore
});
