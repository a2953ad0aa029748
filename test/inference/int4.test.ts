// Slow: compiles engines
/** Weights of int4: what tiny models and random graphs do not reach. */
import test from "ava";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { runModel } from "../../host-tools/board/index.js";
import { toInt4 } from "tfjs-to-tflite/graph/int4.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { microArena } from "../../host-tools/inference/index.js";
import { operatorsManifest, optionalTypes } from "../../host-tools/inference/operators.js";

const tiny = (name: string) => readTflite(tinyModels().find((one) => one.name === name)!.model);

test("weights of int4 are the bytes of the same weights in int8, and take as much scratch as these weights", async (t) => {
  for (const name of ["CONV_2D-0", "DEPTHWISE_CONV_2D-0", "FULLY_CONNECTED-1"]) {
    const narrow = tiny(`${name}-int4`);
    const { tensors, operators } = narrow.subgraphs[0]!;
    const weights = tensors[operators[0]!.inputs[1]!]!;
    const packed = narrow.buffers[weights.buffer]!;
    const values = Int8Array.from({ length: weights.shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      i & 1 ? (packed[i >> 1]! << 24) >> 28 : (packed[i >> 1]! << 28) >> 28,
    );
    const same = {
      ...narrow,
      buffers: narrow.buffers.map((buffer, i) => (i === weights.buffer ? new Uint8Array(values.buffer) : buffer)),
      subgraphs: [
        {
          ...narrow.subgraphs[0]!,
          tensors: tensors.map((tensor) => (tensor === weights ? { ...tensor, type: "INT8" as const } : tensor)),
        },
      ],
    };
    const input = Uint8Array.from({ length: tensors[0]!.shape.reduce((a, b) => a * b, 1) }, (_, i) => i * 53);
    const [mine, theirs] = [await runModel(writeTflite(narrow), [input]), await runModel(writeTflite(same), [input])];
    t.deepEqual(mine.runs[0]?.outputs, theirs.runs[0]?.outputs, name);
    t.truthy(mine.runs[0], name);
    const more = mine.arena - theirs.arena;
    t.true(more >= 0 && more <= values.length + 16, `${name}: ${more} bytes more`);
  }
});

test("int4 in scales per channel of FULLY_CONNECTED, or beside int16, is refused", async (t) => {
  const perChannel = tiny("FULLY_CONNECTED-0-int4");
  const weights = perChannel.subgraphs[0]!.tensors[1]!;
  weights.quantization = {
    scale: Array<number>(weights.shape[0]!).fill(0.1),
    zeroPoint: Array<number>(weights.shape[0]!).fill(0),
    quantizedDimension: 0,
  };
  await t.throwsAsync(microArena(writeTflite(perChannel), perChannel), {
    message: "backend micro: FULLY_CONNECTED #0: tensor 1 must have one scale, being int4",
  });
  const both = toInt4(tiny("CONV_2D-0-int16"));
  await t.throwsAsync(microArena(writeTflite(both), both), {
    message: "backend micro: CONV_2D #0: tensor 0 must be int8 with one scale",
  });
});

test("a list of operators says which types beside int8 its models have", (t) => {
  const list = (name: string) => operatorsManifest(["CONV_2D"], { types: optionalTypes([tiny(name)]) });
  const made = (more: string) =>
    `{\n\t"defines": {\n\t\t"inference": {\n\t\t\t"operators": "OPERATOR(CONV_2D)"${more}\n\t\t}\n\t}\n}\n`;
  t.is(list("CONV_2D-0"), made(""));
  t.is(list("CONV_2D-0-int16"), made(',\n\t\t\t"int16": 1'));
  t.is(list("CONV_2D-0-int4"), made(',\n\t\t\t"int4": 1'));
});
