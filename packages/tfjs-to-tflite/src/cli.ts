/** `tfjs-to-tflite`: the command line of the package. */
import path from "node:path";
import { debuglog } from "node:util";
import { Command } from "commander";
import { artifactFiles, writeArtifacts } from "./convert/artifacts.js";
import type { LstmForm } from "./convert/builder.js";
import type { WeightType } from "./convert/weights.js";
import { inputShapes } from "./convert/inputShapes.js";
import type { Agreement } from "./convert/agreement.js";
import {
  activationsOption,
  mixedOption,
  ioOption,
  lstmOption,
  weightsOption,
  labelFiles,
  readDescription,
  withDescribeOptions,
  type DescribeOptions,
} from "./convert/describeOptions.js";
import type { InputOutput } from "./graph/emit.js";
import type { ActivationType } from "./graph/parameters.js";
import { modelSources } from "./graph/modelFiles.js";
import { convertible } from "./convert/convertible.js";
import { openSamples, type Report } from "./index.js";
import { systemFailure, UserError } from "./lib/errors.js";
import { collect } from "./lib/numbers.js";
import { commandWords } from "./lib/optionWords.js";
import { libraryOn } from "./library.js";
import { nodeHost } from "./nodeHost.js";
import { writePage } from "./page.js";
import { forceOption, requireReplaceable } from "./lib/overwrite.js";
import { lazyProgress, startProgress, stopBars } from "./lib/progressBar.js";
import { printableLines } from "./lib/terminal.js";

const { convert } = libraryOn(nodeHost, commandWords);

interface Options extends DescribeOptions {
  out: string;
  calibrate?: string[];
  float?: boolean;
  weights?: WeightType;
  activations: ActivationType;
  mixed?: boolean;
  io?: InputOutput;
  lstm: LstmForm;
  inputShape?: string[];
  cArray?: boolean;
  report?: boolean;
  force?: boolean;
  json?: boolean;
  page?: string | true;
  layers?: boolean;
}

function describe({ with: truth, samples, snr, largestDifference, top1 }: Agreement): string {
  const parts = [
    snr === null ? "no difference" : `signal to noise ${snr.toFixed(1)} dB`,
    `largest difference ${largestDifference.toPrecision(3)}`,
    ...(top1 === undefined ? [] : [`same class in ${(100 * top1).toFixed(1)} %`]),
  ];
  return `against ${truth}, on ${samples} samples: ${parts.join(", ")}`;
}

function show(report: Report, files: readonly string[]): void {
  const { bytes, type, parameters, macs, operators, agreement } = report;
  const n = (value: number): string => value.toLocaleString("en-US");
  const lines = [
    `${type}, ${n(operators.length)} operators, ${n(parameters)} parameters, ${n(macs)} MACs, ${n(bytes)} bytes`,
    ...(agreement ? [describe(agreement)] : []),
    ...files,
  ];
  process.stdout.write(`${printableLines(lines.join("\n"))}\n`);
}

async function run(model: string | undefined, options: Options): Promise<void> {
  if (options.layers) {
    process.stdout.write(`${convertible().join("\n")}\n`);
    return;
  }
  if (options.page !== undefined) {
    const file = options.page === true ? "tfjs-to-tflite.html" : options.page;
    await writePage(file, options.force);
    process.stdout.write(`${file}\n`);
    return;
  }
  if (model === undefined)
    throw new UserError("no model given: tfjs-to-tflite MODEL, where MODEL is a model.json, its folder or an address");
  const base = options.out.replace(/\.tflite$/, "");
  if (/[\\/]$/.test(base) || base === "")
    throw new UserError(`--out "${options.out}" is not a file name: --out ${path.join(base, "model.tflite")}`);
  const sampleFiles = options.calibrate ?? [];
  const artifacts = { cArray: options.cArray ?? false, summary: options.report ?? false };
  await requireReplaceable(artifactFiles(base, artifacts), {
    sources: [...(await modelSources(model)), ...sampleFiles, ...labelFiles(options.labels)],
    force: options.force,
  });
  const description = await readDescription(options);
  const step = startProgress(sampleFiles.length > 0 && !options.float && !options.weights ? "quantize" : "convert", 1);
  const comparison = lazyProgress("compare", 1);
  const { tflite, report } = await convert(model, {
    name: path.basename(base),
    activations: options.activations,
    mixed: options.mixed ?? false,
    ...(options.io && { io: options.io }),
    lstm: options.lstm,
    force: options.force ?? false,
    progress: step,
    compareProgress: comparison,
    ...description,
    ...(sampleFiles.length > 0 && { calibrate: await openSamples(...sampleFiles) }),
    ...(options.weights && { weights: options.weights }),
    ...(options.float && { type: "float" as const }),
    ...(options.inputShape && { inputShapes: inputShapes(options.inputShape) }),
  });
  for (const warning of report.warnings) process.stderr.write(`${printableLines(warning)}\n`);
  const files = await writeArtifacts({ tflite, summary: report }, base, artifacts);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...report, files }, null, 2)}\n`);
  else show(report, files);
}

const program = new Command("tfjs-to-tflite")
  .description("Convert a TensorFlow.js layers or graph model to a .tflite: float32, or int8 with --calibrate")
  .argument(
    "[model]",
    "a model.json with its weights beside it, the folder or .zip that holds them, a .keras or .h5 file of Keras, or the address of one (https:, of tfhub.dev and kaggle.com too)",
  )
  .option("-o, --out <file>", "the .tflite to write", "model.tflite")
  .option(
    "-c, --calibrate <file>",
    "samples of the model's input like those in the field, 100 or more: .npy, .json (nested lists), .csv (one sample per row) or raw float32, little-endian; once per input, in order",
    collect,
  )
  .option("--float", "stay float32 with --calibrate, and say how the model does on the samples")
  .addOption(weightsOption())
  .addOption(activationsOption())
  .addOption(mixedOption())
  .addOption(ioOption())
  .addOption(lstmOption())
  .option(
    "--input-shape <sizes>",
    "for a model whose input has free sizes: 224,224,3 (without the batch), or NAME=224,224,3 for one of several inputs",
    collect,
  )
  .option("--c-array", "also write the model as a C array, NAME.c and NAME.h")
  .option("--report", "also write the report, layer by layer, as NAME.json")
  .addOption(forceOption(", and calibrate on samples that do not vary (one, or all alike)"))
  .option("--json", "print the report as JSON")
  .option("--layers", "instead: list the layers, and the ops of graph models, that can be converted")
  .option(
    "--page [file]",
    "instead: write this converter as a page, one HTML file (default tfjs-to-tflite.html) that works in browsers, from a disk or any web host",
  )
  .showHelpAfterError();
withDescribeOptions(program).action(run);

try {
  await program.parseAsync();
} catch (error) {
  stopBars();
  const failure = error instanceof UserError ? error : systemFailure(error);
  // NODE_DEBUG=tfjs-to-tflite: where it came from, and what tfjs said.
  debuglog("tfjs-to-tflite")("%O", error);
  if (!failure) throw error;
  process.stderr.write(`tfjs-to-tflite: ${printableLines(failure.message)}\n`);
  process.exitCode = failure.exitCode;
}
