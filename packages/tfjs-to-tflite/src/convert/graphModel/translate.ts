import * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../../lib/errors.js";
import type { Graph } from "../../graph/graph.js";
import { GraphBuilder } from "../builder.js";
import { checkRows } from "../rows.js";
import { Attributes } from "./attributes.js";
import { withDilations } from "./dilated.js";
import { folds } from "./fold.js";
import { opTable, refusals } from "./ops/index.js";
import { refuseNode, type Place } from "./ops/types.js";
import { inputShape, type InputShapes } from "./inputShape.js";
import { dataReferences, inOrder, ports, type GraphModelJson, type NodeDef, type Port } from "./topology.js";

/** A constant of the model: its weights come apart from its topology. */
export interface Weight {
  shape: number[];
  data: Float32Array | Int32Array;
}

/** Shape, Size and Rank: known whatever the data. */
const measures: Readonly<Record<string, (shape: number[]) => Weight>> = {
  Shape: (shape) => ({ shape: [shape.length], data: Int32Array.from(shape) }),
  Size: (shape) => ({ shape: [], data: Int32Array.of(shape.reduce((product, n) => product * n, 1)) }),
  Rank: (shape) => ({ shape: [], data: Int32Array.of(shape.length) }),
};

/** Of the model's inputs, which are real numbers here, only a cast to real numbers means nothing; and one of an input itself whose numbers name rows. */
function castOf(place: Place, namesRows: boolean): number {
  const type = place.attributes.type("DstT");
  if (!namesRows && !/FLOAT|DOUBLE/.test(type))
    refuseNode(
      place,
      `it makes integers (${type}) of what depends on the inputs`,
      "the outputs before it, and this step in code",
    );
  return place.inputs[0]!;
}

function refuseOp(node: NodeDef): never {
  const [, why, instead] = refusals.find(([ops]) => ops.test(node.op)) ?? [
    undefined,
    "this op cannot be converted",
    `ops that \`loam convert --layers\` lists`,
  ];
  return refuseNode(node, why, instead);
}

/** Every op must have a translation before any work is done. */
function checkOps(nodes: readonly NodeDef[]): void {
  const isKnown = ({ op }: NodeDef): boolean =>
    Object.hasOwn(opTable, op) ||
    Object.hasOwn(folds, op) ||
    Object.hasOwn(measures, op) ||
    ["Const", "Placeholder", "NoOp"].includes(op);
  const unknown = nodes.find((node) => !isKnown(node));
  if (unknown) refuseOp(unknown);
}

/** Casts of inputs that only give a table's rows their numbers. */
function castsToRows(nodes: readonly NodeDef[], outputs: readonly Port[]): Set<string> {
  const inputs = new Set(nodes.filter(({ op }) => op === "Placeholder").map(({ name }) => name));
  const isIndices = ({ op }: NodeDef, at: number): boolean => /^Gather(V2)?$/.test(op) && at === 1;
  const namesRows = ({ name }: NodeDef): boolean => {
    const uses = nodes.flatMap((node) =>
      dataReferences(node).flatMap((source, at) => (source.node === name ? [isIndices(node, at)] : [])),
    );
    return uses.length > 0 && uses.every(Boolean) && outputs.every((port) => port.node !== name);
  };
  return new Set(
    nodes
      .filter((node) => node.op === "Cast" && inputs.has(dataReferences(node)[0]?.node ?? "") && namesRows(node))
      .map(({ name }) => name),
  );
}

class Translation {
  readonly #values = new Map<string, number[]>();

  constructor(
    readonly builder: GraphBuilder,
    readonly weights: ReadonlyMap<string, Weight>,
    /** Casts of inputs whose numbers name rows of a table. */
    readonly rowNames: ReadonlySet<string>,
  ) {}

  #inputsOf(node: NodeDef): number[] {
    return dataReferences(node).map(({ node: source, output }) => this.output({ name: source, node: source, output }));
  }

  output({ node, output }: Port): number {
    const tensor = this.#values.get(node)?.[output];
    if (tensor === undefined) throw new UserError(`node "${node}" has no output ${output}; is the model.json whole?`);
    return tensor;
  }

  bind(name: string, tensors: number[]): void {
    this.#values.set(name, tensors);
  }

  #constant({ shape, data }: Weight): number {
    return this.builder.constant("value", shape, data);
  }

  #folded(node: NodeDef, inputs: readonly number[], attributes: Attributes): number[] {
    let results: Weight[] = [];
    tf.tidy(() => {
      const given = inputs.map((input) => {
        const { shape, data } = this.builder.graph.tensors[input]!;
        return tf.tensor(data!, shape, data instanceof Float32Array ? "float32" : "int32");
      });
      results = [folds[node.op]!(given, attributes)].flat().map((tensor): Weight => {
        const data = tensor.dataSync();
        return {
          shape: tensor.shape,
          data: tensor.dtype === "float32" ? Float32Array.from(data) : Int32Array.from(data),
        };
      });
    });
    return results.map((result) => this.#constant(result));
  }

  #translated(node: NodeDef): number[] {
    const inputs = this.#inputsOf(node);
    const { tensors } = this.builder.graph;
    const attributes = new Attributes(node);
    const place: Place = { builder: this.builder, name: node.name, op: node.op, attributes, inputs };
    if (Object.hasOwn(measures, node.op)) return [this.#constant(measures[node.op]!(tensors[inputs[0]!]!.shape))];
    if (inputs.length > 0 && inputs.every((input) => tensors[input]!.data) && Object.hasOwn(folds, node.op))
      return this.#folded(node, inputs, attributes);
    if (node.op === "Cast") return [castOf(place, this.rowNames.has(node.name))];
    if (!Object.hasOwn(opTable, node.op)) return refuseOp(node);
    return [opTable[node.op]!(place)].flat();
  }

  add(node: NodeDef): void {
    this.builder.layer = node.name;
    if (node.op === "Const") {
      const weight = this.weights.get(node.name);
      if (!weight) refuseNode(node, "the weights manifest has no value for it", "a model.json with its own weights");
      this.bind(node.name, [this.#constant(weight)]);
    } else this.bind(node.name, this.#translated(node));
  }
}

/**
 * The graph of a graph model in TensorFlow Lite's operators; what does not depend on the inputs is computed. A tfjs backend must be running.
 * @param weights by the names of their nodes, real numbers where the manifest has quantized ones @param shapes of inputs of a free size
 * @throws UserError naming the node and op that cannot be converted, and why
 */
export function translateGraphModel(
  model: GraphModelJson,
  weights: ReadonlyMap<string, Weight>,
  name: string,
  shapes: InputShapes = {},
): Graph {
  const { inputs, outputs } = ports(model);
  const all = new Map(weights);
  const nodes = withDilations(model.modelTopology.node, all);
  const flow = nodes.find(({ op }) => refusals[0]![0].test(op));
  if (flow) refuseOp(flow);
  const order = inOrder(nodes, outputs);
  checkOps(order);
  const builder = new GraphBuilder(name);
  const translation = new Translation(builder, all, castsToRows(order, outputs));
  const { graph } = builder;
  graph.oneAtATime = true;
  graph.inputs = inputs.map((port) => {
    const tensor = builder.tensor(port.name, inputShape(port, shapes));
    translation.bind(port.node, [tensor]);
    return tensor;
  });
  for (const node of order) if (node.op !== "Placeholder" && node.op !== "NoOp") translation.add(node);
  const taken = new Set(graph.inputs);
  graph.outputs = outputs.map((port) => {
    const given = translation.output(port);
    if (graph.tensors[given]!.data)
      throw new UserError(`the output "${port.name}" is a constant; leave it out of the signature`);
    builder.layer = port.name;
    const tensor = taken.has(given) ? builder.copy(given) : given;
    taken.add(tensor);
    graph.tensors[tensor] = { ...graph.tensors[tensor]!, name: port.name };
    return tensor;
  });
  checkRows(graph);
  return graph;
}
