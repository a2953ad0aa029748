/** Models in pieces: stripes of rows compute the whole's bytes, in the arena that was planned for. The judge is desktop TensorFlow Lite. */
import test from "ava";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { allSubgraphs, operatorNames } from "../../host-tools/inference/graph.js";
import { infer, InferenceError, InferenceSession, inferWith, microArena } from "../../host-tools/inference/index.js";
import { withInt8Ends } from "../../host-tools/inference/int8Ends.js";
import { fitModel } from "../../host-tools/inference/pieces.js";
import { cutRows, rulesOf } from "../../host-tools/inference/stripes.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { paddings, type TfliteModel } from "tfjs-to-tflite/tflite/index.js";

const scale = 0.05;

interface Window {
  kernel: number;
  stride: number;
  dilation?: number;
  padding: number;
}

/** Layers on images, each with random weights. */
class Network {
  readonly model = new ModelBuilder();
  constructor(readonly random: Random) {}

  image(shape: number[]): number {
    return this.model.int8(shape, scale, 3);
  }

  layer(
    name: "CONV_2D" | "DEPTHWISE_CONV_2D",
    from: number,
    channels: number,
    { kernel, stride, dilation = 1, padding }: Window,
  ): number {
    const [, height, width, inChannels] = this.model.tensors[from]!.shape as [number, number, number, number];
    const extent = (kernel - 1) * dilation + 1;
    const out = (size: number) =>
      padding === paddings.SAME ? Math.ceil(size / stride) : Math.ceil((size - extent + 1) / stride);
    const shape = name === "CONV_2D" ? [channels, kernel, kernel, inChannels] : [1, kernel, kernel, channels];
    const quantization = {
      scale: Array.from({ length: channels }, () => Math.fround(0.01)),
      zeroPoint: Array.from({ length: channels }, () => 0),
      quantizedDimension: name === "CONV_2D" ? 0 : 3,
    };
    const weights = this.model.tensor(shape, "INT8", quantization, this.random.int8s(sizeOf(shape)));
    const bias = this.model.int32s(Array.from({ length: channels }, () => this.random.int(-3000, 3000)));
    return this.model.operator(name, [from, weights, bias], this.image([1, out(height), out(width), channels]), {
      padding,
      strideH: stride,
      strideW: stride,
      dilationH: dilation,
      dilationW: dilation,
      ...(name === "DEPTHWISE_CONV_2D" && { depthMultiplier: 1 }),
    });
  }

  pad(from: number, [top, bottom, left, right]: [number, number, number, number]): number {
    const [, height, width, channels] = this.model.tensors[from]!.shape as [number, number, number, number];
    const pads = Int32Array.of(0, 0, top, bottom, left, right, 0, 0);
    return this.model.operator(
      "PAD",
      [from, this.model.tensor([4, 2], "INT32", undefined, pads)],
      this.image([1, height + top + bottom, width + left + right, channels]),
    );
  }

  add(a: number, b: number): number {
    return this.model.operator("ADD", [a, b], this.image(this.model.tensors[a]!.shape));
  }
}

const { SAME, VALID } = paddings;

/** A stem, a residual block, an explicit border and a stride, as mobile networks begin. */
function mobile(): TfliteModel {
  const net = new Network(new Random(1));
  const input = net.image([1, 24, 24, 4]);
  const stem = net.layer("CONV_2D", input, 8, { kernel: 3, stride: 2, padding: SAME });
  const wide = net.layer("CONV_2D", stem, 24, { kernel: 1, stride: 1, padding: SAME });
  const deep = net.layer("DEPTHWISE_CONV_2D", wide, 24, { kernel: 3, stride: 1, padding: SAME });
  const sum = net.add(stem, net.layer("CONV_2D", deep, 8, { kernel: 1, stride: 1, padding: SAME }));
  const large = net.layer("CONV_2D", sum, 48, { kernel: 1, stride: 1, padding: SAME });
  const strided = net.layer("DEPTHWISE_CONV_2D", net.pad(large, [1, 1, 1, 1]), 48, {
    kernel: 3,
    stride: 2,
    padding: VALID,
  });
  return net.model.build([input], [net.layer("CONV_2D", strided, 4, { kernel: 1, stride: 1, padding: SAME })]);
}

const inputsOf = (model: TfliteModel): Uint8Array[] => {
  const [graph] = allSubgraphs(model);
  const random = new Random(7);
  return graph.inputs.map((input) => new Uint8Array(random.int8s(sizeOf(graph.tensors[input]!.shape)).buffer));
};

test("every cut of random layers computes the whole's bytes, on micro and on TensorFlow Lite", async (t) => {
  const micro = await InferenceSession.start("micro");
  const desktop = await InferenceSession.start("tflite");
  try {
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(seed);
      const net = new Network(random);
      const input = net.image([1, random.int(6, 17), random.int(3, 9), random.int(1, 5)]);
      let last = input;
      for (let i = random.int(2, 4); i > 0; i--) {
        const { shape } = net.model.tensors[last]!;
        const kind = random.int(0, 3);
        const window = {
          kernel: random.int(1, 3),
          stride: random.int(1, 2),
          dilation: 1,
          padding: random.pick([SAME, VALID]),
        };
        if (window.stride === 1) window.dilation = random.int(1, 2);
        if (kind === 3) last = net.pad(last, [random.int(0, 2), random.int(0, 2), random.int(0, 2), 0]);
        else if (Math.min(shape[1]!, shape[2]!) > 4 || window.padding === SAME)
          last =
            kind === 2
              ? net.add(last, net.layer("CONV_2D", last, shape[3]!, { kernel: 3, stride: 1, padding: SAME }))
              : net.layer(
                  kind === 1 ? "DEPTHWISE_CONV_2D" : "CONV_2D",
                  last,
                  kind === 1 ? shape[3]! : random.int(1, 6),
                  window,
                );
      }
      if (last === input) continue;
      const model = net.model.build([input], [last]);
      const operators = model.subgraphs[0]!.operators.length;
      const rules = rulesOf(model, 0, operators - 1);
      t.truthy(rules, `seed ${seed}`);
      const rows = net.model.tensors[last]!.shape[1]!;
      const inputs = inputsOf(model);
      for (const session of [micro, desktop]) {
        const [whole] = await inferWith(session, writeTflite(model), [inputs]);
        for (const stripes of new Set([Math.min(2, rows), rows])) {
          const cut = writeTflite(cutRows(model, { first: 0, last: operators - 1, stripes }, rules!));
          const [pieces] = await inferWith(session, cut, [inputs]);
          t.deepEqual(pieces!.outputs, whole!.outputs, `seed ${seed}, ${stripes} stripes, ${session.backend}`);
        }
      }
    }
  } finally {
    micro.close();
    desktop.close();
  }
});

test("a model is cut to fit an arena, of just what is said", async (t) => {
  const model = mobile();
  const whole = await microArena(writeTflite(model), model);
  const fitted = await fitModel(model, Math.floor(0.75 * whole.needed));
  t.true(fitted.needed <= 0.75 * whole.needed, `${fitted.needed} of ${whole.needed}`);
  t.true(fitted.cuts.length > 0);
  const micro = await InferenceSession.start("micro");
  try {
    const [expected] = await inferWith(micro, writeTflite(model), [inputsOf(model)]);
    const [result] = await inferWith(micro, fitted.bytes, [inputsOf(model)], { arena: fitted.needed });
    t.deepEqual(result!.outputs, expected!.outputs);
    // With the trace no operator is passed over.
    const [traced] = await inferWith(micro, fitted.bytes, [inputsOf(model)], { trace: true });
    t.deepEqual(traced!.outputs, expected!.outputs);
    await t.throwsAsync(inferWith(micro, fitted.bytes, [inputsOf(model)], { arena: fitted.needed - 4 }), {
      instanceOf: InferenceError,
      message: /\(4 short\)/,
    });
  } finally {
    micro.close();
  }
});

test("a model that fits stays whole; one that no pieces fit is an error with the least that they need", async (t) => {
  const model = mobile();
  const { needed } = await microArena(writeTflite(model), model);
  const same = await fitModel(model, needed);
  t.deepEqual([same.cuts, same.needed], [[], needed]);
  t.deepEqual(same.bytes, writeTflite(model));
  const error = await t.throwsAsync(fitModel(model, 1000), { instanceOf: UserError });
  const [, least] = /needs at least ([\d,]+) bytes of arena in pieces .*; 1,000 given/.exec(error.message)!;
  const fitted = await fitModel(model, Number(least!.replace(",", "")));
  t.true(fitted.needed < needed);
});

test("where no pieces help the error says what the whole needs", async (t) => {
  const builder = new ModelBuilder();
  const input = builder.int8([1, 300], scale, 3);
  const model = builder.build([input], [builder.operator("RELU", [input], builder.int8([1, 300], scale, 3))]);
  const { needed } = await microArena(writeTflite(model), model);
  const message = `the model needs ${needed} bytes of arena, and none of its operators can run in pieces that take less; 100 given (${needed - 100} short)`;
  await t.throwsAsync(fitModel(model, 100), { instanceOf: UserError, message });
});

test("slices of rows and rows that are joined take no room of their own", async (t) => {
  const model = new ModelBuilder();
  const image = (rows: number) => model.int8([1, rows, 8, 4], scale, 3);
  const input = image(8);
  const halves = [0, 4].map((row) =>
    model.operator("SLICE", [input, model.int32s([0, row, 0, 0]), model.int32s([1, 4, 8, 4])], image(4)),
  );
  const built = model.build([input], [model.operator("CONCATENATION", halves, image(8), { axis: 1 })]);
  const { needed, fixed } = await microArena(writeTflite(built), built);
  // The halves are parts of the input; the output is a copy of both.
  t.is(needed - fixed, 2 * 256);
  t.deepEqual(operatorNames(built, built.subgraphs[0]!), ["SLICE", "SLICE", "CONCATENATION"]);
});

test("what was reshaped of a row that is joined later has its bytes", async (t) => {
  const model = new ModelBuilder();
  const pixel = (shape: number[]) => model.int8(shape, scale, 3);
  const input = pixel([1, 1]);
  const relu = model.operator("RELU", [input], pixel([1, 1]));
  // Both outputs take four bytes, so that this one has the place that a part's record says.
  const reshaped = model.operator("RESHAPE", [relu], pixel([1]), { newShape: [1] });
  const other = model.int8([1, 1], scale, 3, Int8Array.of(7));
  const joined = model.operator("CONCATENATION", [relu, other], pixel([2, 1]), { axis: 0 });
  const built = model.build([input], [reshaped, joined]);
  const [run] = await infer(writeTflite(built), [[Buffer.from(Int8Array.of(-42))]]);
  t.deepEqual(
    run!.outputs.map((output) => [...new Int8Array(output)]),
    [[3], [3, 7]],
  );
});

test("a border is put around an image in its own place", async (t) => {
  const net = new Network(new Random(1));
  const input = net.image([1, 16, 16, 4]);
  const model = net.model.build([input], [net.pad(input, [1, 1, 1, 1])]);
  const { needed, fixed } = await microArena(writeTflite(model), model);
  t.is(needed - fixed, 18 * 18 * 4);
});

test("float32 ends that are only quantized and dequantized go; others are an error", (t) => {
  const build = (more: boolean): TfliteModel => {
    const model = new ModelBuilder();
    const input = model.tensor([1, 2, 2, 1], "FLOAT32");
    const inner = model.operator("QUANTIZE", [input], model.int8([1, 2, 2, 1], scale, 3));
    const again = model.operator("RELU", [inner], model.int8([1, 2, 2, 1], scale, 3));
    const output = model.operator("DEQUANTIZE", [again], model.tensor([1, 2, 2, 1], "FLOAT32"));
    return model.build([input], more ? [output, input] : [output]);
  };
  const ends = withInt8Ends(build(false));
  const [graph] = allSubgraphs(ends);
  t.deepEqual(operatorNames(ends, graph), ["RELU"]);
  t.deepEqual(
    [...graph.inputs, ...graph.outputs].map((tensor) => graph.tensors[tensor]!.type),
    ["INT8", "INT8"],
  );
  t.throws(() => withInt8Ends(build(true)), { instanceOf: UserError, message: /float32, and not only quantized/ });
});
