import * as tfl from "@tensorflow/tfjs-layers";
import { chanceOf, makeLayer, randomizeWeights } from "./randomModels.js";

type Symbolic = tfl.SymbolicTensor;
const { layers } = tfl;

/** Layers of which no random model is made: here each way that they are configured. Weights are random, the same each time. */
type LayerCase = () => tfl.LayersModel;

function model(shapes: readonly number[][], build: (...inputs: Symbolic[]) => Symbolic): tfl.LayersModel {
  const inputs = shapes.map((shape) => tfl.input({ shape }));
  const made = tfl.model({ inputs, outputs: build(...inputs) });
  randomizeWeights(made, chanceOf(11));
  return made;
}

const chain =
  (shape: number[], ...steps: (() => tfl.layers.Layer)[]): LayerCase =>
  () =>
    model([shape], (x) => steps.reduce((at, make) => make().apply(at) as Symbolic, x));
const merged =
  (shapes: number[][], make: () => tfl.layers.Layer): LayerCase =>
  () =>
    model(shapes, (...inputs) => make().apply(inputs) as Symbolic);

const image = [5, 4, 3];
const sequence = [6, 5];
const row = [7];

const transposed = (options: object): LayerCase =>
  chain(image, () => layers.conv2dTranspose({ filters: 4, kernelSize: 3, ...options }));
const activated = (activation: string): [string, LayerCase] => [
  `Dense, ${activation}`,
  chain(sequence, () => layers.dense({ units: 6, activation: activation as "elu" })),
];

// Orthogonal weights take long to make, and are replaced.
const recurrent = { units: 4, recurrentInitializer: "zeros" } as const;
const make = {
  LSTM: (options: object) => layers.lstm({ ...recurrent, ...options }),
  GRU: (options: object) => layers.gru({ ...recurrent, ...options }),
  "GRU that resets after": (options: object) => makeLayer("GRU", { ...recurrent, resetAfter: true, ...options }),
  SimpleRNN: (options: object) => layers.simpleRNN({ ...recurrent, ...options }),
} as const;
const kinds = Object.keys(make) as (keyof typeof make)[];
const both = (kind: keyof typeof make, mergeMode: "concat" | "sum" | "mul" | "ave", options: object): LayerCase =>
  chain(sequence, () => layers.bidirectional({ layer: make[kind](options) as tfl.RNN, mergeMode }));
const distributed = (shape: number[], layer: () => tfl.layers.Layer): LayerCase =>
  chain(shape, () => layers.timeDistributed({ layer: layer() }));

/** Two branches of images that are added, joined and shrunk. */
const channelsFirst = (): LayerCase => () =>
  model([[3, 6, 4]], (x) => {
    const dataFormat = "channelsFirst";
    const conv = (from: Symbolic, activation: "relu" | "sigmoid"): Symbolic =>
      layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation, dataFormat }).apply(from) as Symbolic;
    const stem = conv(x, "relu");
    const sum = layers.add().apply([stem, layers.leakyReLU().apply(conv(stem, "sigmoid")) as Symbolic]) as Symbolic;
    const joined = layers.concatenate({ axis: 1 }).apply([sum, conv(sum, "relu")]) as Symbolic;
    const pooled = layers.maxPooling2d({ poolSize: 2, dataFormat }).apply(joined);
    return layers.dense({ units: 3 }).apply(layers.flatten({ dataFormat }).apply(pooled)) as Symbolic;
  });

/** A sequence's last states are the first of another: as translators have it. */
const handedOn =
  (kind: Exclude<keyof typeof make, "GRU that resets after">): LayerCase =>
  () =>
    model([sequence, [3, 2]], (from, to) => {
      const [, ...states] = make[kind]({ returnState: true }).apply(from) as Symbolic[];
      return make[kind]({ returnSequences: true }).apply([to, ...states]) as Symbolic;
    });

export const layerCases: readonly (readonly [string, LayerCase])[] = [
  ["Conv2DTranspose, a stride of 2", transposed({ strides: 2, padding: "same", activation: "relu" })],
  ["Conv2DTranspose, nothing padded", transposed({ strides: 2, padding: "valid", useBias: false })],
  ["Conv2DTranspose, a stride over its window", transposed({ kernelSize: 2, strides: 3, padding: "valid" })],
  [
    "Conv2DTranspose, normalized",
    chain(
      image,
      () => layers.conv2dTranspose({ filters: 4, kernelSize: [2, 3], strides: [1, 2], padding: "same" }),
      () => layers.batchNormalization(),
    ),
  ],
  ...(
    [
      ["", { kernelSize: 3, activation: "relu" }],
      [", padded", { kernelSize: [3, 2, 2], strides: [2, 1, 2], padding: "same", useBias: false }],
    ] as const
  ).map(([how, options]): [string, LayerCase] => [
    `Conv3D${how}`,
    chain([4, ...image], () => makeLayer("Conv3D", { filters: 3, ...options })),
  ]),
  ...["MaxPooling3D", "AveragePooling3D"].flatMap((name) =>
    [
      { poolSize: 2, padding: "valid" },
      { poolSize: [3, 2, 3], strides: [2, 2, 1], padding: "same" },
    ].map((options): [string, LayerCase] => [
      `${name}, ${options.padding}`,
      chain([4, ...image], () => makeLayer(name, options)),
    ]),
  ),
  ["PReLU", chain(image, () => layers.prelu())],
  ["PReLU, one slope per channel", chain(image, () => layers.prelu({ sharedAxes: [1, 2] }))],
  ["PReLU of a row", chain(row, () => layers.prelu())],
  ["ELU", chain(image, () => layers.elu())],
  ["ThresholdedReLU", chain(image, () => layers.thresholdedReLU({ theta: 0.25 }))],
  ["Embedding of a word", chain([1], () => layers.embedding({ inputDim: 20, outputDim: 5 }))],
  [
    "Embedding, and layers behind it",
    chain(
      [6],
      () => layers.embedding({ inputDim: 20, outputDim: 5, inputLength: 6 }),
      () => layers.conv1d({ filters: 4, kernelSize: 3, activation: "relu" }),
      () => layers.globalMaxPooling1d({}),
    ),
  ],
  ["TimeDistributed, Embedding", distributed([3, 4], () => layers.embedding({ inputDim: 9, outputDim: 2 }))],
  ...["elu", "selu", "softplus", "softsign", "mish", "gelu", "gelu_new", "logSoftmax"].map(activated),
  ["Multiply, an image and a row", merged([image, [3]], () => layers.multiply())],
  ["Multiply, a row and an image", merged([[3], image], () => layers.multiply())],
  ["Add, an image, a row of it and a pixel", merged([image, [4, 3], [3]], () => layers.add())],
  ["RepeatVector", chain(row, () => layers.repeatVector({ n: 4 }))],
  ["RepeatVector, once", chain(row, () => layers.repeatVector({ n: 1 }))],
  ["UpSampling2D, bilinear", chain(image, () => layers.upSampling2d({ size: [2, 3], interpolation: "bilinear" }))],
  ["Dot of rows", merged([row, row], () => layers.dot({ axes: 1 }))],
  ["Dot of sequences along their channels", merged([sequence, [3, 5]], () => layers.dot({ axes: 2 }))],
  ["Dot of weights and a sequence", merged([[3, 6], sequence], () => layers.dot({ axes: [2, 1] }))],
  ["Dot of a sequence and a row", merged([sequence, [5]], () => layers.dot({ axes: [2, 1] }))],
  ["Dot of a row and a sequence", merged([[6], sequence], () => layers.dot({ axes: [1, 1] }))],
  ["LayerNormalization", chain(sequence, () => layers.layerNormalization())],
  [
    "LayerNormalization without weights",
    chain(image, () => layers.layerNormalization({ scale: false, center: false })),
  ],
  ["LayerNormalization of all axes", chain(image, () => layers.layerNormalization({ axis: [1, 2, 3] }))],
  [
    "TimeDistributed, Conv2D",
    distributed([3, ...image], () => layers.conv2d({ filters: 2, kernelSize: 3, activation: "relu" })),
  ],
  ["TimeDistributed, Flatten", distributed([3, ...image], () => layers.flatten())],
  ["TimeDistributed, GlobalMaxPooling2D", distributed([3, ...image], () => layers.globalMaxPooling2d({}))],
  ["TimeDistributed, LayerNormalization", distributed([3, ...sequence], () => layers.layerNormalization())],
  [
    "TimeDistributed, a model",
    distributed([3, ...image], () =>
      tfl.sequential({
        layers: [
          layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: image }),
          layers.globalAveragePooling2d({}),
          layers.dense({ units: 5 }),
        ],
      }),
    ),
  ],
  ["TimeDistributed, one step", distributed([1, ...sequence], () => layers.conv1d({ filters: 2, kernelSize: 2 }))],
  ...kinds.flatMap((kind): [string, LayerCase][] => [
    [kind, chain(sequence, () => make[kind]({}))],
    [`${kind}, every step`, chain(sequence, () => make[kind]({ returnSequences: true, useBias: false }))],
    [
      `${kind}, backwards`,
      chain(sequence, () => make[kind]({ goBackwards: true, returnSequences: true, activation: "relu" })),
    ],
    [`${kind}, of one step`, chain([1, 5], () => make[kind]({ returnSequences: true }))],
    [`Bidirectional, ${kind}`, both(kind, "concat", { returnSequences: true })],
  ]),
  ["LSTM, states handed on", handedOn("LSTM")],
  ["GRU, states handed on", handedOn("GRU")],
  ["SimpleRNN, states handed on", handedOn("SimpleRNN")],
  ["LSTM of sigmoids", chain(sequence, () => layers.lstm({ ...recurrent, recurrentActivation: "sigmoid" }))],
  ["Bidirectional, sum", both("GRU", "sum", {})],
  ["Bidirectional, product", both("SimpleRNN", "mul", {})],
  ["Bidirectional, average", both("SimpleRNN", "ave", { returnSequences: true })],
  ...(
    [
      ["Conv2D", { filters: 4, kernelSize: 2, strides: 2, activation: "relu" }],
      ["Conv2DTranspose", { filters: 2, kernelSize: 2, strides: 2 }],
      ["DepthwiseConv2D", { kernelSize: [2, 3], depthMultiplier: 2, dilationRate: [2, 1], padding: "same" }],
      ["SeparableConv2D", { filters: 4, kernelSize: 2, activation: "relu" }],
      ["MaxPooling2D", { poolSize: 2 }],
      ["AveragePooling2D", { poolSize: [1, 2] }],
      ["GlobalMaxPooling2D", {}],
      ["GlobalAveragePooling2D", {}],
      ["ZeroPadding2D", { padding: [1, 2] }],
      ["Cropping2D", { cropping: [1, 0] }],
      ["UpSampling2D", { size: [2, 1] }],
      ["Flatten", {}],
    ] as const
  ).map(([name, options]): [string, LayerCase] => [
    `${name}, channels first`,
    chain([3, 5, 4], () => makeLayer(name, { ...options, dataFormat: "channelsFirst" })),
  ]),
  ...(
    [
      ["Conv1D", { filters: 4, kernelSize: 2, activation: "relu" }],
      ["Conv1D", { filters: 4, kernelSize: 3, padding: "causal" }],
      ["SeparableConv1D", { filters: 4, kernelSize: 3, strides: 2 }],
      ["MaxPooling1D", { poolSize: 2 }],
      ["AveragePooling1D", { poolSize: 3, strides: 2, padding: "same" }],
      ["GlobalMaxPooling1D", {}],
      ["GlobalAveragePooling1D", {}],
      ["ZeroPadding1D", { padding: [1, 2] }],
      ["Cropping1D", { cropping: 1 }],
      ["UpSampling1D", { size: 2 }],
      ["Flatten", {}],
    ] as const
  ).map(([name, options], i): [string, LayerCase] => [
    `${name} of a sequence, channels first (${i})`,
    chain([3, 6], () => makeLayer(name, { ...options, dataFormat: "channelsFirst" })),
  ]),
  ["channels first, several layers", channelsFirst()],
  ...kinds.flatMap((kind): [string, LayerCase][] => [
    [
      `Masking and ${kind}`,
      chain(
        sequence,
        () => layers.masking(),
        () => layers.dropout({ rate: 0.5 }),
        () => make[kind]({ returnSequences: true }),
        () => make[kind]({ goBackwards: true }),
      ),
    ],
  ]),
  [
    "Masking and Bidirectional",
    chain(
      sequence,
      () => layers.masking(),
      () => layers.bidirectional({ layer: make.LSTM({ returnSequences: true }), mergeMode: "concat" }),
    ),
  ],
  [
    "Embedding that masks 0, and GRU",
    chain(
      [6],
      () => layers.embedding({ inputDim: 4, outputDim: 5, maskZero: true }),
      () => make.GRU({}),
    ),
  ],
  [
    "Masking",
    chain(
      sequence,
      () => layers.masking(),
      () => layers.dense({ units: 3 }),
    ),
  ],
];

/** Layers that no random model has: their cases are all that tries them. */
export const onlyInCases: readonly string[] = [
  "Conv3D",
  "MaxPooling3D",
  "AveragePooling3D",
  "Conv2DTranspose",
  "LSTM",
  "GRU",
  "SimpleRNN",
  "Bidirectional",
  "LayerNormalization",
  "Dot",
  "PReLU",
  "ELU",
  "ThresholdedReLU",
  "Embedding",
  "RepeatVector",
  "Masking",
];

const plain =
  (shape: number[], args: object = {}) =>
  (name: string): [string, LayerCase] => [name, chain(shape, () => makeLayer(name, args))];

/** The layers that random models have, alone, for the figures of docs/convert.md. */
export const plainCases: readonly (readonly [string, LayerCase])[] = [
  ...["Dense"].map(plain(row, { units: 6 })),
  ...["Conv1D", "SeparableConv1D"].map(plain(sequence, { filters: 4, kernelSize: 3, activation: "relu" })),
  ...["Conv2D", "SeparableConv2D"].map(plain(image, { filters: 4, kernelSize: 3, activation: "relu" })),
  ...["DepthwiseConv2D"].map(plain(image, { kernelSize: 3, depthMultiplier: 2 })),
  ...["BatchNormalization", "ReLU", "LeakyReLU", "Flatten"].map(plain(image)),
  ...["Softmax"].map(plain(image, { axis: -1 })),
  ...["Activation"].map(plain(image, { activation: "sigmoid" })),
  ...["Rescaling"].map(plain(image, { scale: 0.5, offset: 0.25 })),
  ...["Dropout", "GaussianDropout", "AlphaDropout"].map(plain(image, { rate: 0.5 })),
  ...["SpatialDropout1D"].map(plain(sequence, { rate: 0.5 })),
  ...["GaussianNoise"].map(plain(image, { stddev: 1 })),
  ...["Reshape"].map(plain(image, { targetShape: [4, 15] })),
  ...["Permute"].map(plain(image, { dims: [3, 1, 2] })),
  ...["MaxPooling1D", "AveragePooling1D"].map(plain(sequence, { poolSize: 2 })),
  ...["MaxPooling2D", "AveragePooling2D"].map(plain(image, { poolSize: 2 })),
  ...["GlobalAveragePooling1D", "GlobalMaxPooling1D"].map(plain(sequence)),
  ...["GlobalAveragePooling2D", "GlobalMaxPooling2D"].map(plain(image)),
  ...["ZeroPadding1D"].map(plain(sequence, { padding: 1 })),
  ...["ZeroPadding2D"].map(plain(image, { padding: 1 })),
  ...["Cropping1D"].map(plain(sequence, { cropping: 1 })),
  ...["Cropping2D"].map(plain(image, { cropping: 1 })),
  ...["UpSampling1D"].map(plain(sequence, { size: 2 })),
  ...["Subtract", "Average", "Maximum", "Minimum", "Concatenate"].map((name): [string, LayerCase] => [
    name,
    merged([image, image], () => makeLayer(name, {})),
  ]),
];
