import { GraphModelMaker, real } from "./graphModels.js";

interface OpCase {
  /** Shapes of the inputs, the batch first. */
  inputs: number[][];
  /** Adds nodes. @returns what the model gives, by name in its signature */
  build: (m: GraphModelMaker, inputs: string[]) => string | string[];
}

const window = { strides: [1, 1, 1, 1], dilations: [1, 1, 1, 1], padding: "SAME", data_format: "NHWC" } as const;
const strided = { ...window, strides: [1, 2, 2, 1], padding: "VALID" } as const;
const image = [[-1, 8, 6, 3]];
const row = [[-1, 5]];
const masks = { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0 };
const masked = (more: Partial<typeof masks>): typeof masks => ({ ...masks, ...more });

const over1 = (m: GraphModelMaker, x: string): string => m.node("AddV2", [m.node("Square", [x]), m.reals([], 1, 1)]);
const unary = (op: string, attributes = {}, inputs = image): OpCase => ({
  inputs,
  build: (m, [x]) => m.node(op, [x!], attributes),
});
/** Of two inputs, and with a constant for every channel, one for all, and one for every element, on either side. */
const binary = (op: string): [string, OpCase][] => [
  [
    op,
    {
      inputs: [image[0]!, image[0]!],
      // A divisor near 0 has no quotients that eight bits could hold.
      build: (m, [a, b]) => m.node(op, [a!, op === "RealDiv" ? over1(m, b!) : b!]),
    },
  ],
  ...([[3], [], [1, 8, 6, 3], [6, 1]] as number[][]).flatMap((shape): [string, OpCase][] => [
    [
      `${op} with [${shape.join(", ")}]`,
      { inputs: image, build: (m, [x]) => m.node(op, [x!, m.reals(shape, 0.5, 2)]) },
    ],
    [
      `[${shape.join(", ")}] ${op}`,
      {
        inputs: [[-1, 8, 6, 3]],
        build: (m, [x]) => m.node(op, [m.reals(shape, 0.5, 2), over1(m, x!)]),
      },
    ],
  ]),
];
const fused = (...names: string[]): OpCase => ({
  inputs: image,
  build: (m, [x]) => {
    const more = names.includes("Prelu") ? [m.reals([4], 0, 0.5)] : [];
    return m.node("_FusedConv2D", [x!, m.reals([3, 3, 3, 4]), m.reals([4]), ...more], {
      ...window,
      fused_ops: names,
      num_args: 1 + more.length,
      leakyrelu_alpha: 0.25,
    });
  },
});
const reduced = (op: string, keep_dims: boolean): [string, OpCase] => [
  `${op}, ${keep_dims ? "keeping" : "dropping"} axes`,
  { inputs: image, build: (m, [x]) => m.node(op, [x!, m.integers(1, -2)], { keep_dims }) },
];
const resized = (op: string, align_corners: boolean, half_pixel_centers: boolean): [string, OpCase] => [
  `${op} ${align_corners}, ${half_pixel_centers}`,
  { inputs: image, build: (m, [x]) => m.node(op, [x!, m.integers(11, 9)], { align_corners, half_pixel_centers }) },
];

const zero = (m: GraphModelMaker): string => m.reals([], 0, 0);
/** A PReLU of x, as frameworks without an op for it write it. */
export const preluForms: readonly (readonly [string, (m: GraphModelMaker, x: string) => string])[] = [
  [
    "relu(x) - alpha relu(-x)",
    (m, x) =>
      m.node("Sub", [
        m.node("Relu", [x]),
        m.node("Mul", [m.reals([3], 0.1, 0.5), m.node("Relu", [m.node("Neg", [x])])]),
      ]),
  ],
  [
    "-alpha relu(-x) + relu(x), alpha for each pixel",
    (m, x) =>
      m.node("AddV2", [
        m.node("Mul", [m.reals([8, 6, 3], -0.5, -0.1), m.node("Relu", [m.node("Neg", [x])])]),
        m.node("Relu", [x]),
      ]),
  ],
  [
    "max(0, x) + alpha min(0, x)",
    (m, x) =>
      m.node("AddV2", [
        m.node("Maximum", [zero(m), x]),
        m.node("Mul", [m.reals([3], 0.1, 0.5), m.node("Minimum", [zero(m), x])]),
      ]),
  ],
  [
    "relu(x) + alpha (x - |x|) / 2",
    (m, x) =>
      m.node("Add", [
        m.node("Relu", [x]),
        m.node("Mul", [m.node("Sub", [x, m.node("Abs", [x])]), m.reals([3], 0.05, 0.25)]),
      ]),
  ],
  [
    "relu(x) - 0.25 relu(-x)",
    (m, x) =>
      m.node("Sub", [
        m.node("Relu", [x]),
        m.node("Mul", [m.reals([], 0.25, 0.25), m.node("Relu", [m.node("Neg", [x])])]),
      ]),
  ],
];

/** Small models that together have every op that loam translates. */
export const opCases: readonly (readonly [string, OpCase])[] = [
  ["Conv2D", { inputs: image, build: (m, [x]) => m.node("Conv2D", [x!, m.reals([3, 2, 3, 4])], window) }],
  ["Conv2D, strided", { inputs: image, build: (m, [x]) => m.node("Conv2D", [x!, m.reals([3, 3, 3, 4])], strided) }],
  [
    "Conv2D, dilated",
    {
      inputs: image,
      build: (m, [x]) => m.node("Conv2D", [x!, m.reals([3, 3, 3, 4])], { ...window, dilations: [1, 2, 2, 1] }),
    },
  ],
  ...[0, 1].map((extra): [string, OpCase] => [
    `a dilated convolution by SpaceToBatchND, ${extra} cropped`,
    {
      // One more of width must be padded to fill whole blocks, and is cropped.
      inputs: [[-1, 8, 6 - extra, 3]],
      build: (m, [x]) => {
        const blocks = m.integers(2, 2);
        const space = m.node("SpaceToBatchND", [x!, blocks, m.constant([2, 2], Int32Array.of(2, 2, 2, 2 + extra))]);
        const conv = m.node("DepthwiseConv2dNative", [space, m.reals([3, 3, 3, 1])], { ...window, padding: "VALID" });
        const biased = m.node("BiasAdd", [conv, m.reals([3])], { data_format: "NHWC" });
        return m.node("BatchToSpaceND", [biased, blocks, m.constant([2, 2], Int32Array.of(0, 0, 0, extra))]);
      },
    },
  ]),
  [
    "Conv2D, padded by hand",
    {
      inputs: image,
      build: (m, [x]) =>
        m.node("Conv2D", [x!, m.reals([3, 3, 3, 4])], {
          ...strided,
          padding: "EXPLICIT",
          explicit_paddings: [0, 0, 1, 0, 2, 1, 0, 0],
        }),
    },
  ],
  ...[
    ["BiasAdd"],
    ["BiasAdd", "Relu"],
    ["BiasAdd", "Relu6"],
    ["BiasAdd", "Prelu"],
    ["BiasAdd", "LeakyRelu"],
    ["BiasAdd", "Elu"],
  ].map((names): [string, OpCase] => [`_FusedConv2D of ${names.join(", ")}`, fused(...names)]),
  ...["DepthwiseConv2dNative", "DepthwiseConv2d"].map((op): [string, OpCase] => [
    op,
    { inputs: image, build: (m, [x]) => m.node(op, [x!, m.reals([3, 3, 3, 2])], window) },
  ]),
  [
    "FusedDepthwiseConv2dNative",
    {
      inputs: image,
      build: (m, [x]) =>
        m.node("FusedDepthwiseConv2dNative", [x!, m.reals([3, 3, 3, 1]), m.reals([3])], {
          ...strided,
          fused_ops: ["BiasAdd", "Relu6"],
          num_args: 1,
        }),
    },
  ],
  [
    "Conv2DBackpropInput",
    {
      inputs: image,
      build: (m, [x]) =>
        m.node("BiasAdd", [
          m.node("Conv2DBackpropInput", [m.integers(1, 16, 12, 4), m.reals([3, 3, 4, 3]), x!], {
            ...window,
            strides: [1, 2, 2, 1],
          }),
          m.reals([4]),
        ]),
    },
  ],
  [
    "Conv2DBackpropInput, its shape computed",
    {
      inputs: image,
      build: (m, [x]) => {
        const sizes = [1, 2].map((axis) => {
          const size = m.node(
            "StridedSlice",
            [
              m.node("Shape", [x!], { out_type: { type: "DT_INT32" } }),
              m.integers(axis),
              m.integers(axis + 1),
              m.integers(1),
            ],
            masked({ shrink_axis_mask: 1 }),
          );
          return m.node("Mul", [size, m.whole(2)]);
        });
        const shape = m.node("Pack", [m.whole(1), ...sizes, m.whole(4)], { axis: 0, N: 4 });
        return m.node("Conv2DBackpropInput", [shape, m.reals([2, 2, 4, 3]), x!], {
          ...window,
          strides: [1, 2, 2, 1],
          padding: "VALID",
        });
      },
    },
  ],
  [
    "MatMul",
    {
      inputs: row,
      build: (m, [x]) => m.node("MatMul", [x!, m.reals([5, 4])], { transpose_a: false, transpose_b: false }),
    },
  ],
  [
    "MatMul, transposed",
    {
      inputs: row,
      build: (m, [x]) => m.node("MatMul", [x!, m.reals([4, 5])], { transpose_a: false, transpose_b: true }),
    },
  ],
  [
    "MatMul of two computed matrices",
    {
      inputs: [[-1, 5], image[0]!],
      build: (m, [x, y]) => {
        const columns = m.node("Reshape", [y!, m.integers(4, 36)]);
        const rows = m.node("Reshape", [x!, m.integers(5, 1)]);
        const outer = m.node("MatMul", [rows, m.reals([1, 4])], { transpose_a: false, transpose_b: false });
        return m.node("MatMul", [outer, columns], { transpose_a: false, transpose_b: false });
      },
    },
  ],
  ...[
    { adj_x: false, adj_y: false },
    { adj_x: true, adj_y: true },
  ].map((attributes): [string, OpCase] => [
    `BatchMatMulV2${attributes.adj_x ? ", transposed" : ""}`,
    {
      inputs: [[-1, 2, 3, 4], attributes.adj_x ? [-1, 2, 5, 3] : [-1, 2, 4, 5]],
      build: (m, [a, b]) => m.node("BatchMatMulV2", [a!, b!], attributes),
    },
  ]),
  [
    "BatchMatMul with constants",
    {
      inputs: [[-1, 3, 4]],
      build: (m, [x]) => [
        m.node("BatchMatMul", [x!, m.reals([1, 4, 5])], { adj_x: false, adj_y: false }),
        m.node("BatchMatMul", [m.reals([1, 5, 3]), x!], { adj_x: false, adj_y: false }),
      ],
    },
  ],
  [
    "GatherV2, places of an axis",
    {
      inputs: image,
      build: (m, [x]) => [
        m.node("GatherV2", [x!, m.integers(7, 1, 3, 5, 5), m.whole(1)]),
        m.node("GatherV2", [x!, m.constant([2, 2], Int32Array.of(2, 1, 0, 2)), m.whole(-1)]),
      ],
    },
  ],
  [
    "Gather, rows of a table",
    { inputs: [[-1, 4]], build: (m, [x]) => m.node("Tanh", [m.node("Gather", [m.reals([9, 3]), x!])]) },
  ],
  [
    "GatherV2, rows of a table by numbers that are cast",
    {
      inputs: [[-1, 4]],
      build: (m, [x]) =>
        m.node("GatherV2", [
          m.reals([9, 2, 3]),
          m.node("Cast", [x!], { SrcT: real, DstT: { type: "DT_INT32" } }),
          m.whole(0),
        ]),
    },
  ],
  [
    "_FusedMatMul",
    {
      inputs: row,
      build: (m, [x]) =>
        m.node("_FusedMatMul", [x!, m.reals([5, 4]), m.reals([4], 1, 2)], {
          transpose_a: false,
          transpose_b: false,
          fused_ops: ["BiasAdd", "Relu"],
          num_args: 1,
        }),
    },
  ],
  [
    "MatMul and a normalization by constants",
    {
      inputs: row,
      build: (m, [x]) => {
        const scale = m.node("Mul", [
          m.node("Rsqrt", [m.node("AddV2", [m.reals([4], 0.5, 2), m.reals([], 0.001, 0.001)])]),
          m.reals([4], 0.5, 2),
        ]);
        return m.node("AddV2", [
          m.node("Mul", [m.node("MatMul", [x!, m.reals([5, 4])], { transpose_a: false, transpose_b: false }), scale]),
          m.reals([4]),
        ]);
      },
    },
  ],
  ...["Add", "AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "SquaredDifference"].flatMap(binary),
  ["BiasAdd", { inputs: image, build: (m, [x]) => m.node("BiasAdd", [x!, m.reals([3])], { data_format: "NHWC" }) }],
  ["Div", { inputs: row, build: (m, [x]) => m.node("Div", [x!, m.reals([5], 1, 2)]) }],
  ["AddN", { inputs: [...image, ...image, ...image], build: (m, inputs) => m.node("AddN", inputs, { N: 3 }) }],
  ...[
    "Square",
    "Neg",
    "Abs",
    "Relu",
    "Relu6",
    "Elu",
    "Selu",
    "Softplus",
    "Sigmoid",
    "Tanh",
    "Softmax",
    "LogSoftmax",
    "Identity",
    "StopGradient",
    "PreventGradient",
    "Snapshot",
    "CheckNumerics",
    "Exp",
    "Sin",
    "Cos",
    "Floor",
    "Ceil",
    "Round",
  ].map((op): [string, OpCase] => [op, unary(op)]),
  [
    "IdentityN",
    {
      inputs: [...image, ...row],
      build: (m, inputs) => [0, 1].map((i) => `${m.node("IdentityN", inputs, {}, `both${i}`)}:${i}`),
    },
  ],
  ...["Log", "Sqrt"].map((op): [string, OpCase] => [
    op,
    { inputs: image, build: (m, [x]) => m.node(op, [over1(m, x!)]) },
  ]),
  ...[1, 2, 0.5, -0.5, -1].map((power): [string, OpCase] => [
    `Pow of ${power}`,
    { inputs: image, build: (m, [x]) => m.node("Relu", [m.node("Pow", [over1(m, x!), m.reals([], power, power)])]) },
  ]),
  ["Softmax of a row", unary("Softmax", {}, row)],
  [
    "Rsqrt and Reciprocal",
    {
      inputs: image,
      build: (m, [x]) => {
        const positive = over1(m, x!);
        return [m.node("Rsqrt", [positive]), m.node("Reciprocal", [positive])];
      },
    },
  ],
  ["LeakyRelu", unary("LeakyRelu", { alpha: 0.125 })],
  ["Prelu", { inputs: image, build: (m, [x]) => m.node("Prelu", [x!, m.reals([1, 1, 3], 0, 0.5)]) }],
  ...preluForms.map(([what, build]): [string, OpCase] => [
    `PReLU as ${what}`,
    { inputs: image, build: (m, [x]) => build(m, m.node("Conv2D", [x!, m.reals([1, 1, 3, 3])], window)) },
  ]),
  [
    "ClipByValue",
    {
      inputs: image,
      build: (m, [x]) => [
        m.node("ClipByValue", [x!, m.reals([], -0.5, -0.5), m.reals([], 0.25, 0.25)]),
        m.node("ClipByValue", [x!, m.reals([], 0, 0), m.reals([], 6, 6)]),
      ],
    },
  ],
  [
    "a relu6 of Maximum and Minimum",
    {
      inputs: image,
      build: (m, [x]) =>
        m.node("Maximum", [m.node("Minimum", [m.node("Relu", [x!]), m.reals([], 6, 6)]), m.reals([], 0, 0)]),
    },
  ],
  ...["FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"].map((op): [string, OpCase] => [
    op,
    {
      inputs: image,
      build: (m, [x]) =>
        m.node("Relu", [
          m.node(
            op,
            [
              m.node("Conv2D", [x!, m.reals([1, 1, 3, 4])], window),
              m.reals([4]),
              m.reals([4]),
              m.reals([4]),
              m.reals([4], 0.5, 2),
            ],
            { epsilon: 0.001, is_training: false, data_format: "NHWC" },
          ),
        ]),
    },
  ]),
  ...["MaxPool", "AvgPool"].flatMap((op): [string, OpCase][] => [
    [op, unary(op, { ...strided, ksize: [1, 3, 2, 1] })],
    [`${op} with padding`, unary(op, { ...window, ksize: [1, 3, 3, 1], strides: [1, 2, 2, 1] })],
  ]),
  ...["Mean", "Sum", "Max", "Min"].flatMap((op) => [reduced(op, true), reduced(op, false)]),
  ...["ResizeBilinear", "ResizeNearestNeighbor"].flatMap((op) => [
    resized(op, false, false),
    resized(op, true, false),
    resized(op, false, true),
  ]),
  ["DepthToSpace", unary("DepthToSpace", { block_size: 2, data_format: "NHWC" }, [[-1, 3, 2, 8]])],
  ["Reshape", { inputs: image, build: (m, [x]) => m.node("Reshape", [x!, m.integers(-1, 24, 6)]) }],
  [
    "Reshape to what is computed",
    {
      inputs: image,
      build: (m, [x]) => {
        const shape = m.node("Shape", [x!], { out_type: { type: "DT_INT32" } });
        const batch = m.node(
          "StridedSlice",
          [shape, m.integers(0), m.integers(1), m.integers(1)],
          masked({ shrink_axis_mask: 1 }),
        );
        return m.node("Reshape", [x!, m.node("Pack", [batch, m.whole(144)], { axis: 0, N: 2 })]);
      },
    },
  ],
  ["Squeeze", unary("Squeeze", { squeeze_dims: [2] }, [[-1, 4, 1, 3]])],
  [
    "ExpandDims",
    {
      inputs: row,
      build: (m, [x]) => [m.node("ExpandDims", [x!, m.whole(1)]), m.node("ExpandDims", [x!, m.whole(-1)])],
    },
  ],
  [
    "Pad",
    {
      inputs: image,
      build: (m, [x]) => m.node("Pad", [x!, m.constant([4, 2], Int32Array.of(0, 0, 1, 2, 0, 1, 0, 3))]),
    },
  ],
  [
    "PadV2",
    {
      inputs: image,
      build: (m, [x]) =>
        m.node("PadV2", [x!, m.constant([4, 2], Int32Array.of(0, 0, 1, 2, 0, 1, 0, 0)), m.reals([], -2, -2)]),
    },
  ],
  ...["REFLECT", "SYMMETRIC"].map((mode): [string, OpCase] => [
    `MirrorPad ${mode}`,
    {
      inputs: image,
      build: (m, [x]) => m.node("MirrorPad", [x!, m.constant([4, 2], Int32Array.of(0, 0, 1, 2, 3, 1, 0, 0))], { mode }),
    },
  ]),
  [
    "ConcatV2",
    {
      inputs: [...image, ...image],
      build: (m, [a, b]) => [
        m.node("ConcatV2", [a!, b!, m.whole(-1)], { N: 2 }),
        m.node("ConcatV2", [a!, m.reals([1, 2, 6, 3]), m.whole(1)], { N: 2 }),
      ],
    },
  ],
  ["Concat", { inputs: [...image, ...image], build: (m, [a, b]) => m.node("Concat", [m.whole(2), a!, b!], { N: 2 }) }],
  [
    "Pack",
    {
      inputs: [...row, ...row],
      build: (m, [a, b]) => [m.node("Pack", [a!, b!], { axis: 1, N: 2 }), m.node("Pack", [a!, b!], { axis: -1, N: 2 })],
    },
  ],
  [
    "Split",
    {
      inputs: image,
      build: (m, [x]) => [0, 1].map((i) => `${m.node("Split", [m.whole(2), x!], { num_split: 2 }, `split${i}`)}:${i}`),
    },
  ],
  [
    "SplitV",
    {
      inputs: image,
      build: (m, [x]) => {
        const parts = m.node("SplitV", [x!, m.integers(2, -1), m.whole(1)], { num_split: 2 });
        return m.node("ConcatV2", [`${parts}:1`, parts, m.whole(1)], { N: 2 });
      },
    },
  ],
  ["Unpack", { inputs: image, build: (m, [x]) => `${m.node("Unpack", [x!], { axis: 2, num: 6 })}:4` }],
  ...(
    [
      ["masks", [0, 2, 9, 1], [9, -1, 9, 3], [1, 1, 1, 1], { begin_mask: 5, end_mask: 5 }],
      ["strides", [0, 1, 0, 0], [1, 8, 6, 3], [1, 3, 2, 1], {}],
      ["a dropped axis", [0, 2, 0, 0], [1, 3, 6, 3], [1, 1, 1, 1], { shrink_axis_mask: 2 }],
      ["an ellipsis", [0, 1], [0, 3], [1, 1], { ellipsis_mask: 1 }],
      ["a new axis", [0, 0, 0], [0, 0, 2], [1, 1, 1], { begin_mask: 1, end_mask: 1, new_axis_mask: 2 }],
    ] as [string, number[], number[], number[], Partial<typeof masks>][]
  ).map(([what, begin, end, steps, more]): [string, OpCase] => [
    `StridedSlice with ${what}`,
    {
      inputs: image,
      build: (m, [x]) =>
        m.node("StridedSlice", [x!, m.integers(...begin), m.integers(...end), m.integers(...steps)], masked(more)),
    },
  ]),
  [
    "Slice",
    { inputs: image, build: (m, [x]) => m.node("Slice", [x!, m.integers(0, 1, 2, 0), m.integers(-1, 3, 2, -1)]) },
  ],
  ["Tile", { inputs: image, build: (m, [x]) => m.node("Tile", [x!, m.integers(1, 2, 1, 3)]) }],
  ["Transpose", { inputs: image, build: (m, [x]) => m.node("Transpose", [x!, m.integers(0, 3, 1, 2)]) }],
  [
    "Cast of what is real already",
    { inputs: image, build: (m, [x]) => m.node("Relu", [m.node("Cast", [x!], { SrcT: real, DstT: real })]) },
  ],
];
