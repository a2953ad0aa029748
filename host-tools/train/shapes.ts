import { UserError } from "../lib/errors.js";

/** Depthwise-separable layers along time, over all features of a frame at once. */
export interface SeparableShape {
  kind: "separable";
  /** Of each layer. */
  filters: number[];
  /** Along time, of each layer. */
  strides: number[];
  /** Frames that a filter spans. */
  kernel: number;
  /** Filters of an ordinary convolution before them, with twice the kernel and stride 2, for raw samples: a depthwise filter sees only one sensor. None: 0. */
  stem?: number;
}

/** The window as an image of frames and features: an ordinary convolution, then depthwise-separable ones in both directions. */
export interface ImageShape {
  kind: "image";
  filters: number[];
  kernel: number;
}

/** Dense layers over the whole window. */
export interface DenseShape {
  kind: "dense";
  units: number[];
}

export type NetworkShape = (SeparableShape | ImageShape | DenseShape) & {
  /** Share of the last layer's inputs that are left out at random in training. Costs nothing on the node. */
  dropout?: number;
};

/**
 * Three depthwise-separable layers, about 525,000 parameters. Time shrinks as layers widen, so that the widest product runs on few steps;
 * the first layers are narrow and the second is the one that pruning can thin most, as both of the large products lose with it.
 */
export const defaultShape: NetworkShape = {
  kind: "separable",
  filters: [160, 512, 840],
  strides: [2, 2, 2],
  kernel: 3,
};

/** Fewer steps than these are left alone: nothing is gained by shrinking them. */
const fewSteps = 4;
/** From as many frames on a window is taken for raw samples. */
const rawFrames = 64;
const familyDropout = 0.25;

export const shapeHelp =
  "default, or separable-, image- or dense- and widths, such as separable-16-32-48, image-8-16, dense-64-32; -k9: filters of 9 frames";

/**
 * @param name as `shapeHelp` says
 * @param frames of the node's windows
 * @throws UserError for another name
 */
export function parseShape(name: string, frames: number): NetworkShape {
  if (name === "default") return defaultShape;
  const match = /^(separable|image|dense)((?:-[1-9]\d{0,3}){1,8})(?:-k([1-9]\d?))?$/.exec(name);
  if (!match || (match[1] === "dense" && match[3]))
    throw new UserError(`--shape ${name}: no such shape; expected ${shapeHelp}`);
  const widths = match[2]!.slice(1).split("-").map(Number);
  const dropout = familyDropout;
  if (match[1] === "dense") return { kind: "dense", units: widths, dropout };
  const isRaw = frames >= rawFrames;
  const kernel = Math.min(Number(match[3] ?? (isRaw && match[1] === "separable" ? 9 : 3)), frames);
  if (match[1] === "image") return { kind: "image", filters: widths, kernel, dropout };
  if (!isRaw) return { kind: "separable", filters: widths, strides: stridesOf(frames, widths.length), kernel, dropout };
  const [stem = 0, ...filters] = widths.length > 1 ? widths : [0, ...widths];
  return {
    kind: "separable",
    filters,
    strides: stridesOf(stem ? Math.ceil(frames / 2) : frames, filters.length),
    kernel,
    dropout,
    ...(stem && { stem }),
  };
}

/** Halves the steps with each layer while there are some left. */
function stridesOf(frames: number, layers: number): number[] {
  let steps = frames;
  return Array.from({ length: layers }, () => {
    const stride = steps > fewSteps ? 2 : 1;
    steps = Math.ceil(steps / stride);
    return stride;
  });
}

/** What a search tries: from some thousand parameters on, a factor of two or so apart. */
export function familyOf(frames: number): string[] {
  const isRaw = frames >= rawFrames;
  const separable = isRaw
    ? ["8-16-24", "16-24-32-48", "24-48-64-96", "32-64-96-128"].flatMap((widths) => [`${widths}-k5`, `${widths}-k9`])
    : ["16-32", "24-48-64", "48-96-128", "96-192-256"];
  return [
    ...separable.map((widths) => `separable-${widths}`),
    ...(isRaw ? [] : ["image-8-16", "image-16-32"]),
    "dense-32",
    "dense-64-32",
  ];
}
