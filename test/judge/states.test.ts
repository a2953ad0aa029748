/** States: tensors of one operator that last from one run to the next. What micro refuses of them. */
import test from "ava";
import { runModel } from "../../host-tools/board/index.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";

const lstm = "UNIDIRECTIONAL_SEQUENCE_LSTM";
const [hidden, cell] = [18, 19];

/** The tensor of an input of the first operator. */
const tensorOf = ({ subgraphs: [main] }: TfliteModel, input: number) =>
  main!.tensors[main!.operators[0]!.inputs[input]!]!;

const faults: [what: string, operator: string, change: (model: TfliteModel) => void, text: RegExp][] = [
  [
    "a cell that is not variable",
    lstm,
    (model) => delete tensorOf(model, cell).isVariable,
    /^UNIDIRECTIONAL_SEQUENCE_LSTM #0: tensor \d+ is read before it is written, or variable$/,
  ],
  [
    "one state of two operators",
    lstm,
    ({ subgraphs: [main] }) => {
      const [operator] = main!.operators;
      const output = main!.tensors.push({ ...main!.tensors[operator!.outputs[0]!]!, name: "more" }) - 1;
      main!.operators.push({ ...operator!, outputs: [output] });
    },
    /^UNIDIRECTIONAL_SEQUENCE_LSTM #1: tensor \d+ is the state of two operators, or of a type without size$/,
  ],
  [
    "a cell in steps that are no power of two",
    lstm,
    (model) => (tensorOf(model, cell).quantization!.scale = [0.0003]),
    /tensor \d+ must have a power of two as its scale, from 2\^-24 to 1$/,
  ],
  [
    "a hidden state of another size",
    lstm,
    (model) => (tensorOf(model, hidden).shape = [2, 2]),
    /tensor \d+ has element count 4, 6 expected$/,
  ],
  [
    "a peephole",
    lstm,
    ({ subgraphs: [main] }) => (main!.operators[0]!.inputs[9] = main!.operators[0]!.inputs[1]!),
    /tensor \d+ is a peephole, projection or normalization, which TensorFlow Lite Micro does not have$/,
  ],
  [
    "a state of SVDF with another type than its weights over time",
    "SVDF",
    (model) => (tensorOf(model, 4).type = "INT16"),
    /^SVDF #0: tensor \d+ must be a constant of the state's type with one scale, and 6 rows$/,
  ],
  [
    "filters that are not whole ranks",
    "SVDF",
    ({ subgraphs: [main] }) => (main!.operators[0]!.options!["rank"] = 4),
    /^SVDF #0: tensor \d+ has rows beyond whole ranks: 2, 0 expected$/,
  ],
];
for (const [what, operator, change, text] of faults)
  test(`micro: ${what} is refused`, async (t) => {
    const model = readTflite(tinyModels().find((tiny) => tiny.operator === operator)!.model);
    change(model);
    const { error } = await runModel(writeTflite(model), [], { sanitize: true, optimize: "-O2" });
    t.regex(error?.text ?? "accepted", text);
  });
