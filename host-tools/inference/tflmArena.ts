/**
 * How much arena TensorFlow Lite Micro needs on a 32-bit chip: its allocator's steps, one by one, as sizes. What it calls used is less than
 * what AllocateTensors needs while it runs; this is what it needs. (TFLM does not look whether a kernel's multipliers grow into the temporary
 * records of the same kernel, so now and then it gets away with 16 bytes less, and overwrites them.)
 */
import { UserError } from "../lib/errors.js";
import { tflmRules } from "../graph/operators/index.js";
import type { Subgraph, TfliteModel, TfliteOperator, TfliteTensor } from "../tflite/index.js";
import { isConstant, lifetimes, onlySubgraph, operatorNames, tensorBytes } from "./graph.js";
import { greedyPlan, planBytes, type Buffer } from "./greedyPlan.js";
import { readOfflinePlan } from "./offlinePlan.js";

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

function kernelOf(name: string, index: number) {
  const kernel = tflmRules(name);
  if (!kernel) throw new UserError(`${name} #${index}: how much arena TensorFlow Lite Micro needs for it is not known`);
  return kernel;
}

/** Operators that take float32 as they take int8, because they only move or convert. */
const ofAnyType = ["QUANTIZE", "DEQUANTIZE", "RESHAPE", "SQUEEZE", "EXPAND_DIMS"];

/** The kernels' needs are those of int8; of other types they are others, or TensorFlow Lite Micro refuses them. */
function requireInt8(names: readonly string[], { operators, tensors }: Subgraph): void {
  for (const [index, { inputs, outputs }] of operators.entries()) {
    if (ofAnyType.includes(names[index]!)) continue;
    const other = [...inputs, ...outputs]
      .map((tensor) => tensors[tensor]?.type)
      .find((type) => type !== undefined && type !== "INT8" && type !== "INT32");
    if (other)
      throw new UserError(
        `${names[index]!} #${index}: how much arena TensorFlow Lite Micro needs for it is known in int8, not in ${other.toLowerCase()}`,
      );
  }
}

/** Buffers to plan, in the allocator's order: the tensors that are not constant, then scratch. */
function buffersOf(model: TfliteModel, scratch: Buffer[]): Buffer[] {
  const graph = onlySubgraph(model);
  const offline = readOfflinePlan(model);
  const lives = new Map(lifetimes(model, graph).map((life) => [life.tensor, life]));
  const tensors = graph.tensors.flatMap((tensor, index): Buffer[] => {
    const bytes = tensorBytes(tensor);
    if (isConstant(model, tensor) || bytes === 0) return [];
    const { first, last } = lives.get(index) ?? { first: -1, last: -1 };
    const offset = offline?.[index] ?? -1;
    return [{ bytes: alignUp(bytes, alignment), first, last, ...(offset >= 0 && { offset }) }];
  });
  return [...tensors, ...scratch.map((buffer) => ({ ...buffer, bytes: alignUp(buffer.bytes, alignment) }))];
}

/** @throws UserError for an operator or a type whose needs are not known, or a plan in the file that does not fit the model */
export function tflmArena(model: TfliteModel): TflmArena {
  const graph = onlySubgraph(model);
  const names = operatorNames(model, graph);
  const kernels = names.map(kernelOf);
  requireInt8(names, graph);
  const persistent = names.map(() => 0);
  const scratch: Buffer[] = [];
  const arena = new Arena();
  const allocatePersistent = (index: number, bytes: number, to: number) => {
    const before = arena.tail;
    arena.allocatePersistent(bytes, to);
    persistent[index]! += arena.tail - before;
  };
  const requests = () => sizes.scratchRequest * (scratchRequestsAnOperator + scratch.length);
  const prepare = (operator: TfliteOperator, index: number) => {
    for (const take of kernels[index]!.prepare(operator, graph.tensors)) {
      if ("persistent" in take) allocatePersistent(index, take.persistent, alignment);
      else if ("scratch" in take) scratch.push({ bytes: take.scratch, first: index + 1, last: index + 1 });
      else
        for (const bytes of [sizes.tensor, ...quantizationBytes(graph.tensors[take.temp]!)]) arena.allocateTemp(bytes);
    }
    arena.resetTemp();
    arena.resizeHead(requests());
  };

  for (const bytes of [sizes.allocator, sizes.planner, sizes.microAllocator, sizes.dataAllocator])
    arena.allocatePersistent(bytes);
  arena.resizeHead(requests());
  for (const bytes of [sizes.subgraph, sizes.evalTensor * graph.tensors.length, sizes.node * graph.operators.length])
    arena.allocatePersistent(bytes);
  kernels.forEach(({ options }, index) => options !== "none" && allocatePersistent(index, ...options));
  kernels.forEach(({ data }, index) => data !== "none" && allocatePersistent(index, data, alignment));
  graph.operators.forEach(prepare);
  if (scratch.length > 0) arena.allocatePersistent(sizes.scratchHandle * scratch.length);

  const buffers = buffersOf(model, scratch);
  arena.allocateTemp(sizes.pointer);
  arena.allocateTemp(sizes.allocationInfo * (graph.tensors.length + scratch.length));
  arena.allocatePlan(sizes.plannedBuffer * buffers.length);
  const offsets = greedyPlan(buffers);
  const planned = planBytes(buffers, offsets);
  arena.resizeHead(planned);
  for (const list of [graph.inputs, graph.outputs]) {
    arena.allocatePersistent(sizes.pointer * list.length, alignment);
    for (const index of list)
      for (const bytes of [sizes.tensor, ...quantizationBytes(graph.tensors[index]!)]) arena.allocatePersistent(bytes);
  }
  const operators = names.map((operator, index) => {
    const live = buffers
      .map((buffer, i) => ({ ...buffer, end: offsets[i]! + buffer.bytes }))
      .filter(({ first, last }) => first <= index + 1 && index + 1 <= last);
    return { index, operator, activations: Math.max(0, ...live.map(({ end }) => end)), persistent: persistent[index]! };
  });
  return { needed: arena.most, planned, persistent: arena.tail, operators };
}
