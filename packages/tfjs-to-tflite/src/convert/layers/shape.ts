import type { LayerName } from "../../graph/operators/layers.js";
import type { GraphBuilder, Padding } from "../builder.js";
import { sizeOf } from "../../graph/graph.js";
import { asImage, pair, refuse, requireRank, type Translate } from "./types.js";

type Pairs = readonly (readonly [number, number])[];

const pooling =
  (op: "MAX_POOL_2D" | "AVERAGE_POOL_2D", oneDimensional: boolean): Translate =>
  (builder, layer, [input]) => {
    const column = (value: unknown): [number, number] => (oneDimensional ? [pair(value)[0], 1] : pair(value));
    const size = column(layer.config["poolSize"]);
    const strides = column(layer.config["strides"] ?? layer.config["poolSize"]);
    const padding = String(layer.config["padding"]).toUpperCase() as Padding;
    return asImage(builder, layer, input!, oneDimensional, (image) =>
      builder.pool(op, image, size, { strides, padding }),
    );
  };

/** One pooling window over the whole image. As int8 an average becomes a MEAN where that wins a bit (quantize/averages.ts). */
const globalPooling =
  (op: "MAX_POOL_2D" | "AVERAGE_POOL_2D", rank: number): Translate =>
  (builder, layer, [input]) => {
    const shape = requireRank(builder, layer, input!, [rank]);
    const [height, width, channels] = rank === 3 ? [shape[1]!, 1, shape[2]!] : [shape[1]!, shape[2]!, shape[3]!];
    const image = builder.reshape(input!, [1, height, width, channels]);
    return builder.reshape(builder.pool(op, image, [height, width], { strides: [1, 1], padding: "VALID" }), [
      1,
      channels,
    ]);
  };

const reshape: Translate = (builder, layer, [input]) => {
  const target = (layer.config["targetShape"] as (number | null)[]).map((n) => (n === null || n < 0 ? -1 : n));
  const known = target.filter((n) => n !== -1).reduce((product, n) => product * n, 1);
  const free = sizeOf(builder.shape(input!)) / known;
  return builder.reshape(input!, [1, ...target.map((n) => (n === -1 ? free : n))]);
};

/** [[before, after], ...] of the spatial axes, however the config writes it. */
function amounts(value: unknown, oneDimensional: boolean): Pairs {
  if (oneDimensional) return [pair(value)];
  if (!Array.isArray(value)) return [pair(value), pair(value)];
  return (value as unknown[]).map((each) => pair(each));
}

const padding =
  (oneDimensional: boolean): Translate =>
  (builder, layer, [input]) => {
    return builder.pad(input!, [[0, 0], ...amounts(layer.config["padding"], oneDimensional), [0, 0]]);
  };

const cropping =
  (oneDimensional: boolean): Translate =>
  (builder, layer, [input]) => {
    const shape = builder.shape(input!);
    const cuts = [[0, 0], ...amounts(layer.config["cropping"], oneDimensional), [0, 0]] as Pairs;
    const end = shape.map((n, axis) => n - cuts[axis]![1]);
    if (end.some((last, axis) => last <= cuts[axis]![0]))
      refuse(layer, `it crops all of its input [${shape.join(", ")}]`, "a smaller cropping");
    return builder.slice(
      input!,
      cuts.map(([before]) => before),
      end,
    );
  };

/** Each element `times` times along an axis: concatenated beside itself, then flattened; every engine has those two operators. */
function repeat(builder: GraphBuilder, input: number, axis: number, times: number): number {
  if (times === 1) return input;
  const shape = builder.shape(input);
  const rows = builder.reshape(input, [1, sizeOf(shape.slice(0, axis + 1)), 1, sizeOf(shape.slice(axis + 1))]);
  const wide = builder.concatenate(
    Array.from({ length: times }, () => rows),
    2,
  );
  return builder.reshape(
    wide,
    shape.map((n, i) => (i === axis ? n * times : n)),
  );
}

const upSampling =
  (oneDimensional: boolean): Translate =>
  (builder, layer, [input]) => {
    const size = pair(layer.config["size"]);
    if (layer.config["interpolation"] === "bilinear") {
      const [, height, width] = builder.shape(input!) as [number, number, number];
      return builder.resize("RESIZE_BILINEAR", input!, [height * size[0], width * size[1]]);
    }
    const tall = repeat(builder, input!, 1, size[0]);
    return oneDimensional ? tall : repeat(builder, tall, 2, size[1]);
  };

/** [1, n] to [1, times, n]. */
const repeatVector: Translate = (builder, layer, [input]) => {
  const [batch, channels] = requireRank(builder, layer, input!, [2]) as [number, number];
  const row = builder.reshape(input!, [batch, 1, channels]);
  const times = Number(layer.config["n"]);
  return times === 1
    ? row
    : builder.concatenate(
        Array.from({ length: times }, () => row),
        1,
      );
};

/** What it masks with 0 is 0 already; that no layer behind it skips masked steps is checked before. */
const masking: Translate = (_, layer, [input]) => {
  const value = Number(layer.config["maskValue"] ?? 0);
  return value === 0 ? input! : refuse(layer, `it masks steps of ${value}`, "a maskValue of 0, with samples to match");
};

const same: Translate = (_, __, [input]) => input!;

export const shapeLayers = {
  MaxPooling1D: pooling("MAX_POOL_2D", true),
  MaxPooling2D: pooling("MAX_POOL_2D", false),
  AveragePooling1D: pooling("AVERAGE_POOL_2D", true),
  AveragePooling2D: pooling("AVERAGE_POOL_2D", false),
  GlobalAveragePooling1D: globalPooling("AVERAGE_POOL_2D", 3),
  GlobalAveragePooling2D: globalPooling("AVERAGE_POOL_2D", 4),
  GlobalMaxPooling1D: globalPooling("MAX_POOL_2D", 3),
  GlobalMaxPooling2D: globalPooling("MAX_POOL_2D", 4),
  Flatten: (builder, _, [input]) => {
    return builder.reshape(input!, [1, sizeOf(builder.shape(input!))]);
  },
  Reshape: reshape,
  Permute: (builder, layer, [input]) => builder.transpose(input!, [0, ...(layer.config["dims"] as number[])]),
  ZeroPadding1D: padding(true),
  ZeroPadding2D: padding(false),
  Cropping1D: cropping(true),
  Cropping2D: cropping(false),
  UpSampling1D: upSampling(true),
  UpSampling2D: upSampling(false),
  RepeatVector: repeatVector,
  Masking: masking,
  // Only while training.
  Dropout: same,
  SpatialDropout1D: same,
  GaussianNoise: same,
  GaussianDropout: same,
  AlphaDropout: same,
} satisfies { [layer in LayerName]?: Translate };
