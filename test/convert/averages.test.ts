/** Global average pooling as int8. */
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel } from "../../host-tools/convert/index.js";
import { infer } from "../../host-tools/inference/index.js";
import { needs, tflm } from "../helpers/needs.js";
import { snrOf } from "./agreement.js";
import { startPlainBackend } from "./backend.js";
import { randomized, randomSamples } from "./randomModels.js";
import { predict, run, toBytes } from "./run.js";

test.before(startPlainBackend);

/** Two convolutions over a time series of which the average is taken. */
function averaging(last: "whole" | "parts"): tfl.LayersModel {
  return randomized(
    tfl.sequential({
      layers: [
        tfl.layers.conv1d({ filters: 16, kernelSize: 5, inputShape: [128, 3], activation: "tanh" }),
        tfl.layers.conv1d({ filters: 24, kernelSize: 3 }),
        ...(last === "whole"
          ? [tfl.layers.globalAveragePooling1d({})]
          : [tfl.layers.averagePooling1d({ poolSize: 61 }), tfl.layers.flatten()]),
        tfl.layers.dense({ units: 4 }),
      ],
    }),
    3,
  );
}

async function converted(model: tfl.LayersModel) {
  const [calibration, samples] = [randomSamples(model, 64, 1), randomSamples(model, 32, 2)];
  const conversion = await convertModel(model, { mode: "int8", name: "t", calibration });
  const [given] = await run(conversion, samples, { backend: "micro" });
  const snr = snrOf(given!, predict(model, samples)[0]!.dataSync());
  return { conversion, samples, snr, operators: conversion.summary.operators.map(({ operator }) => operator) };
}

test("the average of a whole series has a scale of its own, which wins more than a bit", async (t) => {
  const { conversion, operators, snr } = await converted(averaging("whole"));
  t.true(operators.includes("MEAN") && !operators.includes("AVERAGE_POOL_2D"), operators.join(" "));
  const { nodes } = conversion.quantized!.graph;
  const mean = nodes.find(({ op }) => op === "MEAN")!;
  const scale = (tensor: number): number => conversion.quantized!.activations.get(tensor)!.scale;
  t.true(scale(mean.inputs[0]!) >= 2 * scale(mean.output));
  // Averages of two halves vary as much, but have their input's scale.
  const { snr: shared, operators: others } = await converted(averaging("parts"));
  t.true(others.includes("AVERAGE_POOL_2D"));
  t.true(snr > shared + 3, `${snr.toFixed(1)} dB, ${shared.toFixed(1)} dB with the input's scale`);
});

test("an average whose values span what its image's do stays AVERAGE_POOL_2D", async (t) => {
  const model = tfl.sequential({
    layers: [tfl.layers.globalAveragePooling2d({ inputShape: [1, 2, 6], dataFormat: "channelsLast" })],
  });
  const { operators } = await converted(model);
  t.true(operators.includes("AVERAGE_POOL_2D") && !operators.includes("MEAN"), operators.join(" "));
});

needs(tflm)("the average of a whole series: micro gives the bytes of TensorFlow Lite Micro", async (t) => {
  const { conversion, samples } = await converted(averaging("whole"));
  const inputs = toBytes(conversion, samples);
  const [ours, theirs] = await Promise.all(
    (["micro", "tflm"] as const).map(async (backend) => await infer(conversion.tflite, inputs, { backend })),
  );
  t.deepEqual(
    ours!.map(({ outputs }) => outputs),
    theirs!.map(({ outputs }) => outputs),
  );
});
