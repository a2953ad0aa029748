/** CALL_ONCE, VAR_HANDLE, READ_VARIABLE and ASSIGN_VARIABLE: none of them is a graph without the others. */
import type { OptionTable } from "../../../tflite/index.js";
import { sizeOf } from "../../shape.js";
import type { Descriptor, Generator, TflmRules, TinyGraph } from "../descriptor.js";
import { engineOnly } from "./engineOnly.js";
import { about } from "./random.js";
import { scaled } from "./tiny.js";

/** What its input was in the run before, or at first a constant. */
const delay: TinyGraph = (model) => {
  const [shape, quantization] = [[1, 3], scaled(0.05, 3)];
  const input = model.int8(shape, 0.05, 3);
  const output = model.int8(shape, 0.05, 3);
  const data = Uint8Array.of(5, 6, 250);
  const handle = model.variable("last", { name: "first", shape, type: "INT8", buffer: 0, quantization, data });
  model.statement("READ_VARIABLE", [handle], [output]);
  model.statement("ASSIGN_VARIABLE", [handle, input], []);
  return { inputs: [input], outputs: [output] };
};

/** A variable that gets the value of `from` before or after it is read; its first value is a constant, or its zero point. */
const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  const quantization = scaled(scale, zeroPoint);
  const name = `v${model.tensors.length}`;
  const data = () => new Uint8Array(random.int8s(sizeOf(shape)).buffer);
  const initial = random.chance(0.7)
    ? ({ name, shape, type: "INT8", buffer: 0, quantization, data: data() } as const)
    : undefined;
  const handle = model.variable(name, initial && { ...initial, shape: [...shape] });
  const read = model.int8(shape, scale, zeroPoint);
  const assign = () => model.statement("ASSIGN_VARIABLE", [handle, from], []);
  const isDelayed = random.chance(0.8);
  if (!isDelayed) assign();
  model.statement("READ_VARIABLE", [handle], [read]);
  if (isDelayed) assign();
  return read;
};

export const variables = (code: number, options: OptionTable | "none", tflm: TflmRules): Descriptor =>
  engineOnly({ code, options, tflm, version: () => 1, tiny: [delay], random, suite: 3 });
