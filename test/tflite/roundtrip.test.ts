import { readFileSync } from "node:fs";
import test from "ava";
import { UserError } from "../../host-tools/lib/errors.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { mlperfTiny, needs } from "../helpers/needs.js";
import { modelNames, referenceModel } from "../inference/models.js";

const small: TfliteModel = {
  version: 3,
  description: "a test",
  metadata: [{ name: "note", buffer: 2 }],
  operatorCodes: [
    { builtinCode: 9, version: 4 },
    { builtinCode: 150, version: 1 },
    { builtinCode: 32, customCode: "mine", version: 2 },
  ],
  buffers: [new Uint8Array(0), Uint8Array.of(1, 2, 3), Uint8Array.from({ length: 33 }, (_, i) => i)],
  subgraphs: [
    {
      name: "main",
      inputs: [0],
      outputs: [2],
      tensors: [
        {
          name: "x",
          shape: [1, 3],
          type: "INT8",
          buffer: 0,
          quantization: { scale: [0.5], zeroPoint: [-128], quantizedDimension: 0 },
        },
        {
          name: "w",
          shape: [1, 3],
          type: "INT8",
          buffer: 1,
          quantization: { scale: [0.25, 0.125], zeroPoint: [0, 0], quantizedDimension: 3 },
        },
        { name: "y", shape: [], type: "FLOAT32", buffer: 0 },
      ],
      operators: [
        {
          opcodeIndex: 0,
          inputs: [0, 1, -1],
          outputs: [2],
          options: {
            type: "FullyConnected",
            fusedActivation: 1,
            weightsFormat: 0,
            keepNumDims: 1,
            asymmetricQuantizeInputs: 0,
            quantizedBiasType: 0,
          },
        },
      ],
    },
  ],
};

test("a written model is read back, and equal models give equal bytes", (t) => {
  const bytes = writeTflite(small);
  t.deepEqual(readTflite(bytes), small);
  t.deepEqual(writeTflite(readTflite(bytes)), bytes);
});

test("buffers are aligned to 16 bytes in the file", (t) => {
  const file = Buffer.from(writeTflite(small));
  t.is(file.indexOf(Buffer.from(small.buffers[2]!)) % 16, 0);
});

test("a file that is truncated anywhere, or is something else, is refused with a reason", (t) => {
  const bytes = writeTflite(small);
  for (let length = 0; length < bytes.length; length++) {
    try {
      readTflite(bytes.slice(0, length));
    } catch (error) {
      if (!(error instanceof UserError)) t.fail(`cut to ${length} bytes: ${String(error)}`);
    }
  }
  t.throws(() => readTflite(bytes.slice(0, 100)), {
    instanceOf: UserError,
    message: /lies outside the file's 100 bytes/,
  });
  t.throws(() => readTflite(Buffer.from("PK\u0003\u0004 a zip archive")), {
    instanceOf: UserError,
    message: /should be "TFL3"/,
  });
});

for (const name of modelNames) {
  needs(mlperfTiny)(`the MLPerf Tiny model ${name} survives reading and writing`, (t) => {
    const model = readTflite(readFileSync(referenceModel(name).file));
    t.true(model.subgraphs[0]!.operators.length > 5);
    t.deepEqual(readTflite(writeTflite(model)), model);
  });
}
