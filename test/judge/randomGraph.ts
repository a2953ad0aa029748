import { ModelBuilder } from "../../host-tools/graph/modelBuilder.js";
import { engineOperators, engineRules, type Builtin } from "../../host-tools/graph/operators/index.js";
import { quantized } from "../../host-tools/graph/operators/shared/random.js";
import { Random } from "../../host-tools/graph/random.js";
import { sizeOf } from "../../host-tools/graph/shape.js";
import type { TfliteModel } from "../../host-tools/tflite/index.js";

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
  number: number;
  /** The operators that came with it. */
  own: readonly Builtin[];
  /** Those and all before. */
  all: readonly Builtin[];
  /** How many graphs are tried and recorded. */
  graphs: number;
}

function suiteOf(number: number): Suite {
  const own = engineOperators.filter((name) => engineRules(name).suite === number);
  const all = engineOperators.filter((name) => engineRules(name).suite <= number);
  return { number, own, all, graphs: Math.max(100, 20 * own.length) };
}

export const suites: readonly Suite[] = Array.from(
  { length: Math.max(...engineOperators.map((name) => engineRules(name).suite)) },
  (_, i) => suiteOf(i + 1),
);
const seedsASuite = 0x1000_0000;

/** All operators there are in turn: for many more graphs than are recorded. */
export const everyOperator: Suite = {
  number: suites.length + 1,
  own: engineOperators,
  all: engineOperators,
  graphs: 0,
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

/**
 * A graph of random operators. Its first operator is taken from all of the suite's own in turn, so that a run of seeds meets each of them; the
 * others follow on any tensor there is, mostly the last.
 */
export function randomGraph(seed: number, suite = suites[0]!): RandomGraph {
  const random = new Random(seed + (suite.number - 1) * seedsASuite);
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
  const bytes = inputs.map((input) => {
    const { shape, type } = model.tensors[input]!;
    if (type === "INT8") return new Uint8Array(random.int8s(sizeOf(shape)).buffer);
    return new Uint8Array(
      Float32Array.from({ length: sizeOf(shape) }, () => (random.uniform() * 2 - 1) * random.logUniform(0.1, 40))
        .buffer,
    );
  });
  return { model: model.build(inputs, outputs), inputs: bytes };
}
