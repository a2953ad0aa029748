/** The model.json of a graph model (format "graph-model"), as tensorflowjs_converter writes it. Nothing here reads files. */
import type { io } from "@tensorflow/tfjs-core";
import { UserError } from "../../lib/errors.js";

/** A value of tensorflow.AttrValue in JSON: strings in base64, 64-bit integers as strings. */
export interface AttributeValue {
  i?: string | number;
  f?: string | number;
  b?: boolean;
  s?: string;
  type?: string | number;
  shape?: ShapeDef;
  list?: { i?: (string | number)[]; s?: string[]; f?: (string | number)[] };
}

export interface ShapeDef {
  dim?: { size?: string | number }[];
  unknownRank?: boolean;
}

export interface NodeDef {
  name: string;
  op: string;
  /** "node", "node:1" for a further output, "^node" for an order without data. */
  input?: string[];
  attr?: Record<string, AttributeValue>;
}

export interface SignatureDef {
  inputs?: Record<string, { name?: string; tensorShape?: ShapeDef }>;
  outputs?: Record<string, { name?: string }>;
}

export interface GraphModelJson {
  modelTopology: { node: NodeDef[]; versions?: { producer?: number } };
  signature?: SignatureDef;
  userDefinedMetadata?: { signature?: SignatureDef };
  weightsManifest: { paths: string[]; weights: io.WeightsManifestEntry[] }[];
}

/** One output of a node. */
export interface Reference {
  node: string;
  output: number;
}

/** @param text "node" or "node:1"; a signature's names have ":0" */
function reference(text: string): Reference {
  const [, node, output] = /^(.*?)(?::(\d+))?$/.exec(text)!;
  return { node: node!, output: Number(output ?? 0) };
}

/** The nodes whose data a node reads, in order. */
export const dataReferences = ({ input = [] }: NodeDef): Reference[] =>
  input.filter((name) => !name.startsWith("^")).map(reference);

export interface Port {
  /** In the signature, or else the node's. */
  name: string;
  node: string;
  output: number;
  shape?: ShapeDef;
}

/** Inputs and outputs with their names, in the signature's order; without a signature the placeholders, and the nodes that nothing reads. */
export function ports({ modelTopology, signature, userDefinedMetadata }: GraphModelJson): {
  inputs: Port[];
  outputs: Port[];
} {
  const { node: nodes } = modelTopology;
  const used = signature ?? userDefinedMetadata?.signature ?? {};
  const placeholders = nodes.filter(({ op }) => op === "Placeholder");
  const named = Object.entries(used.inputs ?? {}).map(([key, { name, tensorShape }]): Port => ({
    name: key,
    ...reference(name ?? key),
    ...(tensorShape && { shape: tensorShape }),
  }));
  const inputs = placeholders.map(({ name, attr }): Port => ({
    name,
    node: name,
    output: 0,
    ...named.find(({ node }) => node === name),
    ...shapeIn(attr),
  }));
  const rank = ({ node }: Port): number => named.findIndex((port) => port.node === node) >>> 0;
  inputs.sort((a, b) => rank(a) - rank(b));
  const read = new Set(nodes.flatMap(({ input = [] }) => input.map((name) => reference(name.replace(/^\^/, "")).node)));
  const ends = nodes.filter(
    ({ name, op }) => !read.has(name) && op !== "NoOp" && op !== "Const" && op !== "Placeholder",
  );
  const outputs = Object.entries(used.outputs ?? {}).map(([key, { name }]): Port => ({
    name: key,
    ...reference(name ?? key),
  }));
  return { inputs, outputs: outputs.length > 0 ? outputs : ends.map(({ name }) => ({ name, node: name, output: 0 })) };
}

/** A placeholder's own shape, unless it says nothing. */
function shapeIn(attr: NodeDef["attr"]): { shape?: ShapeDef } {
  const shape = attr?.["shape"]?.shape;
  return shape?.dim && !shape.unknownRank ? { shape } : {};
}

/** Every node that the outputs need, in an order in which it can run. @throws UserError for a cycle (a loop of control flow) or a missing node */
export function inOrder(nodes: readonly NodeDef[], outputs: readonly Port[]): NodeDef[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const state = new Map<string, "open" | "done">();
  const order: NodeDef[] = [];
  // Without recursion: a chain of nodes may be longer than the stack is deep.
  const work = outputs.map(({ node }) => ({ name: node, from: "the model's outputs" })).reverse();
  while (work.length > 0) {
    const { name, from } = work.at(-1)!;
    const node = byName.get(name);
    if (!node) throw new UserError(`the graph has no node "${name}", which ${from} names; is the model.json whole?`);
    if (state.get(name) === "done") {
      work.pop();
    } else if (state.get(name) === "open") {
      state.set(name, "done");
      order.push(node);
      work.pop();
    } else {
      state.set(name, "open");
      for (const { node: source } of dataReferences(node).reverse()) {
        if (state.get(source) === "open")
          throw new UserError(
            `node "${name}" (${node.op}): it is part of a loop, and a .tflite of loam has no control flow`,
          );
        if (!state.has(source)) work.push({ name: source, from: `node "${name}" (${node.op})` });
      }
    }
  }
  return order;
}
