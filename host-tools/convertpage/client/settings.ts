/** What a person chooses beside the files, as it stands on the page, and as the worker wants it. */
import { endsOf, type EndType } from "tfjs-to-tflite/graph/emit.js";
import type { LstmForm } from "tfjs-to-tflite/convert/builder.js";
import type { ActivationType } from "tfjs-to-tflite/graph/parameters.js";
import type { WeightType } from "tfjs-to-tflite/convert/weights.js";
import type { ModelInput } from "tfjs-to-tflite/web.js";
import type { Fit, ImageOptions } from "./images.js";
import type { Conversion } from "./messages.js";

/** What becomes of a picture's values, which are 0 to 255. */
export const normalizations: Readonly<Record<string, Pick<ImageOptions, "mean" | "std">>> = {
  "0 to 1": { mean: [0], std: [255] },
  "-1 to 1": { mean: [127.5], std: [127.5] },
  "0 to 255": { mean: [0], std: [1] },
};
export const byMeanAndStd = "mean and std";

export interface Settings {
  activations: ActivationType;
  /** As it was chosen, perhaps for other activations. */
  io: EndType;
  weights: WeightType;
  /** One a line. */
  labels: string;
  force: boolean;
  mixed: boolean;
  lstm: LstmForm;
  /** By input, as typed. */
  shapes: Readonly<Record<string, string>>;
  normalization: string;
  /** As typed, for `byMeanAndStd`. */
  mean: string;
  std: string;
  fit: Fit;
}

export const usual: Settings = {
  activations: "int8",
  io: "int8",
  weights: "float32",
  labels: "",
  force: false,
  mixed: false,
  lstm: "unrolled",
  shapes: {},
  normalization: "0 to 1",
  mean: "123.675, 116.28, 103.53",
  std: "58.395, 57.12, 57.375",
  fit: "stretch",
};

/** What was chosen, where the activations allow it. */
export const endOf = ({ activations, io }: Settings): EndType => (endsOf[activations].includes(io) ? io : activations);

/** Whether its sizes must be given. */
export const isFree = ({ shape }: ModelInput): boolean => shape === undefined || shape.includes(null);
export const describeShape = ({ shape }: ModelInput): string =>
  shape ? `[${shape.map((size) => size ?? "?").join(", ")}]` : "unknown shape";

const listOf = (text: string): string[] => text.split(/[\s,x]+/).filter((part) => part !== "");

/** @throws Error naming the field */
function numbers(field: string, text: string, isRight: (value: number) => boolean, right: string): number[] {
  const list = listOf(text).map(Number);
  if (list.length > 0 && list.every(isRight)) return list;
  throw new Error(`${field}: "${text}"; ${right} expected, with commas between`);
}

/** @throws Error for a field that is not filled in, or with what does not belong there */
export function orderOf(
  settings: Settings,
  inputs: readonly ModelInput[],
): Pick<
  Conversion,
  "activations" | "io" | "weights" | "labels" | "force" | "mixed" | "lstm" | "inputShapes" | "images"
> {
  const { activations, weights, labels, force, mixed, lstm, shapes, normalization, fit, mean, std } = settings;
  const inputShapes = inputs.filter(isFree).map((input): [string, number[]] => {
    const right = `${describeShape(input)} has free sizes: whole numbers of at least 1 for all, without the batch,`;
    const isSize = (size: number): boolean => Number.isInteger(size) && size > 0;
    return [input.name, numbers(`Sizes of ${input.name}`, shapes[input.name] ?? "", isSize, right)];
  });
  const known = normalizations[normalization] ?? {
    mean: numbers("Mean", mean, Number.isFinite, "one number, or one for each channel,"),
    std: numbers("Standard deviation", std, (value) => value > 0, "one number above 0, or one for each channel,"),
  };
  return {
    ...{
      activations,
      io: endOf(settings),
      weights,
      force,
      mixed,
      lstm,
      inputShapes: Object.fromEntries(inputShapes),
      images: { ...known, fit },
    },
    labels: labels
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== ""),
  };
}
