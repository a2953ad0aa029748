/** Networks of the sizes that people convert, built of tfjs layers with seeded weights. */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { Random } from "../lib/random.js";

type Tensor = tfl.SymbolicTensor;
type Padding = "same" | "valid";
type Size = number | [number, number];

const { layers } = tfl;
const apply = (layer: { apply(x: Tensor | Tensor[]): unknown }, x: Tensor | Tensor[]): Tensor =>
  layer.apply(x) as Tensor;

/** Zeros, for which tfjs needs no time: seededWeights replaces them. */
const zeros = { kernelInitializer: "zeros" } as const;
const normalized = (x: Tensor): Tensor => apply(layers.batchNormalization({ scale: true }), x);
const relu = (x: Tensor, maxValue?: number): Tensor =>
  apply(layers.reLU(maxValue === undefined ? {} : { maxValue }), x);

const conv = (x: Tensor, filters: number, kernelSize: Size, strides = 1, padding: Padding = "same"): Tensor =>
  normalized(apply(layers.conv2d({ filters, kernelSize, strides, padding, useBias: false, ...zeros }), x));

/** Weights as in a trained network, as far as ranges go: He's deviations, normalizations near 1. */
function seededWeights(model: tfl.LayersModel, seed: number): tfl.LayersModel {
  const random = new Random(`image model ${seed}`);
  const drawn = (shape: number[], mean: number, deviation: number): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => mean + deviation * random.normal()),
      shape,
    );
  for (const layer of model.layers) {
    const next = layer.weights.map(({ originalName, shape: given }) => {
      const shape = given as number[];
      const role = originalName.split("/").pop()!;
      if (role === "gamma" || role === "moving_variance") return drawn(shape, 1, 0.05);
      if (!role.endsWith("kernel")) return drawn(shape, 0, 0.1);
      const inputs =
        role === "depthwise_kernel" ? shape[0]! * shape[1]! : shape.slice(0, -1).reduce((a, b) => a * b, 1);
      return drawn(shape, 0, Math.sqrt(2 / inputs));
    });
    if (next.length > 0) layer.setWeights(next);
    tf.dispose(next);
  }
  return model;
}

const classes = 1000;
const classified = (x: Tensor): Tensor =>
  apply(layers.dense({ units: classes, activation: "softmax", ...zeros }), apply(layers.globalAveragePooling2d({}), x));

/** Sandler et al. 2018, "MobileNetV2: inverted residuals and linear bottlenecks", table 2. 224 x 224, 3.5 million parameters. */
export function mobileNetV2(seed: number): tfl.LayersModel {
  const input = tfl.input({ shape: [224, 224, 3] });
  const depthwise = (x: Tensor, strides: number): Tensor =>
    normalized(
      apply(
        layers.depthwiseConv2d({
          kernelSize: 3,
          strides,
          padding: "same",
          useBias: false,
          depthwiseInitializer: "zeros",
        }),
        x,
      ),
    );
  let x = relu(conv(input, 32, 3, 2), 6);
  const stages = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  for (const [expansion, filters, repeats, first] of stages)
    for (let repeat = 0; repeat < repeats; repeat++) {
      const [channels, strides] = [x.shape.at(-1)!, repeat === 0 ? first : 1];
      const wide = expansion === 1 ? x : relu(conv(x, channels * expansion, 1), 6);
      const narrow = conv(relu(depthwise(wide, strides), 6), filters, 1);
      x = strides === 1 && channels === filters ? apply(layers.add(), [x, narrow]) : narrow;
    }
  const model = tfl.model({ inputs: input, outputs: classified(relu(conv(x, 1280, 1), 6)) });
  return seededWeights(model, seed);
}

const unit = (x: Tensor, filters: number, kernelSize: Size, strides = 1, padding: Padding = "same"): Tensor =>
  relu(conv(x, filters, kernelSize, strides, padding));
const pooled = (x: Tensor): Tensor => apply(layers.averagePooling2d({ poolSize: 3, strides: 1, padding: "same" }), x);
const halved = (x: Tensor): Tensor => apply(layers.maxPooling2d({ poolSize: 3, strides: 2 }), x);
const joined = (parts: Tensor[]): Tensor => apply(layers.concatenate(), parts);

/** Szegedy et al. 2016, "Rethinking the Inception architecture for computer vision", as in keras.applications. 299 x 299, 23.9 million parameters. */
export function inceptionV3(seed: number): tfl.LayersModel {
  const input = tfl.input({ shape: [299, 299, 3] });
  let x = unit(unit(unit(input, 32, 3, 2, "valid"), 32, 3, 1, "valid"), 64, 3);
  x = halved(unit(unit(halved(x), 80, 1, 1, "valid"), 192, 3, 1, "valid"));
  for (const filters of [32, 64, 64])
    x = joined([
      unit(x, 64, 1),
      unit(unit(x, 48, 1), 64, 5),
      unit(unit(unit(x, 64, 1), 96, 3), 96, 3),
      unit(pooled(x), filters, 1),
    ]);
  x = joined([unit(x, 384, 3, 2, "valid"), unit(unit(unit(x, 64, 1), 96, 3), 96, 3, 2, "valid"), halved(x)]);
  for (const filters of [128, 160, 160, 192]) {
    const double = unit(unit(unit(unit(x, filters, 1), filters, [7, 1]), filters, [1, 7]), filters, [7, 1]);
    x = joined([
      unit(x, 192, 1),
      unit(unit(unit(x, filters, 1), filters, [1, 7]), 192, [7, 1]),
      unit(double, 192, [1, 7]),
      unit(pooled(x), 192, 1),
    ]);
  }
  x = joined([
    unit(unit(x, 192, 1), 320, 3, 2, "valid"),
    unit(unit(unit(unit(x, 192, 1), 192, [1, 7]), 192, [7, 1]), 192, 3, 2, "valid"),
    halved(x),
  ]);
  for (let block = 0; block < 2; block++) {
    const [middle, double] = [unit(x, 384, 1), unit(unit(x, 448, 1), 384, 3)];
    x = joined([
      unit(x, 320, 1),
      joined([unit(middle, 384, [1, 3]), unit(middle, 384, [3, 1])]),
      joined([unit(double, 384, [1, 3]), unit(double, 384, [3, 1])]),
      unit(pooled(x), 192, 1),
    ]);
  }
  return seededWeights(tfl.model({ inputs: input, outputs: classified(x) }), seed);
}

/** Few layers with many weights: 32 x 32 pictures, 25 million parameters, 100 MB. */
export function largeDense(seed: number): tfl.LayersModel {
  const input = tfl.input({ shape: [32, 32, 3] });
  const pictures = unit(unit(input, 32, 3, 2), 64, 3, 2);
  const flat = apply(layers.flatten(), pictures);
  const wide = apply(layers.dense({ units: 4096, activation: "relu", ...zeros }), flat);
  const narrow = apply(layers.dense({ units: 1950, activation: "relu", ...zeros }), wide);
  const output = apply(layers.dense({ units: 10, activation: "softmax", ...zeros }), narrow);
  return seededWeights(tfl.model({ inputs: input, outputs: output }), seed);
}
