/** Pictures that a model takes as bytes: a uint8 input beside a normalization in the metadata. */
import { UserError } from "../lib/errors.js";
import type { InputOutput } from "../graph/emit.js";
import type { Graph } from "../graph/graph.js";
import type { SampleSet } from "../graph/sampleSet.js";
import type { Range } from "../quantize/range.js";
import type { Normalization } from "../tflite/metadata.js";

/** Of the bytes' range: how far samples may lie outside of it, and how much of it they must reach over. */
const [mostOutside, leastInside] = [0.01, 0.05];

const round = (value: number): number => Number(value.toPrecision(4));

/**
 * The Task Library and MediaPipe give a uint8 input the bytes of a picture as they are, so what byte 0 and byte 255 stand for is what they become when they
 * are normalized, and not what was measured on samples.
 * @param samples normalized @param force take samples that lie elsewhere, too
 * @returns the range of each input; none where inputs have another type or there is no normalization
 * @throws UserError where the channels have normalizations of their own, which one scale cannot stand for, and where the samples were normalized otherwise
 */
export function pictureRanges(
  graph: Graph,
  { figures }: SampleSet,
  normalization: Normalization | undefined,
  io: InputOutput | undefined,
  force: boolean,
): Range[] {
  if (!normalization || (typeof io === "object" ? io.input : io) !== "uint8") return [];
  const { mean, std } = normalization;
  if (new Set(mean).size > 1 || new Set(std).size > 1)
    throw new UserError(
      `mean ${mean.join(",")} and std ${std.join(",")}: a uint8 input has one scale for all channels, so one number each is expected; --io float32,uint8 keeps a number for each channel`,
    );
  const [low, high] = [0, 255].map((byte) => (byte - mean[0]!) / std[0]!) as [number, number];
  return graph.inputs.map((input, which): Range => {
    const { min: least, max: most } = figures[which]!;
    const outside = Math.max(low - least, most - high) / (high - low);
    if (!force && (outside > mostOutside || (most - least) / (high - low) < leastInside))
      throw new UserError(
        `the samples of input "${graph.tensors[input]!.name}" lie between ${round(least)} and ${round(most)}, but mean ${mean[0]} and std ${std[0]} make ${round(low)} to ${round(high)} of a picture's bytes, which a uint8 input takes: give samples that are normalized so, or another --mean and --std; --force converts with these all the same`,
      );
    return [low, high];
  });
}
