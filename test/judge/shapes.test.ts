// Slow: compiles the engine, and runs it on an emulated board
/** Shapes that exporters compute in the graph: known at load, so that they are computed then, and once. */
import test from "ava";
import { runModel } from "../../host-tools/board/index.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { board, needs, tflm } from "../helpers/needs.js";
import { inputOf, runTwice, Shapes } from "./computedShapes.js";

const image = [1, 4, 5, 3];
const elements = sizeOf(image);

/** What Keras's Flatten becomes where the batch is not fixed: RESHAPE to PACK(SHAPE(x)[0], -1), or to a constant. */
function flatten(isComputed: boolean) {
  const model = new ModelBuilder();
  const shapes = new Shapes(model);
  const input = model.int8(image, 0.05, 3);
  const before = model.operator("RELU", [input], model.int8(image, 0.05, 3));
  const target = isComputed
    ? shapes.pack([shapes.at(shapes.shapeOf(before), 0), shapes.number(-1)])
    : model.int32s([1, elements]);
  const flat = model.operator("RESHAPE", [before, target], model.int8([1, elements], 0.05, 3));
  return writeTflite(model.build([input], [flat]));
}

/** Random arithmetic on a shape; every number that nothing reads is an output. */
function randomShapes(seed: number): Uint8Array {
  const random = new Random(seed);
  const model = new ModelBuilder();
  const shapes = new Shapes(model);
  const input = model.int8(image.slice(0, random.int(1, 4)), 0.05, 3);
  const pool = [
    shapes.shapeOf(input),
    shapes.number(random.int(-9, 9)),
    model.int32s([2, 3, 5].slice(random.int(0, 2))),
  ];
  const shape = (tensor: number) => model.tensors[tensor]!.shape;
  for (let steps = random.int(2, 9); steps > 0; steps--) {
    const [a, b] = [random.pick(pool), random.pick(pool)];
    const lists = pool.filter((tensor) => shape(tensor).length === 1);
    const list = random.pick(lists);
    const numbers = pool.filter((tensor) => shape(tensor).length === 0);
    const kind = random.int(0, 3);
    if (kind === 0) pool.push(shapes.at(list, random.int(0, shape(list)[0]! - 1)));
    else if (kind === 1) pool.push(shapes.pack(Array.from({ length: random.int(1, 5) }, () => random.pick(numbers))));
    else if (kind === 2) {
      const joined = Array.from({ length: random.int(1, 3) }, () => random.pick(lists));
      const length = joined.reduce((sum, tensor) => sum + shape(tensor)[0]!, 0);
      pool.push(model.operator("CONCATENATION", joined, model.tensor([length], "INT32"), { axis: 0 }));
    } else if (random.chance(0.2)) {
      // By a constant: TensorFlow Lite Micro's kernel divides by zero.
      const divisor = shapes.number(random.pick([-9, -1, 1, 2, 7]));
      pool.push(shapes.arithmetic("DIV", a, divisor));
    } else if (sizeOf(shape(a)) === 1 || sizeOf(shape(b)) === 1 || String(shape(a)) === String(shape(b)))
      pool.push(shapes.arithmetic(random.pick(["ADD", "SUB", "MUL", "SQUARED_DIFFERENCE"] as const), a, b));
  }
  // It runs at each invoke, beside what is known.
  const relu = model.operator("RELU", [input], model.int8(shape(input), 0.05, 3));
  return writeTflite(model.build([input], [relu, ...model.leaves().filter((tensor) => tensor !== relu)]));
}

const models = [flatten(true), ...Array.from({ length: 60 }, (_, seed) => randomShapes(seed))];

test("computed shapes are desktop TensorFlow Lite's, at each run", async (t) => {
  t.deepEqual(await runTwice("micro", models), await runTwice("tflite", models));
});

needs(tflm)("computed shapes are TensorFlow Lite Micro's, at each run", async (t) => {
  t.deepEqual(await runTwice("micro", models), await runTwice("tflm", models));
});

test("with sanitizers, nothing of it is wrong", async (t) => {
  for (const model of models.slice(0, 12)) {
    const { error } = await runModel(model, [], { sanitize: true, optimize: "-O2" });
    t.is(error, undefined);
  }
});

needs(board)("what is known at load takes nothing at an invoke, and some bytes", async (t) => {
  const input = inputOf(elements);
  const count = async (model: Uint8Array) =>
    (await runModel(model, [input, input], { target: "rv32" })).runs.map((run) => run.count);
  const [computed, constant] = [await count(flatten(true)), await count(flatten(false))];
  // An operator that does not run is passed over: SHAPE, STRIDED_SLICE and PACK.
  for (const [i, instructions] of computed.entries())
    t.true(instructions - constant[i]! < 3 * 40, `${instructions}, ${constant[i]}`);
});
