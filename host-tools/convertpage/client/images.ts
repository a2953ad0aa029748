/** Pictures as samples of a network that takes one: decoded, resized and normalized by the browser, in the worker. */
import { UserError, type ArraySamples, type ModelInput } from "tfjs-to-tflite/web.js";
import type { Part } from "./messages.js";

/** How a picture of another shape comes to the network's: stretched, or the largest piece of its middle. */
export const fits = ["stretch", "crop"] as const;
export type Fit = (typeof fits)[number];

export interface ImageOptions {
  fit: Fit;
  /** (x - mean) / std of values from 0 to 255: one number for all channels, or one for each. */
  mean: readonly number[];
  std: readonly number[];
}

const endings = /\.(png|jpe?g|webp|gif|bmp|avif)$/i;
export const isImage = ({ path }: Part): boolean => endings.test(path);

/** What a network takes. */
export interface Picture {
  height: number;
  width: number;
  /** 1 is grey, 3 is red, green and blue. */
  channels: 1 | 3;
  channelsFirst: boolean;
}

const isChannels = (size: number | null | undefined): size is 1 | 3 => size === 1 || size === 3;

/** @param inputs of the network, their free sizes given @throws UserError when it takes no picture */
export function pictureOf(inputs: readonly ModelInput[]): Picture {
  const [input, other] = inputs;
  const [a, b, c] = input?.shape ?? [];
  if (input && !other && input.shape?.length === 3 && a && b && c) {
    if (isChannels(c)) return { height: a, width: b, channels: c, channelsFirst: false };
    if (isChannels(a)) return { height: b, width: c, channels: a, channelsFirst: true };
  }
  const shapes = inputs.map(
    ({ name, shape }) => `"${name}" of ${shape ? `[${shape.map((size) => size ?? "?").join(", ")}]` : "unknown shape"}`,
  );
  throw new UserError(
    `samples: pictures fit a model with one input of [height, width, channels], 1 or 3 channels; this one has ${shapes.join(", ")}. Give its samples as .npy, .csv, .json or raw float32`,
  );
}

/** Red, green and blue to grey by ITU-R BT.601. */
const grey = [0.299, 0.587, 0.114] as const;

/**
 * Numbers of a picture as a network takes them.
 * @param rgba of as many pixels as the network's, as a canvas has them
 */
export function numbersOf(rgba: Uint8ClampedArray, picture: Picture, { mean, std }: ImageOptions): Float32Array {
  const { height, width, channels, channelsFirst } = picture;
  const pixels = height * width;
  const numbers = new Float32Array(pixels * channels);
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let channel = 0; channel < channels; channel++) {
      const value =
        channels === 3
          ? rgba[4 * pixel + channel]!
          : grey.reduce((sum, share, part) => sum + share * rgba[4 * pixel + part]!, 0);
      const at = channelsFirst ? channel * pixels + pixel : pixel * channels + channel;
      numbers[at] = (value - mean[channel % mean.length]!) / std[channel % std.length]!;
    }
  return numbers;
}

async function decoded(part: Part): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(part.file);
  } catch {
    throw new UserError(`${part.path}: the browser cannot read it as a picture`);
  }
}

/** Beside the model: more would not fit a tab. */
const mostBytes = 1 << 28;

/** @param progress is told of the share that is done */
export async function imageSamples(
  all: readonly Part[],
  picture: Picture,
  options: ImageOptions,
  progress: (done: number) => void,
): Promise<ArraySamples> {
  const { height, width, channels, channelsFirst } = picture;
  const size = height * width * channels;
  const count = Math.min(all.length, Math.max(1, Math.floor(mostBytes / (4 * size))));
  const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  canvas.imageSmoothingQuality = "high";
  const data = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const bitmap = await decoded(all[Math.floor((i * all.length) / count)]!);
    const scale = Math.min(bitmap.width / width, bitmap.height / height);
    const [w, h] = options.fit === "crop" ? [width * scale, height * scale] : ([bitmap.width, bitmap.height] as const);
    // What is transparent is white, as on paper.
    canvas.fillStyle = "white";
    canvas.fillRect(0, 0, width, height);
    canvas.drawImage(bitmap, (bitmap.width - w) / 2, (bitmap.height - h) / 2, w, h, 0, 0, width, height);
    bitmap.close();
    data.set(numbersOf(canvas.getImageData(0, 0, width, height).data, picture, options), i * size);
    progress((i + 1) / count);
  }
  return { data, shape: [count, ...(channelsFirst ? [channels, height, width] : [height, width, channels])] };
}
