/**
 * How much arena TensorFlow Lite Micro needs on a 32-bit chip: its allocator's steps, one by one, as sizes. What it calls used is less than
 * what AllocateTensors needs while it runs; this is what it needs. (TFLM does not look whether a kernel's multipliers grow into the temporary
 * records of the same kernel, so now and then it gets away with 16 bytes less, and overwrites them.)
 */
import { UserError } from "../lib/errors.js";
import { descriptorOf, tflmRules } from "tfjs-to-tflite/graph/operators/index.js";
import type { Subgraph, TfliteModel, TfliteOperator, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import type { EngineType, TflmRules } from "tfjs-to-tflite/graph/operators/descriptor.js";
import { allSubgraphs, isConstant, operatorNames, tensorBytes } from "./graph.js";
import { greedyPlan, liveTogether, planBytes, type Buffer } from "./greedyPlan.js";
import { readOfflinePlan } from "./offlinePlan.js";
import { scopesOf, type GraphScopes } from "./tflmScopes.js";

/** Sizes of TFLM's structures on RV32 (ilp32). */
const sizes = {
  allocator: 36,
  planner: 44,
  microAllocator: 36,
  dataAllocator: 8,
  subgraph: 8,
  evalTensor: 12,
  node: 32,
  tensor: 40,
  affine: 12,
  pointer: 4,
  scratchRequest: 12,
  scratchHandle: 4,
  allocationInfo: 24,
  plannedBuffer: 40,
  variables: 12,
  variable: 20,
};
/** Space reserved for the scratch requests of the operator being prepared. */
const scratchRequestsAnOperator = 12;
const alignment = 16;

const alignUp = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

export interface TflmOperatorArena {
  index: number;
  operator: string;
  /** Bytes of the plan up to the end of the highest buffer that lives while the operator runs, its scratch included. */
  activations: number;
  /** Persistent bytes: options, kernel structure, multipliers. */
  persistent: number;
}

export interface TflmArena {
  /** Bytes that an arena must have. */
  needed: number;
  /** Activations and scratch as planned. */
  planned: number;
  /** Persistent bytes. */
  persistent: number;
  operators: TflmOperatorArena[];
}

/** Head (with temporaries) grows up, tail grows down; the peak of both together is what is needed. */
class Arena {
  head = 0;
  temp = 0;
  tail = 0;
  most = 0;

  #note(): void {
    this.most = Math.max(this.most, alignUp(this.temp + this.tail, alignment));
  }

  resizeHead(bytes: number): void {
    this.head = this.temp = bytes;
    this.#note();
  }

  allocateTemp(bytes: number): void {
    this.temp += bytes;
    this.#note();
  }

  /** The planner is handed what is left between two multiples of 16. */
  allocatePlan(bytes: number): void {
    this.most = Math.max(
      this.most,
      alignUp(this.temp, alignment) + alignUp(bytes, alignment) + alignUp(this.tail, alignment),
    );
  }

  resetTemp(): void {
    this.temp = this.head;
  }

  allocatePersistent(bytes: number, to = 4): void {
    this.tail = alignUp(this.tail + bytes, to);
    this.#note();
  }
}

/** Bytes of a tensor's quantization record; none when it is not quantized. */
const quantizationBytes = ({ quantization }: TfliteTensor): number[] =>
  quantization && quantization.scale.length > 0 && quantization.zeroPoint.length > 0
    ? [sizes.affine, 4 + 4 * quantization.scale.length]
    : [];

/** An operator of a subgraph, with TensorFlow Lite Micro's rules for it. */
interface Node {
  subgraph: number;
  index: number;
  operator: TfliteOperator;
  tensors: readonly TfliteTensor[];
  kernel: TflmRules;
}

/** Types of which every kernel says itself how much it takes; of the others those that micro has the operator in. */
const usual: readonly string[] = ["INT8", "INT32"];
const more: Readonly<Record<EngineType, readonly string[]>> = { int8: [], int16: ["INT16", "INT64"], int4: ["INT4"] };

/** @throws UserError for an operator, or a type, whose needs are not known */
function nodeOf(name: string, node: Omit<Node, "kernel">): Node {
  const { subgraph, index, operator, tensors } = node;
  const which = `${name} ${subgraph > 0 ? `${subgraph}/` : ""}#${index}`;
  const kernel = tflmRules(name);
  if (!kernel) throw new UserError(`${which}: how much arena TensorFlow Lite Micro needs for it is not known`);
  const { types } = kernel;
  const engine = descriptorOf(name)?.engine;
  const known = [...usual, ...(typeof engine === "object" ? engine.types.flatMap((type) => more[type]) : [])];
  const other = [...operator.inputs, ...operator.outputs]
    .map((tensor) => tensors[tensor]?.type)
    .find((type) => type !== undefined && types !== "any" && !known.includes(type) && !types.includes(type));
  if (other)
    throw new UserError(
      `${which}: how much arena TensorFlow Lite Micro needs for it is known in int8, not in ${other.toLowerCase()}`,
    );
  return { ...node, kernel };
}

/** All operators, subgraph after subgraph. */
const nodesOf = (model: TfliteModel, graphs: readonly Subgraph[]): Node[] =>
  graphs.flatMap((graph, subgraph) =>
    operatorNames(model, graph).map((name, index) =>
      nodeOf(name, { subgraph, index, operator: graph.operators[index]!, tensors: graph.tensors }),
    ),
  );

/** What the variable that a tensor stands for is called; undefined for another tensor. */
function variableOf(model: TfliteModel, { subgraph, index }: Node, tensor: number): string | undefined {
  const graph = model.subgraphs[subgraph]!;
  const names = operatorNames(model, graph);
  const handle = graph.operators.find(
    ({ outputs }, at) => at < index && names[at] === "VAR_HANDLE" && outputs[0] === tensor,
  );
  return handle && JSON.stringify([handle.options?.["container"], handle.options?.["sharedName"]]);
}

/** Buffers to plan, in the allocator's order: the tensors that are not constant, then scratch. */
function buffersOf(
  model: TfliteModel,
  graphs: readonly Subgraph[],
  scopes: GraphScopes[],
  scratch: Buffer[],
): Buffer[] {
  const offline = readOfflinePlan(model);
  const tensors = graphs.flatMap((graph, subgraph) =>
    graph.tensors.flatMap((tensor, index): Buffer[] => {
      const isPlanned = !isConstant(model, tensor) && !tensor.isVariable && tensor.type !== "RESOURCE";
      const bytes = isPlanned ? tensorBytes(tensor) : 0;
      if (bytes === 0) return [];
      const offset = offline?.[index] ?? -1;
      const scope = scopes[subgraph]!.tensors.get(index) ?? { first: -1, last: -1 };
      return [{ bytes: alignUp(bytes, alignment), ...scope, ...(offset >= 0 && { offset }) }];
    }),
  );
  return [...tensors, ...scratch.map(({ bytes, first, last }) => ({ bytes: alignUp(bytes, alignment), first, last }))];
}

/** @throws UserError for an operator or a type whose needs are not known, or a plan in the file that does not fit the model */
export function tflmArena(model: TfliteModel): TflmArena {
  const graphs = allSubgraphs(model);
  const [main] = graphs;
  const nodes = nodesOf(model, graphs);
  const scopes = scopesOf(model);
  const variables = nodes.filter(({ kernel }) => kernel.parser === "ParseVarHandle").length;
  const persistent = main.operators.map(() => 0);
  const scratch: Buffer[] = [];
  const kept = new Set<string>();
  const arena = new Arena();
  const allocatePersistent = ({ subgraph, index }: Node, bytes: number, to: number) => {
    const before = arena.tail;
    arena.allocatePersistent(bytes, to);
    if (subgraph === 0) persistent[index]! += arena.tail - before;
  };
  const requests = () => sizes.scratchRequest * (scratchRequestsAnOperator + scratch.length);
  const prepare = (node: Node) => {
    const { subgraph, index, operator, tensors, kernel } = node;
    const own = scopes[subgraph]!.operators.get(index) ?? { first: -1, last: -1 };
    for (const take of kernel.prepare(operator, tensors)) {
      if ("persistent" in take) allocatePersistent(node, take.persistent, alignment);
      else if ("scratch" in take) scratch.push({ bytes: take.scratch, ...own });
      else if ("variable" in take) {
        const name = variableOf(model, node, take.variable);
        if (name === undefined || kept.has(name)) continue;
        kept.add(name);
        allocatePersistent(node, tensorBytes(tensors[take.like]!), alignment);
      } else for (const bytes of [sizes.tensor, ...quantizationBytes(tensors[take.temp]!)]) arena.allocateTemp(bytes);
    }
    arena.resetTemp();
    arena.resizeHead(requests());
  };

  for (const bytes of [sizes.allocator, sizes.planner, sizes.microAllocator]) arena.allocatePersistent(bytes);
  if (variables > 0)
    for (const bytes of [sizes.variables, sizes.variable * variables]) arena.allocatePersistent(bytes, alignment);
  arena.allocatePersistent(sizes.dataAllocator);
  arena.resizeHead(requests());
  arena.allocatePersistent(sizes.subgraph * graphs.length);
  for (const { tensors } of graphs) arena.allocatePersistent(sizes.evalTensor * tensors.length);
  for (const { operators } of graphs) arena.allocatePersistent(sizes.node * operators.length);
  for (const node of nodes) {
    const { options } = node.kernel;
    if (options !== "none") allocatePersistent(node, ...options);
  }
  for (const node of nodes) {
    const { data } = node.kernel;
    if (data !== "none") allocatePersistent(node, data, alignment);
  }
  nodes.forEach(prepare);
  if (scratch.length > 0) arena.allocatePersistent(sizes.scratchHandle * scratch.length);

  const buffers = buffersOf(model, graphs, scopes, scratch);
  const tensorCount = graphs.reduce((sum, { tensors }) => sum + tensors.length, 0);
  arena.allocateTemp(sizes.pointer * graphs.length);
  arena.allocateTemp(sizes.allocationInfo * (tensorCount + scratch.length));
  for (const tensor of graphs.flatMap(({ tensors }) => tensors))
    if (tensor.isVariable) arena.allocatePersistent(tensorBytes(tensor), alignment);
  arena.allocatePlan(sizes.plannedBuffer * buffers.length);
  const offsets = greedyPlan(buffers);
  const planned = planBytes(buffers, offsets);
  arena.resizeHead(planned);
  for (const list of [main.inputs, main.outputs]) {
    arena.allocatePersistent(sizes.pointer * list.length, alignment);
    for (const index of list)
      for (const bytes of [sizes.tensor, ...quantizationBytes(main.tensors[index]!)]) arena.allocatePersistent(bytes);
  }
  const operators = operatorNames(model, main).map((operator, index) => {
    const own = scopes[0]!.operators.get(index)!;
    const live = buffers
      .map((buffer, i) => ({ ...buffer, end: offsets[i]! + buffer.bytes }))
      .filter((buffer) => liveTogether(buffer, own));
    return { index, operator, activations: Math.max(0, ...live.map(({ end }) => end)), persistent: persistent[index]! };
  });
  return { needed: arena.most, planned, persistent: arena.tail, operators };
}
