import { featureLayout } from "../../../device/features/layout.js";
import type { NodeConfig } from "../../../device/config.js";
import { encodeNormalizer } from "../../../device/normalizer.js";
import { operators } from "tfjs-to-tflite/graph/operators/index.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";

/**
 * A network of one layer whose verdicts can be predicted: with z the soil moisture's distance from 25 % in units of 5 %, class 0 has the
 * logit 1.5 z, class 1 (dry) -1.5 z, all others -20.
 */
export function soilModel(config: NodeConfig): {
  model: Uint8Array;
  normalizer: Uint8Array;
  input: { scale: number; zeroPoint: number };
} {
  const layout = featureLayout(config);
  const { frames } = config.window;
  const classes = config.classes.length;
  const size = frames * layout.count;
  const input = { scale: 1 / 32, zeroPoint: 0 };
  const weightScale = 1.5 / frames / 100;
  const column = layout.names.indexOf("soil.mean");
  const weights = new Int8Array(classes * size);
  for (let frame = 0; frame < frames; frame++) {
    weights[frame * layout.count + column] = 100;
    weights[size + frame * layout.count + column] = -100;
  }
  const bias = new Int32Array(classes).fill(Math.round(-20 / (input.scale * weightScale)), 2);
  const quantized = (scale: number, zeroPoint = 0) => ({
    scale: [scale],
    zeroPoint: [zeroPoint],
    quantizedDimension: 0,
  });
  const model = writeTflite({
    version: 3,
    description: "soil",
    operatorCodes: [
      { builtinCode: operators.FULLY_CONNECTED.code, version: 4 },
      { builtinCode: operators.SOFTMAX.code, version: 2 },
    ],
    buffers: [new Uint8Array(0), new Uint8Array(weights.buffer), new Uint8Array(bias.buffer)],
    metadata: [],
    subgraphs: [
      {
        name: "main",
        inputs: [0],
        outputs: [4],
        tensors: [
          {
            name: "input",
            shape: [1, frames, 1, layout.count],
            type: "INT8",
            buffer: 0,
            quantization: quantized(input.scale, input.zeroPoint),
          },
          { name: "weights", shape: [classes, size], type: "INT8", buffer: 1, quantization: quantized(weightScale) },
          {
            name: "bias",
            shape: [classes],
            type: "INT32",
            buffer: 2,
            quantization: quantized(input.scale * weightScale),
          },
          { name: "logits", shape: [1, classes], type: "INT8", buffer: 0, quantization: quantized(0.2) },
          { name: "output", shape: [1, classes], type: "INT8", buffer: 0, quantization: quantized(1 / 256, -128) },
        ],
        operators: [
          { opcodeIndex: 0, inputs: [0, 1, 2], outputs: [3], options: { type: "FullyConnected" } },
          { opcodeIndex: 1, inputs: [3], outputs: [4], options: { type: "Softmax", beta: 1 } },
        ],
      },
    ],
  });
  const mean = layout.names.map((name) => (name === "soil.mean" ? 25 : 0));
  const deviation = layout.names.map((name) => (name === "soil.mean" ? 5 : 1000));
  return { model, normalizer: encodeNormalizer(mean, deviation), input };
}
