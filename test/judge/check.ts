import { computedTensors, withEveryOutput } from "../../host-tools/inference/everyOutput.js";
import { operatorNames } from "../../host-tools/inference/graph.js";
import { inferWith, type InferenceSession, type InferTrace } from "../../host-tools/inference/index.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { isExplained } from "./desktopRules.js";
import { forDesktop } from "./forDesktop.js";
import type { RandomGraph } from "./randomGraph.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { singleOperator } from "../../host-tools/inference/singleOperator.js";

/** The trace of a graph: of two runs, where the first may leave something to the second. */
export async function traceOf(session: InferenceSession, { model, inputs }: RandomGraph): Promise<InferTrace[]> {
  const runs =
    model.subgraphs.length > 1 || model.subgraphs[0]!.tensors.some(({ isVariable }) => isVariable)
      ? [inputs, inputs]
      : [inputs];
  const results = await inferWith(session, writeTflite(model), runs, { trace: true });
  return results.flatMap(({ trace }) => trace!);
}

/** Every tensor that the engine computes, by its number. All of them are made outputs, so no two share memory. */
async function everyTensor(
  session: InferenceSession,
  { model, inputs }: RandomGraph,
): Promise<Map<number, Uint8Array>> {
  const graph = model.subgraphs[0]!;
  const [result] = await inferWith(session, withEveryOutput(writeTflite(model)), [inputs]);
  const values = new Map(graph.inputs.map((tensor, i) => [tensor, inputs[i]!]));
  computedTensors(graph).forEach((tensor, i) => values.set(tensor, result!.outputs[graph.outputs.length + i]!));
  return values;
}

/**
 * Desktop has other functions for an LSTM's gates, and wants tensors between them that TensorFlow Lite Micro does not have; SVDF's state is int16 there,
 * whatever its type; DIV has no int8, LOG_SOFTMAX is computed in float.
 */
function desktopIsWithout(name: string, { subgraphs }: TfliteModel, index: number): boolean {
  const { operators, tensors } = subgraphs[0]!;
  const state = tensors[operators[index]!.inputs[4] ?? -1];
  return (
    ["UNIDIRECTIONAL_SEQUENCE_LSTM", "DIV", "LOG_SOFTMAX"].includes(name) || (name === "SVDF" && state?.type === "INT8")
  );
}

/**
 * Gives each operator of a graph, alone and with the inputs that the engine computed for it, to desktop TensorFlow Lite.
 * @returns a line for each operator with a byte that differs and is not explained by a rule
 */
export async function compareWithDesktop(
  micro: InferenceSession,
  desktop: InferenceSession,
  graph: RandomGraph,
): Promise<string[]> {
  const { model } = graph;
  const values = await everyTensor(micro, graph);
  const { tensors, operators } = model.subgraphs[0]!;
  const bytesOf = (tensor: number) => values.get(tensor) ?? model.buffers[tensors[tensor]!.buffer]!;
  const complaints: string[] = [];
  for (const [index, name] of operatorNames(model, model.subgraphs[0]!).entries()) {
    // These are nothing alone: subgraphs.test.ts runs them together.
    if (/VARIABLE|VAR_HANDLE|CALL_ONCE/.test(name)) continue;
    if (desktopIsWithout(name, graph.model, index)) continue;
    const alone = singleOperator(model, index);
    const [result] = await inferWith(desktop, writeTflite(forDesktop(alone.model, name)), [alone.inputs.map(bytesOf)]);
    const theirs = Buffer.concat(result!.outputs);
    const ours = Buffer.concat(operators[index]!.outputs.map(bytesOf));
    if (theirs.length !== ours.length)
      complaints.push(`${name} #${index}: ${ours.length} bytes, desktop has ${theirs.length}`);
    const signed = (byte: number) => (byte << 24) >> 24;
    const at = ours.findIndex(
      (byte, i) =>
        byte !== theirs[i] &&
        !isExplained({ model, index, name, bytesOf, at: i, micro: signed(byte), desktop: signed(theirs[i]!) }),
    );
    if (at >= 0)
      complaints.push(`${name} #${index}: byte ${at} is ${signed(ours[at]!)}, desktop has ${signed(theirs[at]!)}`);
  }
  return complaints;
}
