import type { OptionWords } from "tfjs-to-tflite/lib/optionWords.js";

/** What the page's fields are called. */
export const labels = {
  ends: "Inputs and outputs",
  activations: "Activations",
  lstm: "LSTM layers",
  mean: "Mean, of values from 0 to 255",
  std: "Standard deviation",
  mixed: "Keep layers that no engine computes with integers float32",
  force: "Take samples that do not vary, or were normalized otherwise, too",
};

const field = (name: string): string => `"${name}"`;

/** What errors call the converter's options. */
export const pageWords: OptionWords = {
  inputShape: (sizes, input) => `the sizes${input && ` of ${input}`}${sizes && ` ${sizes.replaceAll(",", ", ")}`}`,
  io: (types) => `${field(labels.ends)}${types && ` ${types.split(",")[0]}`}`,
  activations: (type) => `${field(labels.activations)} ${type}`,
  lstm: (form) => `${field(labels.lstm)} ${form}`,
  mixed: `${field(labels.mixed)} (under More options)`,
  force: `${field(labels.force)} (under More options)`,
  normalization: `${field(labels.mean)} and ${field(labels.std)}`,
  calibrate: "Samples",
  float: "no samples",
  layers: "tfjs-to-tflite's documentation",
  convert: "this page",
};
