/** A bound for the arena: fewer bytes than these no plan has, the micro engine's included. */
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs, lifetimes, operatorNames } from "./graph.js";

/** Operators whose output can lie inside of their input. */
const cutting = new Set(["SLICE", "STRIDED_SLICE", "SPLIT", "SPLIT_V", "UNPACK", "GATHER", "READ_VARIABLE"]);
/** Operators whose inputs can lie inside of their output. */
const joining = new Set(["CONCATENATION", "PACK"]);
/** Operators whose output lies beside their inputs, which they read more than once. */
const apart = new Set([
  "FULLY_CONNECTED",
  "MEAN",
  "SUM",
  "REDUCE_MAX",
  "REDUCE_MIN",
  "SVDF",
  "TRANSPOSE",
  "TRANSPOSE_CONV",
]);

/**
 * By operator: the bytes of all tensors that live while it runs, but those that can lie inside of another that does, and an output only as far as
 * it cannot be written over inputs that no later operator reads. Scratch and an engine's own records are not in it.
 */
export function leastBytes(model: TfliteModel): number[] {
  const [graph] = allSubgraphs(model);
  const names = operatorNames(model, graph);
  const lives = new Map(lifetimes(model, graph).map((life) => [life.tensor, life]));
  const wholes = new Map<number, number[]>();
  const addPart = (part: number, whole: number): void => void wholes.set(part, [...(wholes.get(part) ?? []), whole]);
  graph.operators.forEach(({ inputs, outputs }, i) => {
    if (cutting.has(names[i]!)) for (const output of outputs) for (const input of inputs) addPart(output, input);
    if (joining.has(names[i]!)) for (const input of inputs) for (const output of outputs) addPart(input, output);
  });
  return graph.operators.map(({ inputs, outputs }, i) => {
    const scope = i + 1;
    const isLive = (tensor: number): boolean => {
      const life = lives.get(tensor);
      return life !== undefined && life.first <= scope && scope <= life.last;
    };
    const counted = (tensor: number): boolean => isLive(tensor) && !(wholes.get(tensor) ?? []).some(isLive);
    const bytes = (tensors: Iterable<number>): number =>
      [...tensors].reduce((sum, tensor) => sum + (counted(tensor) ? lives.get(tensor)!.bytes : 0), 0);
    const ends = new Set(inputs.filter((tensor) => lives.get(tensor)?.last === scope && !outputs.includes(tensor)));
    const over = apart.has(names[i]!) ? 0 : Math.min(bytes(ends), bytes(outputs));
    return bytes(lives.keys()) - over;
  });
}
