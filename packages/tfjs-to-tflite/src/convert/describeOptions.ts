/** --labels, --mean, --std, --io, --activations, --mixed and --weights of the command lines. */
import { lstmForms } from "./builder.js";
import { InvalidArgumentError, Option, type Command } from "commander";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { collect } from "../lib/numbers.js";
import { textOf } from "../lib/text.js";
import { endTypes, type EndType, type InputOutput } from "../graph/emit.js";
import { activationTypes } from "../graph/parameters.js";
import { weightTypes } from "./weights.js";
import type { Description, Labels } from "./describe.js";

export interface DescribeOptions {
  labels?: string[];
  mean?: number[];
  std?: number[];
  signature: boolean;
}

function numbers(text: string): number[] {
  const values = text.split(",").map(Number);
  if (text.trim() === "" || !values.every(Number.isFinite))
    throw new InvalidArgumentError("Expected a number, or one for each channel separated by commas.");
  return values;
}

function ends(text: string): InputOutput {
  const [input, output = input, ...more] = text.split(",");
  const isType = (type: string | undefined): type is EndType => endTypes.includes(type as EndType);
  if (!isType(input) || !isType(output) || more.length > 0)
    throw new InvalidArgumentError(
      `Expected ${endTypes.join(", ")}, or two of them for inputs and outputs: uint8,float32.`,
    );
  return { input, output };
}

export const ioOption = (): Option =>
  new Option(
    "--io <type>",
    "input and output type of a quantized model: int8, uint8, float32, or both apart, such as uint8,float32; with --activations int16 int16 or float32 (default: the activations' own)",
  ).argParser(ends);

export const activationsOption = (): Option =>
  new Option(
    "--activations <type>",
    "of a quantized model: int16 (16x8) keeps the weights int8 and is nearer to float, for twice the arena and more time",
  )
    .choices(activationTypes)
    .default("int8");

export const mixedOption = (): Option =>
  new Option(
    "--mixed",
    "layers with operators that no engine computes with integers stay float32, between DEQUANTIZE and QUANTIZE (the tflm backend runs such a model, micro does not)",
  );

export const lstmOption = (): Option =>
  new Option(
    "--lstm <form>",
    "what an LSTM of tanh and sigmoid becomes: fused is one operator for all steps, a smaller file, whose states last until the caller resets them",
  )
    .choices(lstmForms)
    .default("unrolled");

export const weightsOption = (): Option =>
  new Option(
    "--weights <type>",
    "a float32 model with weights of float16 (half the bytes), or of int8 (a quarter), which TensorFlow Lite on phones and computers runs with float activations",
  )
    .choices(weightTypes)
    .conflicts(["io", "activations", "mixed"]);

export const withDescribeOptions = (command: Command): Command =>
  command
    .option(
      "--labels <file>",
      "names of the classes, one a line, into the file as TensorFlow Lite's metadata; OUTPUT=FILE where several outputs have as many numbers",
      collect,
    )
    .option(
      "--mean <numbers>",
      "with --std, into the metadata: the model takes (x - mean) / std of an image's values x; one number, or one for each channel. With --io uint8 the input takes x as it is; else the network stays as it is",
      numbers,
    )
    .option("--std <numbers>", "see --mean", numbers)
    .option("--no-signature", "leave out the names by which callers find inputs and outputs");

/** The lines of a file of labels: neither the empty ones at its end nor the ends of Windows' lines. @throws UserError when it has none, or an empty one between others */
async function readLabels(file: string): Promise<string[]> {
  const lines = textOf(await readUserFile(file, "the labels"), file)
    .replace(/\s+$/, "")
    .split(/\r?\n/);
  const empty = lines.findIndex((line) => line.trim() === "");
  if (empty >= 0)
    throw new UserError(
      lines.length === 1
        ? `${file} has no labels; one a line expected`
        : `${file}: line ${empty + 1} is empty; every line is a label`,
    );
  return lines;
}

/** The files that --labels names. */
export const labelFiles = (given: readonly string[] = []): string[] => given.map((text) => splitLabels(text).file);

function splitLabels(text: string): { output: string; file: string } {
  const [, output = "", file] = /^(?:([^=]*)=)?(.*)$/.exec(text)!;
  return { output, file: file! };
}

/** @throws UserError for a file that cannot be read, and for --mean without --std or the other way round */
export async function readDescription({ labels, mean, std, signature }: DescribeOptions): Promise<Description> {
  if ((mean === undefined) !== (std === undefined))
    throw new UserError("--mean and --std go together: the model takes (x - mean) / std");
  const lists: Record<string, Labels[string]> = {};
  for (const text of labels ?? []) {
    const { output, file } = splitLabels(text);
    lists[output] = await readLabels(file);
  }
  return { signature, ...(labels && { labels: lists }), ...(mean && std && { normalization: { mean, std } }) };
}
