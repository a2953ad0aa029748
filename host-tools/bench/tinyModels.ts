import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { engineOperators, engineRules, operators, type Builtin } from "tfjs-to-tflite/graph/operators/index.js";
import { canBeInt16, toInt16 } from "tfjs-to-tflite/graph/int16.js";
import { canBeInt4, toInt4 } from "tfjs-to-tflite/graph/int4.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import type { TinyGraph, TinyOperator } from "tfjs-to-tflite/graph/operators/descriptor.js";

export interface TinyModel {
  name: string;
  operator: Builtin;
  model: Uint8Array;
}

function modelOf(operator: Builtin, [inputs, output, options = {}]: TinyOperator): TfliteModel {
  const { code, options: table, version } = operators[operator];
  const buffers: Uint8Array[] = [new Uint8Array(0)];
  const tensors = [...inputs, output].map((tensor, i): TfliteTensor => {
    const quantization =
      "quantization" in tensor ? tensor.quantization : { scale: [0.05], zeroPoint: [3], quantizedDimension: 0 };
    return {
      name: `t${i}`,
      shape: tensor.shape,
      type: tensor.type ?? "INT8",
      buffer: tensor.data ? buffers.push(tensor.data) - 1 : 0,
      ...(quantization ? { quantization } : {}),
    };
  });
  const operatorVersion = version({ input: tensors[0]!.type, output: tensors[inputs.length]!.type, options });
  return {
    version: 3,
    description: "",
    operatorCodes: [{ builtinCode: code, version: operatorVersion }],
    subgraphs: [
      {
        name: "main",
        tensors,
        inputs: inputs.flatMap((tensor, i) => (tensor.data ? [] : [i])),
        outputs: [inputs.length],
        operators: [
          {
            opcodeIndex: 0,
            inputs: inputs.map((_, i) => i),
            outputs: [inputs.length],
            ...(table === "none" ? {} : { options: { type: table.type, ...options } }),
          },
        ],
      },
    ],
    buffers,
    metadata: [],
  };
}

function graphOf(tiny: TinyGraph): TfliteModel {
  const model = new ModelBuilder();
  const { inputs, outputs } = tiny(model);
  return model.build(inputs, outputs);
}

/** One model per operator and variant, a few hundred bytes each, for unit tests and as seeds for fuzzers; in int16 and int4 as well where the operator has it. */
export const tinyModels = (): TinyModel[] =>
  engineOperators.flatMap((operator) =>
    engineRules(operator).tiny.flatMap((tiny, variant): TinyModel[] => {
      const model = typeof tiny === "function" ? graphOf(tiny) : modelOf(operator, tiny);
      const name = `${operator}-${variant}`;
      return [
        { name, operator, model: writeTflite(model) },
        ...(canBeInt16(model) ? [{ name: `${name}-int16`, operator, model: writeTflite(toInt16(model)) }] : []),
        ...(canBeInt4(model) ? [{ name: `${name}-int4`, operator, model: writeTflite(toInt4(model)) }] : []),
      ];
    }),
  );
