import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convert } from "tfjs-to-tflite/index.js";
import { UserError } from "tfjs-to-tflite/lib/errors.js";
import { commandWords, libraryWords, worded, type OptionWords } from "tfjs-to-tflite/lib/optionWords.js";
import type { ConvertOptions } from "tfjs-to-tflite/library.js";
import { pageWords } from "../../host-tools/convertpage/client/words.js";
import { startPlainBackend } from "./backend.js";

test.before(startPlainBackend);
const { layers } = tfl;
const root = path.resolve("packages/tfjs-to-tflite/src");

const stack = (...all: tfl.layers.Layer[]): tfl.LayersModel => tfl.sequential({ layers: all });
const dense = (): tfl.LayersModel => stack(layers.dense({ units: 2, inputShape: [3] }));
const calibrate = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
const exponential = (): tfl.LayersModel =>
  stack(layers.dense({ units: 2, inputShape: [3] }), layers.activation({ activation: "exponential" as "relu" }));
const free = (): tfl.LayersModel => stack(layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [null, 6, 3] }));

const errors: readonly (readonly [of: () => tfl.LayersModel, options: ConvertOptions, message: RegExp])[] = [
  [free, {}, /axis 1 must be a number .* Give it: inputShapes: \{ "": \[SIZE, 6, 3\] \}$/],
  [free, { inputShapes: { "": [8, 7, 3] } }, /^inputShapes: \{ "": \[8, 7, 3\] \} does not fit input /],
  [exponential, { calibrate }, /Use mixed: true, with which this layer stays float32/],
  [dense, { calibrate: new Float32Array(12) }, /; force: true converts with these all the same$/],
  [dense, { calibrate, io: "int16" }, /int8, uint8, float32 do \(io\)$/],
  [dense, { type: "int8" }, /^int8 needs calibration samples \(calibrate\): .* use type: "float"$/],
];
for (const [of, options, message] of errors)
  test.serial(`a program reads of its own options: ${message.source}`, async (t) => {
    await t.throwsAsync(convert(of(), options), { name: "UserError", message });
  });

/** Of sources, what people read of options: those of the commands' own are beside. */
function named(): string[] {
  const isOfCommands = /^(?:cli|convert\/(?:describeOptions|inputShapes)|lib\/(?:overwrite|optionWords))\.ts$/;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts") && !isOfCommands.test(file.replaceAll("\\", "/")))
    .flatMap((file) => readFileSync(path.join(root, file), "utf8").split("\n"))
    .filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line) && /["`].*(?:--[a-z]|`loam |\\`loam )/.test(line));
}

const said = (message: string, words: OptionWords): Promise<string> =>
  worded(words, () => Promise.reject(new UserError(message))).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );

test("no error leaves an option of the command lines, or a command of loam, where there is none", async (t) => {
  const lines = named();
  t.true(lines.length > 10);
  // Options of TensorFlow's converter and of npm are meant.
  const others = /--(?:output_format|input_format|ignore-scripts)/g;
  for (const line of lines) {
    for (const words of [libraryWords, pageWords]) {
      const left = (await said(line.replaceAll("\\`", "`"), words))
        .replace(others, "")
        .replace("tfjs-to-tflite --layers", "");
      t.notRegex(left, /--[a-z]|`loam /, line);
    }
    t.notRegex(await said(line.replaceAll("\\`", "`"), commandWords), /`loam /, line);
  }
});
