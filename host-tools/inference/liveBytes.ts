/** The least arena that a graph could have: what is live while each operator runs, however well it is placed. */
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs, lifetimes, operatorNames } from "./graph.js";

/** Operators that may write their output over their input, as far as the shorter of both. */
const overwriting = new Set([
  "AVERAGE_POOL_2D",
  "CONV_2D",
  "DEPTHWISE_CONV_2D",
  "MAX_POOL_2D",
  "PAD",
  "ADD",
  "SUB",
  "MUL",
  "MAXIMUM",
  "MINIMUM",
  "SQUARED_DIFFERENCE",
  "RESHAPE",
  "EXPAND_DIMS",
  "SQUEEZE",
  "RELU",
  "RELU6",
  "LEAKY_RELU",
  "LOGISTIC",
  "TANH",
  "HARD_SWISH",
  "QUANTIZE",
  "DEQUANTIZE",
  "ABS",
  "PRELU",
  "SOFTMAX",
]);

const reshaping = new Set(["RESHAPE", "EXPAND_DIMS", "SQUEEZE"]);

interface Room {
  bytes: number;
  first: number;
  last: number;
}

/**
 * Bytes by operator. A slice of whole rows and the inputs of a concatenation of rows are counted as parts of the whole, as the micro engine
 * places them; scratch, external inputs and the engine's own records are not in it.
 */
export function liveBytes(model: TfliteModel, external: readonly number[] = []): number[] {
  const [graph] = allSubgraphs(model);
  const outside = new Set(external.map((i) => graph.inputs[i]!));
  const names = operatorNames(model, graph);
  const rooms = new Map<number, Room>(
    lifetimes(model, graph).map(({ tensor, bytes, first, last }) => [
      tensor,
      { bytes: outside.has(tensor) ? 0 : bytes, first, last },
    ]),
  );
  const isRows = (tensor: number): boolean =>
    graph.tensors[tensor]!.shape.length === 4 && graph.tensors[tensor]!.shape[0] === 1;
  const join = (part: number, whole: number): void => {
    const [a, b] = [rooms.get(part), rooms.get(whole)];
    if (!a || !b || a === b || a.first === 0) return;
    b.first = Math.min(a.first, b.first);
    b.last = Math.max(a.last, b.last);
    rooms.set(part, b);
  };
  graph.operators.forEach(({ inputs, outputs, options }, i) => {
    // A part of an external input, as slices are.
    if (reshaping.has(names[i]!) && rooms.get(inputs[0]!)?.bytes === 0) rooms.set(outputs[0]!, rooms.get(inputs[0]!)!);
    if (names[i] === "SLICE" && isRows(inputs[0]!) && isRows(outputs[0]!)) join(outputs[0]!, inputs[0]!);
    if (names[i] === "CONCATENATION" && options?.["axis"] === 1 && isRows(outputs[0]!))
      for (const input of inputs) join(input, outputs[0]!);
  });
  const all = [...new Set(rooms.values())];
  return graph.operators.map(({ inputs, outputs }, i) => {
    const scope = i + 1;
    const live = all.reduce((sum, { bytes, first, last }) => (first <= scope && scope <= last ? sum + bytes : sum), 0);
    const output = rooms.get(outputs[0] ?? -1);
    if (output?.first !== scope || !overwriting.has(names[i]!)) return live;
    const over = inputs.flatMap((input) => {
      const room = rooms.get(input);
      return room !== output && room?.last === scope ? [Math.min(room.bytes, output.bytes)] : [];
    });
    return live - Math.max(0, ...over);
  });
}
