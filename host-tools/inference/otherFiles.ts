/** What a file is that was given in place of a .tflite, and what to do with it. */
import path from "node:path";
import { latin1 } from "tfjs-to-tflite/lib/bytes.js";
import { namesInZip } from "tfjs-to-tflite/lib/zip.js";

const convert = (file: string): string =>
  `make a .tflite of it: npx loam convert ${file} --calibrate SAMPLES, or npx tfjs-to-tflite ${file}`;
const keras = 'save the model as .keras (model.save("model.keras")), which npx loam convert reads';

/** Archives by a file that they have. */
const archives: readonly (readonly [has: RegExp, what: string, instead: (file: string) => string])[] = [
  [/^config\.json$/, "a .keras file", convert],
  [/(^|\/)model\.json$/, "a zip archive with a tfjs model", convert],
  [/\.tflite$/, "a zip archive with a .tflite", () => "unpack it, and give the .tflite"],
  [/(^|\/)saved_model\.pb$/, "a zip archive with a TensorFlow SavedModel", () => keras],
  [
    /(^|\/)data\.pkl$/,
    "a model of PyTorch",
    () => "export it to ONNX, make a .tflite of that with onnx2tf, and give that",
  ],
];

const zipped = (file: string, bytes: Uint8Array): string => {
  const names = namesInZip(bytes);
  const known = archives.find(([has]) => names.some((name) => has.test(name)));
  if (known) return `${known[1]}; ${known[2](file)}`;
  return path.extname(file).toLowerCase() === ".keras"
    ? `a .keras file whose config.json is missing: it may be cut off; of a whole one ${convert(file)}`
    : "a zip archive; unpack it, and give the .tflite that is in it";
};

const starts: readonly (readonly [start: RegExp, what: (file: string, bytes: Uint8Array) => string])[] = [
  [/^\x89HDF/, (file) => `a Keras model in HDF5; ${convert(file)}`],
  [/^PK\x03\x04/, zipped],
  [/^\x1f\x8b/, () => "a gzip archive; unpack it, and give the .tflite that is in it"],
  [/^\s*<(!doctype html|html)/i, () => "an HTML page, such as a host has about a model; download the file itself"],
  [/^version https:\/\/git-lfs/, () => "what Git has in place of a large file; git lfs pull brings the file"],
  [/^\s*\{[^]*"modelTopology"/, (file) => `the model.json of a tfjs model; ${convert(file)}`],
  // Protocol buffers have no signature: a version's field, then the name of what wrote it.
  [/^\x08[\x01-\x1f]\x12.{1,40}(onnx|pytorch|keras2onnx|tf2onnx|skl2onnx|paddle)/i, () => onnx],
];
const onnx = "an ONNX model, which loam does not read; make a .tflite of it with onnx2tf, and give that";

/** In words, of a file that does not have a .tflite's identifier; undefined where it is not known. */
export function whatItIs(file: string, bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "empty";
  const head = latin1(bytes, 0, Math.min(bytes.length, 4096));
  const known = starts.find(([start]) => start.test(head));
  if (known) return known[1](file, bytes);
  const extension = path.extname(file).toLowerCase();
  if (extension === ".onnx") return onnx;
  if (extension === ".pb") return `a graph of TensorFlow; ${keras}`;
  return undefined;
}
