/** Convolution and pooling in three dimensions of space, image by image along the first of them: no engine for microcontrollers has operators for it. */
import type { LayerName } from "../../graph/operators/layers.js";
import { sizeOf } from "../../graph/graph.js";
import type { GraphBuilder, Padding } from "../builder.js";
import { scaled } from "../functions.js";
import { reorder } from "../reorder.js";
import { applyActivation } from "./activation.js";
import { refuse, requireRank, weight, type LayerView, type Translate } from "./types.js";

type Triple = [depth: number, height: number, width: number];

const triple = (value: unknown): Triple => {
  const list = Array.isArray(value) ? value.map(Number) : [Number(value), Number(value), Number(value)];
  return list as Triple;
};

interface Window {
  size: Triple;
  strides: Triple;
  dilation: Triple;
  padding: Padding;
}

function windowOf(layer: LayerView, sizeName: "kernelSize" | "poolSize"): Window {
  if (layer.config["dataFormat"] === "channelsFirst")
    refuse(layer, "its channels come first", "channels last, by a Permute before the first such layer");
  const size = triple(layer.config[sizeName]);
  return {
    size,
    strides: triple(layer.config["strides"] ?? (sizeName === "poolSize" ? size : 1)),
    dilation: triple(layer.config["dilationRate"] ?? 1),
    padding: String(layer.config["padding"]).toUpperCase() as Padding,
  };
}

interface Tap {
  /** In the window. */
  at: number;
  image: number;
}

/** For each place of the window along the depth those of its parts that are not in the padding. */
function places(depth: number, { size: [size], strides: [stride], dilation: [dilation], padding }: Window): Tap[][] {
  const reach = (size - 1) * dilation + 1;
  const count = padding === "SAME" ? Math.ceil(depth / stride) : Math.floor((depth - reach) / stride) + 1;
  const before = padding === "SAME" ? Math.floor(Math.max(0, (count - 1) * stride + reach - depth) / 2) : 0;
  return Array.from({ length: count }, (_, place) =>
    Array.from({ length: size }, (_, at): Tap => ({ at, image: place * stride - before + at * dilation })).filter(
      ({ image }) => image >= 0 && image < depth,
    ),
  );
}

/** What `make` makes of the images under each place of the window, one behind the other. */
function alongDepth(
  builder: GraphBuilder,
  layer: LayerView,
  input: number,
  window: Window,
  make: (taps: readonly Tap[], image: (at: number) => number) => number,
): number {
  const [batch, depth, ...shape] = requireRank(builder, layer, input, [5]) as [number, number, ...number[]];
  const all = places(depth, window);
  builder.unrolled(layer.className, all.length);
  // TensorFlow Lite Micro slices and joins at most four axes.
  const rows = builder.reshape(input, [batch, depth, sizeOf(shape)]);
  const images = new Map<number, number>();
  const image = (at: number): number => {
    const known = images.get(at);
    if (known !== undefined) return known;
    const row = depth === 1 ? rows : builder.slice(rows, [0, at, 0], [batch, at + 1, sizeOf(shape)]);
    const made = builder.reshape(row, [batch, ...shape]);
    images.set(at, made);
    return made;
  };
  return builder.sharingIntegers(() => {
    const made = all.map((taps) => make(taps, image));
    const out = builder.shape(made[0]!).slice(1);
    const parts = made.map((part) => builder.reshape(part, [batch, 1, sizeOf(out)]));
    const joined = parts.length > 1 ? builder.concatenate(parts, 1) : parts[0]!;
    return builder.reshape(joined, [batch, made.length, ...out]);
  });
}

/** The images under the window side by side in the channels, and one convolution of them: the weights stand in the file once for each part of the window that images meet. */
const conv3d: Translate = (builder, layer, [input]) => {
  const window = windowOf(layer, "kernelSize");
  const { shape, data } = weight(layer, "kernel");
  const [, height, width, into, out] = shape as [number, number, number, number, number];
  const bias = layer.weights["bias"]?.data ?? new Float32Array(out);
  const each = sizeOf(shape.slice(1));
  const kernels = new Map<string, Float32Array>();
  const kernelOf = (taps: readonly Tap[]): Float32Array => {
    const key = taps.map(({ at }) => at).join();
    const parts = Float32Array.from(taps.flatMap(({ at }) => [...data.subarray(at * each, (at + 1) * each)]));
    const made = kernels.get(key) ?? reorder(parts, [taps.length, height, width, into, out], [4, 1, 2, 0, 3]);
    kernels.set(key, made);
    return made;
  };
  const [strides, dilation] = [window.strides, window.dilation].map(([, ...plane]) => plane) as [
    [number, number],
    [number, number],
  ];
  const result = alongDepth(builder, layer, input!, window, (taps, image) => {
    const images = taps.map((tap) => image(tap.image));
    const kernel = builder.constant("kernel", [out, height, width, taps.length * into], kernelOf(taps));
    return builder.conv(
      images.length > 1 ? builder.concatenate(images, 3) : images[0]!,
      kernel,
      builder.constant("bias", [out], bias),
      { strides, dilation, padding: window.padding },
    );
  });
  return applyActivation(builder, layer, result);
};

/** Each image pooled, and then those under the window; neither counts what is padding. */
const pooling =
  (op: "MAX_POOL_2D" | "AVERAGE_POOL_2D"): Translate =>
  (builder, layer, [input]) => {
    const window = windowOf(layer, "poolSize");
    const [, ...size] = window.size;
    const [, ...strides] = window.strides;
    const pooled = new Map<number, number>();
    return alongDepth(builder, layer, input!, window, (taps, image) => {
      const planes = taps.map((tap) => {
        const made =
          pooled.get(tap.image) ?? builder.pool(op, image(tap.image), size, { strides, padding: window.padding });
        pooled.set(tap.image, made);
        return made;
      });
      const join = op === "MAX_POOL_2D" ? "MAXIMUM" : "ADD";
      const joined = planes.reduce((a, b) => builder.elementwise(join, a, b));
      return op === "MAX_POOL_2D" || planes.length === 1 ? joined : scaled(builder, joined, 1 / planes.length, 0);
    });
  };

export const volumeLayers = {
  Conv3D: conv3d,
  MaxPooling3D: pooling("MAX_POOL_2D"),
  AveragePooling3D: pooling("AVERAGE_POOL_2D"),
} satisfies { [layer in LayerName]?: Translate };
