/** Any number of random graphs with all operators of the engine, by micro and by TensorFlow Lite Micro. */
import { InferenceSession, type InferTrace } from "../../host-tools/inference/index.js";
import { operatorNames } from "../../host-tools/inference/graph.js";
import { traceOf } from "./check.js";
import { randomGraph, type RandomGraph, type Suite } from "./randomGraph.js";

export interface ManyGraphs {
  graphs: number;
  /** Of each operator, how many there were in all graphs. */
  operators: Map<string, number>;
  /** A line for each graph that differs, with its seed and the first operator whose output does. */
  differences: string[];
}

/** A session that is begun anew where a graph has ended its process. */
class Restarting {
  #session: InferenceSession | undefined;

  constructor(readonly backend: "micro" | "tflm") {}

  /** @returns what the backend says where it refuses the graph or ends on it */
  async trace(graph: RandomGraph): Promise<InferTrace[] | string> {
    this.#session ??= await InferenceSession.start(this.backend);
    try {
      return await traceOf(this.#session, graph);
    } catch (error) {
      this.close();
      return (error as Error).message;
    }
  }

  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }
}

function differenceOf(micro: InferTrace[] | string, tflm: InferTrace[] | string): string | undefined {
  if (typeof micro === "string" || typeof tflm === "string")
    return [micro, tflm].filter((each) => typeof each === "string").join("; ");
  if (micro.length !== tflm.length) return `${micro.length} operators ran, TensorFlow Lite Micro ran ${tflm.length}`;
  const at = micro.findIndex(
    ({ hash, shape }, i) => hash !== tflm[i]!.hash || String(shape) !== String(tflm[i]!.shape),
  );
  if (at < 0) return undefined;
  const show = ({ shape, hash }: InferTrace) => `[${shape.join(", ")}] ${hash}`;
  return `${micro[at]!.operator} #${micro[at]!.index}: ${show(micro[at]!)}, TensorFlow Lite Micro has ${show(tflm[at]!)}`;
}

/**
 * Runs the graphs of all seeds by both, and goes on after a difference.
 * @param seeds each with its suite
 * @param note called after each graph
 * @throws UserError when TFLM_DIR is not set
 */
export async function compareMany(
  seeds: Iterable<{ seed: number; suite: Suite }>,
  note: (sofar: ManyGraphs) => void = () => {},
): Promise<ManyGraphs> {
  const sofar: ManyGraphs = { graphs: 0, operators: new Map(), differences: [] };
  const [micro, tflm] = [new Restarting("micro"), new Restarting("tflm")];
  try {
    for (const { seed, suite } of seeds) {
      const graph = randomGraph(seed, suite);
      const difference = differenceOf(...(await Promise.all([micro.trace(graph), tflm.trace(graph)])));
      if (difference) sofar.differences.push(`suite ${suite.name}, seed ${seed}: ${difference}`);
      for (const name of operatorNames(graph.model, graph.model.subgraphs[0]!))
        sofar.operators.set(name, (sofar.operators.get(name) ?? 0) + 1);
      sofar.graphs++;
      note(sofar);
    }
  } finally {
    micro.close();
    tflm.close();
  }
  return sofar;
}
