/** When tensors and scratch live, as TensorFlow Lite Micro's AllocationInfoBuilder counts it: a scope for each operator, and those of the subgraphs that it calls. */
import type { Subgraph, TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { operatorNames } from "./graph.js";

export interface Scopes {
  first: number;
  last: number;
}

/** Of each subgraph. What none of its operators uses, or a subgraph that nothing calls, has no scopes. */
export interface GraphScopes {
  tensors: Map<number, Scopes>;
  /** Of each operator's scratch. */
  operators: Map<number, Scopes>;
}

/** Options that name the subgraphs which an operator runs, in order. */
export const calledGraphs: Readonly<Record<string, readonly string[]>> = {
  CALL_ONCE: ["initSubgraph"],
  IF: ["thenSubgraph", "elseSubgraph"],
  WHILE: ["condSubgraph", "bodySubgraph"],
};

export function scopesOf(model: TfliteModel): GraphScopes[] {
  const scopes = model.subgraphs.map((): GraphScopes => ({ tensors: new Map(), operators: new Map() }));
  let scope = 0;
  const see = ({ tensors }: GraphScopes, list: readonly number[]) => {
    for (const tensor of list) {
      const known = tensors.get(tensor);
      tensors.set(tensor, { first: known?.first ?? scope, last: scope });
    }
  };
  const walk = (index: number, graph: Subgraph) => {
    const own = scopes[index]!;
    see(own, graph.inputs);
    for (const [at, name] of operatorNames(model, graph).entries()) {
      const { inputs, outputs, options } = graph.operators[at]!;
      const first = ++scope;
      see(own, outputs);
      for (const option of calledGraphs[name] ?? []) {
        const subgraph = Number(options?.[option] ?? 0);
        scope++;
        // One that runs itself would never end; TensorFlow Lite Micro does not look.
        if (subgraph > index && model.subgraphs[subgraph]) walk(subgraph, model.subgraphs[subgraph]);
      }
      // One that nothing has made has a last scope only, and is not planned.
      see(
        own,
        inputs.filter((tensor) => own.tensors.has(tensor)),
      );
      see(own, outputs);
      own.operators.set(at, { first, last: scope });
    }
    see(own, graph.outputs);
  };
  walk(0, model.subgraphs[0]!);
  return scopes;
}
