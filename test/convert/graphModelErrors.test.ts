import test from "ava";
import { graphOfGraphModel, type GraphModel, type InputShapes } from "tfjs-to-tflite/convert/graphModel/index.js";
import { startPlainBackend } from "./backend.js";
import { GraphModelMaker } from "./graphModels.js";

test.before(startPlainBackend);

type Build = (m: GraphModelMaker, input: string) => string;
const made = (build: Build, shape = [-1, 8, 6, 3]): GraphModel => {
  const maker = new GraphModelMaker();
  return maker.model({ result: build(maker, maker.input("image", shape)) });
};
const window = { strides: [1, 1, 1, 1], padding: "SAME" };

const refused: [string, GraphModel, RegExp, InputShapes?][] = [
  [
    "control flow, named before the loop that it makes",
    (() => {
      const maker = new GraphModelMaker();
      const enter = maker.node("Enter", [maker.input("image", [1, 2])], {}, "loop/Enter");
      maker.node("Merge", [enter, "loop/Next"], {}, "loop/Merge");
      return maker.model({ result: maker.node("NextIteration", ["loop/Merge"], {}, "loop/Next") });
    })(),
    /^node "loop\/Enter" \(Enter\): it is control flow, .* Instead: the part of the model before it/,
  ],
  [
    "an op that gives indices",
    made((m, x) => m.node("TopKV2", [x, m.whole(3)], {}, "best")),
    /^node "best" \(TopKV2\): .*index that is computed from the data\. Instead: the outputs before it/,
  ],
  [
    "an op that nobody knows",
    made((m, x) => m.node("Mystery", [x], {}, "odd")),
    /^node "odd" \(Mystery\): this op cannot be converted\. Instead: ops that `loam convert --layers` lists/,
  ],
  [
    "too large a product of two computed tensors",
    made((m, x) => m.node("MatMul", [m.node("Reshape", [x, m.integers(3000, 1)]), x], {}, "product"), [1, 3000]),
    /^node "product" \(MatMul\): it multiplies two tensors that are both computed, which takes 9,000,000 products at once, 4,194,304 at most/,
  ],
  [
    "one matrix for several",
    made((m, x) => m.node("BatchMatMulV2", [x, m.reals([2, 3, 2])], {}, "product"), [1, 4, 3]),
    /^node "product" \(BatchMatMulV2\): it multiplies \[1, 4, 3\] and \[2, 3, 2\], one of them for several of the other/,
  ],
  [
    "indices that are computed from the inputs",
    made((m, x) => m.node("GatherV2", [m.reals([9, 3]), m.node("Relu", [x]), m.whole(0)], {}, "rows"), [1, 4]),
    /^node "rows" \(GatherV2\): its indices are computed from the model's inputs\. Instead: constant indices, or rows of a constant table/,
  ],
  [
    "numbers of rows that are computed with, too",
    made(
      (m, x) => {
        const rows = m.node("Reshape", [m.node("Gather", [m.reals([9, 1]), x]), m.integers(1, 4)]);
        return m.node("AddV2", [rows, x], {}, "too");
      },
      [1, 4],
    ),
    /an Embedding takes its numbers, .* and layer "too" computes with them, too/,
  ],
  [
    "a shape that is computed from the inputs",
    made((m, x) => m.node("Reshape", [x, x], {}, "reshape")),
    /^node "reshape" \(Reshape\): its shape is computed from the model's inputs, TensorFlow Lite needs it as a constant/,
  ],
  [
    "channels first",
    made((m, x) => m.node("Conv2D", [x, m.reals([1, 1, 8, 4])], { ...window, data_format: "NCHW" }, "conv")),
    /^node "conv" \(Conv2D\): its data format is NCHW, TensorFlow Lite only has channels last/,
  ],
  [
    "groups",
    made((m, x) => m.node("Conv2D", [x, m.reals([1, 1, 1, 6])], window, "conv")),
    /^node "conv" \(Conv2D\): it convolves 3 channels in groups of 1/,
  ],
  [
    "integers that depend on the inputs",
    made((m, x) => m.node("Cast", [x], { DstT: { type: "DT_INT32" } }, "cast")),
    /^node "cast" \(Cast\): it makes integers \(DT_INT32\)/,
  ],
  [
    "a normalization by the batch",
    made((m, x) =>
      m.node("FusedBatchNormV3", [x, ...[0, 1, 2, 3].map(() => m.reals([3]))], { is_training: true }, "norm"),
    ),
    /^node "norm" \(FusedBatchNormV3\): it normalizes by the batch/,
  ],
  [
    "an input of a free size",
    made((m, x) => m.node("Relu", [x]), [-1, -1, 6, 3]),
    /^input "image" has shape \[\?, \?, 6, 3\]; .* axis 1 must be a number .* --input-shape SIZE,6,3$/,
  ],
  [
    "an input shape that does not fit",
    made((m, x) => m.node("Relu", [x]), [-1, -1, 6, 3]),
    /^--input-shape 8,7,3 does not fit input "image" of shape \[\?, \?, 6, 3\]; give 3 sizes, without the batch$/,
    { image: [8, 7, 3] },
  ],
  ["a batch", made((m, x) => m.node("Relu", [x]), [4, 6]), /^input "image" has shape \[4, 6\]; .* takes a batch of 1$/],
  ["a constant output", made((m) => m.whole(1)), /^the output "result" is a constant; leave it out of the signature$/],
  [
    "a node that is not there",
    made((m) => m.node("Relu", ["lost"], {}, "relu")),
    /^the graph has no node "lost", which node "relu" \(Relu\) names/,
  ],
];
for (const [title, model, message, shapes] of refused)
  test(`refused: ${title}`, (t) => {
    const error = t.throws(() => graphOfGraphModel(model, "model", shapes));
    t.is(error.name, "UserError");
    t.regex(error.message, message);
  });

test("a free size is fixed by the caller", (t) => {
  const model = made(
    (m, x) => m.node("MaxPool", [x], { ...window, ksize: [1, 2, 2, 1], strides: [1, 2, 2, 1] }),
    [-1, -1, -1, 3],
  );
  for (const shapes of [{ image: [8, 6, 3] }, { "": [8, 6, 3] }] as InputShapes[]) {
    const { tensors, outputs } = graphOfGraphModel(model, "model", shapes);
    t.deepEqual(tensors[outputs[0]!]!.shape, [1, 4, 3, 3]);
  }
});
