/** What is said of an operator for TensorFlow Lite Micro is what TensorFlow Lite Micro does, loaded and run: in each type of data, and without each of its inputs. */
import { tflmParser } from "tfjs-to-tflite/graph/tflmOperators.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { builtinNames, type TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { InferenceSession } from "../../host-tools/inference/index.js";
import { needs, tflm } from "../helpers/needs.js";
import { calling, mixed, modelsOf } from "./tflmModels.js";
import { runs, saidOf } from "./tflmRuns.js";

needs(tflm)(
  "TensorFlow Lite Micro runs each operator in the types that are said of it, and in no others",
  async (t) => {
    const session = await InferenceSession.start("tflm");
    try {
      for (const name of tflmParser.keys()) {
        if (mixed.includes(name) || calling.includes(name)) continue;
        for (const [type, model] of modelsOf(name)) {
          const said = saidOf(model);
          t.is(await runs(session, model), said.length === 0, `${name} in ${type}: ${said.join("; ") || "runs"}`);
        }
      }
    } finally {
      session.close();
    }
  },
);

/** An operator's inputs, some of them -1: left out. */
function withInputs(model: TfliteModel, name: string, change: (input: number, at: number) => number): TfliteModel {
  const [main, ...more] = model.subgraphs;
  const codeOf = (opcode: number) => builtinNames[model.operatorCodes[opcode]!.builtinCode];
  const operators = main!.operators.map((operator) =>
    codeOf(operator.opcodeIndex) === name ? { ...operator, inputs: operator.inputs.map(change) } : operator,
  );
  return { ...model, subgraphs: [{ ...main!, operators }, ...more] };
}

needs(tflm)(
  "an operator without one of its inputs: TensorFlow Lite Micro runs those of which nothing is said",
  async (t) => {
    const session = await InferenceSession.start("tflm");
    try {
      for (const name of tflmParser.keys()) {
        if (calling.includes(name)) continue;
        const models = mixed.includes(name)
          ? [readTflite(tinyModels().find(({ operator }) => operator === name)!.model)]
          : modelsOf(name).map(([, model]) => model);
        const model = models.find((each) => saidOf(each).length === 0)!;
        const [main] = model.subgraphs;
        const count = main!.operators.find(
          ({ opcodeIndex }) => builtinNames[model.operatorCodes[opcodeIndex]!.builtinCode] === name,
        )!.inputs.length;
        for (let missing = 0; missing < count; missing++) {
          const without = withInputs(model, name, (input, at) => (at === missing ? -1 : input));
          const said = saidOf(without);
          // Without the shim's check, some kernels read at address 0, and the session ends.
          const itRuns = await runs(session, without);
          t.is(itRuns, said.length === 0, `${name} without input ${missing}: ${said.join("; ")}`);
        }
      }
    } finally {
      session.close();
    }
  },
);
