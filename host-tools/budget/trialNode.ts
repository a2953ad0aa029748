import { windowsAtOnce, type NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { encodeNormalizer } from "../../device/normalizer.js";
import { operators } from "tfjs-to-tflite/graph/operators/index.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { Random } from "../lib/random.js";
import type { Quantization } from "tfjs-to-tflite/tflite/index.js";

/**
 * A network with the node's input and output, for nodes that have none yet: one FULLY_CONNECTED operator whose weights are 0. All its verdicts
 * have confidence 0, so each window is deferred, which is what needs most memory.
 */
export function standInModel(config: NodeConfig): Uint8Array {
  const inputs = config.window.frames * featureLayout(config).count;
  const outputs = config.classes.length;
  const { code, version } = operators.FULLY_CONNECTED;
  const quantized = (scale: number, zeroPoint: number): Quantization => ({
    scale: [scale],
    zeroPoint: [zeroPoint],
    quantizedDimension: 0,
  });
  const options = { fusedActivation: 0, weightsFormat: 0, keepNumDims: 0 };
  return writeTflite({
    version: 3,
    description: "stand-in network",
    operatorCodes: [{ builtinCode: code, version: version({ input: "INT8", output: "INT8", options }) }],
    subgraphs: [
      {
        name: "main",
        tensors: [
          { name: "features", shape: [1, inputs], type: "INT8", buffer: 0, quantization: quantized(0.05, 0) },
          { name: "weights", shape: [outputs, inputs], type: "INT8", buffer: 1, quantization: quantized(0.05, 0) },
          { name: "classes", shape: [1, outputs], type: "INT8", buffer: 0, quantization: quantized(1 / 256, -128) },
        ],
        inputs: [0],
        outputs: [2],
        operators: [
          { opcodeIndex: 0, inputs: [0, 1, -1], outputs: [2], options: { type: "FullyConnected", ...options } },
        ],
      },
    ],
    buffers: [new Uint8Array(0), new Uint8Array(outputs * inputs)],
    metadata: [],
  });
}

export function standInNormalizer(config: NodeConfig): Uint8Array {
  const { count } = featureLayout(config);
  return encodeNormalizer(new Float64Array(count), new Float64Array(count).fill(1));
}

/** A recording (CSV) of `windows` windows: random readings from the middle half of each sensor's range. */
export function trialRecording(config: NodeConfig, windows: number): string {
  const random = new Random("budget");
  const { sensors, window } = config;
  const fastest = Math.max(...sensors.map((sensor) => sensor.rate));
  const lines = [`time,${sensors.map((sensor) => sensor.name).join(",")}`];
  const start = Date.UTC(2026, 0, 1) / 1000;
  // Of windows that overlap the last one goes on where no further one begins.
  for (let w = 0; w < windows - 1 + windowsAtOnce(config); w++) {
    const rows = Math.round(fastest * Math.min(window.seconds, window.everySeconds));
    for (let i = 0; i < rows; i++) {
      // Rates are decimal: a hair, so that whole products are.
      const samples = (row: number, rate: number): number => Math.floor((row * rate) / fastest + 1e-6);
      const cells = sensors.map(({ rate, range: [low, high] }) =>
        samples(i, rate) === samples(i - 1, rate)
          ? ""
          : random.uniform(low + (high - low) / 4, high - (high - low) / 4).toPrecision(6),
      );
      lines.push(`${(start + w * window.everySeconds + i / fastest).toFixed(6)},${cells.join(",")}`);
    }
  }
  return lines.join("\n") + "\n";
}
