/** Pooling, resizing, and blocks of an image. */
import { constantIntegers, fromFirst, refuseNode, requireChannelsLast, shapeOf, type TranslateOp } from "./types.js";
import type { Reduction } from "../../builder.js";

const pool =
  (op: "MAX_POOL_2D" | "AVERAGE_POOL_2D"): TranslateOp =>
  (place) => {
    const { builder, attributes, inputs } = place;
    requireChannelsLast(place);
    const [batch, height, width, channels] = attributes.numbers("ksize") as [number, number, number, number];
    if (batch !== 1 || channels !== 1)
      refuseNode(place, `its window is ${attributes.numbers("ksize").join("x")}`, "a window over height and width");
    const [, strideH, strideW] = attributes.numbers("strides") as [number, number, number];
    const padding = attributes.text("padding");
    if (padding !== "SAME" && padding !== "VALID") refuseNode(place, `padding ${padding}`, "padding SAME or VALID");
    return builder.pool(op, inputs[0]!, [height, width], { strides: [strideH, strideW], padding: padding });
  };

const resize =
  (op: "RESIZE_BILINEAR" | "RESIZE_NEAREST_NEIGHBOR"): TranslateOp =>
  (place) => {
    const { attributes, builder, inputs } = place;
    return builder.resize(op, inputs[0]!, constantIntegers(place, 1, "size") as [number, number], {
      alignCorners: attributes.flag("align_corners"),
      halfPixelCenters: attributes.flag("half_pixel_centers"),
    });
  };

const reduction =
  (op: Reduction): TranslateOp =>
  (place) => {
    const { attributes, builder, inputs } = place;
    const axes = fromFirst(constantIntegers(place, 1, "axes"), shapeOf(place).length);
    return axes.length === 0 ? inputs[0]! : builder.reduce(op, inputs[0]!, axes, attributes.flag("keep_dims"));
  };

export const imageOps = {
  MaxPool: pool("MAX_POOL_2D"),
  AvgPool: pool("AVERAGE_POOL_2D"),
  ResizeBilinear: resize("RESIZE_BILINEAR"),
  ResizeNearestNeighbor: resize("RESIZE_NEAREST_NEIGHBOR"),
  DepthToSpace: (place) => {
    requireChannelsLast(place);
    const blockSize = place.attributes.number("block_size");
    const [batch, height, width, channels] = shapeOf(place) as [number, number, number, number];
    const shape = [batch, height * blockSize, width * blockSize, channels / blockSize ** 2];
    return place.builder.node("DEPTH_TO_SPACE", [place.inputs[0]!], shape, { blockSize });
  },
  Mean: reduction("MEAN"),
  Sum: reduction("SUM"),
  Max: reduction("REDUCE_MAX"),
  Min: reduction("REDUCE_MIN"),
} satisfies Record<string, TranslateOp>;
