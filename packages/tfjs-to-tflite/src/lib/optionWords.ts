/** Errors and warnings name options as the command lines have them. What uses the converter without one has its own words for them. */
import { UserError } from "./errors.js";

export interface OptionWords {
  /** @param sizes as given or wanted, "224,224,3" or "" @param input its name, or "" for one that is not named */
  inputShape(sizes: string, input: string): string;
  /** @param types "float32,uint8" or "" */
  io(types: string): string;
  activations(type: string): string;
  lstm(form: string): string;
  mixed: string;
  force: string;
  normalization: string;
  calibrate: string;
  float: string;
  /** What lists the layers and ops that can be converted. */
  layers: string;
  /** What takes graph models. */
  convert: string;
}

const list = "[^\\s,;:)]+(?:,[^\\s,;:)]+)+";
const inputShape = new RegExp(`--input-shape(?: (?:([^\\s=]+)=)?(${list}))?`, "g");
const io = new RegExp(`--io(?: (${list}))?`, "g");

/** @param message naming options as command lines do */
export const inWords = (message: string, words: OptionWords): string =>
  message
    .replace(inputShape, (_, input = "", sizes = "") => words.inputShape(sizes as string, input as string))
    .replace(io, (_, types = "") => words.io(types as string))
    .replace(/--activations (\w+)/g, (_, type: string) => words.activations(type))
    .replace(/--lstm (\w+)/g, (_, form: string) => words.lstm(form))
    .replaceAll("--mean and --std", words.normalization)
    .replaceAll("--calibrate FILE", words.calibrate)
    .replace(/--float\b/g, words.float)
    .replace(/--mixed\b/g, words.mixed)
    .replace(/--force\b/g, words.force)
    .replaceAll("`loam convert --layers`", words.layers)
    .replaceAll("`loam convert`", words.convert);

/** Runs a step, whose errors then have these words. */
export async function worded<T>(words: OptionWords, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(inWords(error.message, words), error.exitCode, { cause: error });
  }
}

/** Of the package's own command line, whose options are loam's. */
export const commandWords: OptionWords = {
  inputShape: (sizes, input) => `--input-shape${sizes && ` ${input && `${input}=`}${sizes}`}`,
  io: (types) => `--io${types && ` ${types}`}`,
  activations: (type) => `--activations ${type}`,
  lstm: (form) => `--lstm ${form}`,
  mixed: "--mixed",
  force: "--force",
  normalization: "--mean and --std",
  calibrate: "--calibrate FILE",
  float: "--float",
  layers: "`tfjs-to-tflite --layers`",
  convert: "`tfjs-to-tflite`",
};

const spaced = (sizes: string): string => sizes.replaceAll(",", ", ");

/** Of programs. */
export const libraryWords: OptionWords = {
  inputShape: (sizes, input) => (sizes ? `inputShapes: { "${input}": [${spaced(sizes)}] }` : "inputShapes"),
  io(types) {
    const [input, output] = types.split(",");
    return output === undefined ? "io" : `io: { input: "${input}", output: "${output}" }`;
  },
  activations: (type) => `activations: "${type}"`,
  lstm: (form) => `lstm: "${form}"`,
  mixed: "mixed: true",
  force: "force: true",
  normalization: "normalization",
  calibrate: "calibrate",
  float: 'type: "float"',
  layers: "`tfjs-to-tflite --layers`",
  convert: "`convert`",
};
