import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { toInt16 } from "tfjs-to-tflite/graph/int16.js";
import { toInt4 } from "tfjs-to-tflite/graph/int4.js";
import { engineOperators, engineRules, operators, type Builtin } from "tfjs-to-tflite/graph/operators/index.js";
import { quantized } from "tfjs-to-tflite/graph/operators/shared/random.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import type { Subgraph, TfliteModel, TfliteOperator, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";

export interface RandomGraph {
  model: TfliteModel;
  /** Raw bytes of each input tensor. */
  inputs: Uint8Array[];
}

/**
 * Graphs that were recorded stay as they are when operators are added: a suite draws from the operators that were there when it was recorded, and
 * begins each graph with one that came with it.
 */
export interface Suite {
  name: string;
  /** What is added to its seeds. */
  from: number;
  /** The operators that came with it. */
  own: readonly Builtin[];
  /** Those and all before. */
  all: readonly Builtin[];
  /** How many graphs are tried and recorded. */
  graphs: number;
  /** What becomes of the int8 graph. */
  variant: "int8" | "int16" | "int4";
}

const seedsASuite = 0x1000_0000;

function suiteOf(number: number): Suite {
  const own = engineOperators.filter((name) => engineRules(name).suite === number);
  const all = engineOperators.filter((name) => engineRules(name).suite <= number);
  const from = (number - 1) * seedsASuite;
  return { name: String(number), from, own, all, graphs: Math.max(100, 20 * own.length), variant: "int8" };
}

/** The operators that have a type, each as often as in its own suite. A new one changes what is recorded. */
function suiteOfType(variant: "int16" | "int4", number: number): Suite {
  const own = engineOperators.filter((name) => engineRules(name).types.includes(variant));
  const graphs = Math.max(100, 20 * own.length);
  return { name: variant, from: number * seedsASuite, own, all: own, graphs, variant };
}

const numberedSuites: readonly Suite[] = Array.from(
  { length: Math.max(...engineOperators.map((name) => engineRules(name).suite)) },
  (_, i) => suiteOf(i + 1),
);
export const suites: readonly Suite[] = [...numberedSuites, suiteOfType("int16", 15), suiteOfType("int4", 14)];

/** All operators there are in turn: for many more graphs than are recorded. */
export const everyOperator: Suite = {
  name: "every operator",
  from: numberedSuites.length * seedsASuite,
  own: engineOperators,
  all: engineOperators,
  graphs: 0,
  variant: "int8",
};

function inputShape(random: Random): number[] {
  const kind = random.uniform();
  if (kind < 0.7)
    return [
      random.chance(0.9) ? 1 : 2,
      random.int(1, 12),
      random.int(1, 12),
      random.chance(0.3) ? 1 : random.int(2, 17),
    ];
  if (kind < 0.85) return [random.int(1, 3), random.int(1, 64)];
  return [1, random.int(1, 10), random.int(1, 20)];
}

/** Usually uniform, sometimes only extreme ones. */
function int16s(random: Random, count: number): Uint8Array {
  const extreme = random.chance(0.1);
  return new Uint8Array(
    Int16Array.from({ length: count }, () =>
      extreme ? random.pick([-32768, -32767, 0, 32767]) : random.int(-32768, 32767),
    ).buffer,
  );
}

/** At times int8 or int32 goes in, or comes out. */
function withOtherEnds(random: Random, model: TfliteModel): TfliteModel {
  const [graph] = model.subgraphs as [Subgraph];
  const [tensors, before, after] = [[...graph.tensors], [], []] as [TfliteTensor[], TfliteOperator[], TfliteOperator[]];
  const operatorCodes = [...model.operatorCodes, { builtinCode: operators.QUANTIZE.code, version: 2 }];
  const options = { type: "Quantize" };
  const opcodeIndex = operatorCodes.length - 1;
  const other = (tensor: number): number | undefined => {
    const { name, shape, type } = tensors[tensor]!;
    if (type !== "INT16" || !random.chance(0.4)) return undefined;
    const { scale, zeroPoint } = quantized(random);
    const quantization = { scale: [scale], zeroPoint: [zeroPoint], quantizedDimension: 0 };
    const whole = { ...quantization, scale: [Math.fround(scale * random.logUniform(2 ** -24, 2 ** -8))] };
    const made = random.chance(0.3)
      ? ({ type: "INT32", quantization: whole } as const)
      : ({ type: "INT8", quantization } as const);
    return tensors.push({ name: `${name} in ${made.type}`, shape, buffer: 0, ...made }) - 1;
  };
  const inputs = graph.inputs.map((tensor) => {
    const made = other(tensor);
    if (made !== undefined) before.push({ opcodeIndex, inputs: [made], outputs: [tensor], options });
    return made ?? tensor;
  });
  const outputs = graph.outputs.map((tensor) => {
    const made = other(tensor);
    if (made !== undefined) after.push({ opcodeIndex, inputs: [tensor], outputs: [made], options });
    return made ?? tensor;
  });
  return {
    ...model,
    operatorCodes,
    subgraphs: [{ ...graph, tensors, inputs, outputs, operators: [...before, ...graph.operators, ...after] }],
  };
}

/**
 * A graph of random operators. Its first operator is taken from all of the suite's own in turn, so that a run of seeds meets each of them; the
 * others follow on any tensor there is, mostly the last.
 */
export function randomGraph(seed: number, suite = suites[0]!): RandomGraph {
  const random = new Random(seed + suite.from);
  const model = new ModelBuilder();
  const inputs: number[] = [];
  const pool: number[] = [];
  for (let count = random.chance(0.8) ? 1 : 2; count > 0; count--) {
    const { scale, zeroPoint } = quantized(random);
    const shape = inputs.length > 0 && random.chance(0.6) ? model.tensors[inputs[0]!]!.shape : inputShape(random);
    if (random.chance(0.1)) {
      inputs.push(model.tensor(shape, "FLOAT32"));
      pool.push(model.operator("QUANTIZE", [inputs.at(-1)!], model.int8(shape, scale, zeroPoint)));
    } else {
      inputs.push(model.int8(shape, scale, zeroPoint));
      pool.push(inputs.at(-1)!);
    }
  }
  const wanted = random.int(1, 8);
  let first: Builtin | undefined = suite.own[seed % suite.own.length];
  for (let tries = 0; tries < 60 && model.operatorCount < wanted; tries++) {
    const name: Builtin = (tries < 10 ? first : undefined) ?? random.pick(suite.all);
    const from = random.chance(0.7) ? pool.at(-1)! : random.pick(pool);
    const made = engineRules(name).random({ model, random, from, pool });
    if (made === undefined) continue;
    first = undefined;
    // What is not int8 ends a branch.
    if (model.tensors[made]!.type === "INT8") pool.push(made);
  }
  const computed = pool.filter((tensor) => !inputs.includes(tensor));
  const leaves = model.leaves();
  const more = random.chance(0.2) && computed.length > 0 ? [random.pick(computed)] : [];
  const outputs = [...new Set([...leaves, ...more])];
  const built = model.build(inputs, outputs);
  const whole =
    suite.variant === "int16"
      ? withOtherEnds(
          random,
          toInt16(built, (operator) => operator % 3 === 0),
        )
      : suite.variant === "int4"
        ? toInt4(built)
        : built;
  const { tensors, inputs: given } = whole.subgraphs[0]!;
  const bytes = given.map((input) => {
    const { shape, type } = tensors[input]!;
    if (type === "INT16") return int16s(random, sizeOf(shape));
    if (type === "INT32") return new Uint8Array(random.int8s(4 * sizeOf(shape)).buffer);
    if (type === "INT8") return new Uint8Array(random.int8s(sizeOf(shape)).buffer);
    return new Uint8Array(
      Float32Array.from({ length: sizeOf(shape) }, () => (random.uniform() * 2 - 1) * random.logUniform(0.1, 40))
        .buffer,
    );
  });
  return { model: whole, inputs: bytes };
}
