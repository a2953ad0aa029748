/** Cross-layer equalization through what stands between layers. */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel, graphOf } from "../../host-tools/convert/index.js";
import { equalize } from "tfjs-to-tflite/quantize/equalize.js";
import { collect, relativeError } from "tfjs-to-tflite/quantize/fake.js";
import { quantize } from "tfjs-to-tflite/quantize/index.js";
import { startPlainBackend } from "./backend.js";
import { apply, chanceOf, randomizeWeights, randomSamples } from "./randomModels.js";
import { sampleSetOf } from "tfjs-to-tflite/graph/sampleSet.js";

test.before(startPlainBackend);

type Symbolic = tfl.SymbolicTensor;
const channels = 12;
const conv = (name: string, filters = channels): tfl.layers.Layer =>
  tfl.layers.conv2d({ filters, kernelSize: 1, name });

/** What stands between the layers "in" and "out" (or others that begin so), whose channels are of very different size. */
const betweens: Record<string, (x: Symbolic) => Symbolic> = {
  ReLU6: (x) => apply(tfl.layers.reLU({ maxValue: 6 }), x),
  PReLU: (x) =>
    apply(tfl.layers.prelu({ sharedAxes: [1, 2], alphaInitializer: tfl.initializers.constant({ value: 0.3 }) }), x),
  "a depthwise convolution": (x) => apply(tfl.layers.depthwiseConv2d({ kernelSize: 3, padding: "same" }), x),
  "a sum with another layer's output": (x) => apply(tfl.layers.add(), apply(conv("in2"), apply(conv("out2"), x)), x),
  "a gate": (x) => {
    const squeezed = apply(conv("out3", 4), apply(tfl.layers.averagePooling2d({ poolSize: 8, strides: 8 }), x));
    const gate = apply(tfl.layers.activation({ activation: "sigmoid" }), apply(conv("excite"), squeezed));
    return apply(tfl.layers.multiply(), x, apply(tfl.layers.upSampling2d({ size: [8, 8] }), gate));
  },
  "pooling and padding": (x) =>
    apply(tfl.layers.zeroPadding2d({ padding: 1 }), apply(tfl.layers.averagePooling2d({ poolSize: 2 }), x)),
};

/** @param loudest of the channels in front of `out`, over the next one's factor and so on */
function uneven(between: (x: Symbolic) => Symbolic): tfl.LayersModel {
  const input = tfl.input({ shape: [8, 8, 3] });
  const model = tfl.model({ inputs: input, outputs: apply(conv("out", 4), between(apply(conv("in"), input))) });
  randomizeWeights(model, chanceOf(4));
  const factors = tf.tensor1d(Array.from({ length: channels }, (_, i) => 3 ** -(i % 4)));
  for (const layer of model.layers) {
    const [kernel, bias] = layer.getWeights() as [tf.Tensor, tf.Tensor];
    if (/^in\d?$/.test(layer.name)) layer.setWeights([tf.mul(kernel, factors), tf.mul(bias, factors)]);
    if (/^out\d?$/.test(layer.name)) layer.setWeights([tf.div(kernel, tf.reshape(factors, [-1, 1])), bias]);
  }
  return model;
}

const plain = { range: "minmax", biasCorrection: false } as const;

for (const [what, between] of Object.entries(betweens))
  test(`over ${what}: the float outputs stay, and int8 improves`, async (t) => {
    const model = uneven(between);
    const samples = randomSamples(model, 16, 1);
    const graph = graphOf(model, "t");
    const evened = (await equalize(graph, await sampleSetOf(graph, samples)))!;
    const [before, after] = [graph, evened].map((each) => collect(each, samples, each.outputs));
    t.true(relativeError(before!, after!) < 1e-10);
    const [without, withIt] = [
      await quantize(graph, samples, { ...plain, equalize: false }),
      await quantize(graph, samples, plain),
    ];
    t.true(withIt.equalized);
    t.true(withIt.outputError < without.outputError / 2, `${without.outputError} to ${withIt.outputError}`);
  });

test("a channel that ReLU6 cuts off stays as it is", async (t) => {
  const model = uneven(betweens["ReLU6"]!);
  const [kernel, bias] = model.getLayer("in").getWeights() as [tf.Tensor, tf.Tensor];
  model.getLayer("in").setWeights([tf.mul(kernel, 50), tf.mul(bias, 50)]);
  const samples = randomSamples(model, 16, 1);
  const graph = graphOf(model, "t");
  const [cut, ...others] = graph.nodes.filter(({ op }) => op === "CONV_2D");
  const [values] = collect(graph, samples, [cut!.output]);
  const peaks = Array.from({ length: channels }, (_, i) =>
    values!.reduce((most, value, at) => (at % channels === i ? Math.max(most, value) : most), 0),
  );
  t.true(peaks.filter((peak) => peak === 6).length >= 3 && peaks.some((peak) => peak < 6), peaks.join(" "));
  const evened = await equalize(graph, await sampleSetOf(graph, samples));
  if (!evened) return void t.pass("nothing could be scaled");
  const weights = (of: typeof graph, at: number): Float32Array =>
    of.tensors[of.nodes[at]!.inputs[1]!]!.data as Float32Array;
  const at = graph.nodes.indexOf(cut!);
  t.is(others.length, 1);
  peaks.forEach((peak, channel) => {
    const factor = weights(evened, at)[channel * 3]! / weights(graph, at)[channel * 3]!;
    t.true(
      peak === 6 ? factor === 1 : factor >= 1 && peak * factor <= 6.0001,
      `channel ${channel}: ${peak}, ${factor}`,
    );
  });
  const [before, after] = [graph, evened].map((each) => collect(each, samples, each.outputs));
  t.true(relativeError(before!, after!) < 1e-10);
});

test("weights of an unrolled layer stay one constant", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.simpleRNN({ units: 6, activation: "relu", recurrentInitializer: "zeros", inputShape: [5, 3] }),
      tfl.layers.dense({ units: 2 }),
    ],
  });
  randomizeWeights(model, chanceOf(9));
  const { summary } = await convertModel(model, {
    ...plain,
    mode: "int8",
    name: "t",
    calibration: randomSamples(model, 16, 2),
  });
  // The recurrent layer's two kernels and bias, and the last layer's, whatever the number of steps.
  t.true(summary.parameters <= 3 * 6 + 6 * 6 + 2 * 6 + 6 * 2 + 2, String(summary.parameters));
});
