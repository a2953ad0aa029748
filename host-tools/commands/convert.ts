import { existsSync } from "node:fs";
import path from "node:path";
import { Command, Option } from "commander";
import { symbolOf } from "tfjs-to-tflite/convert/cArray.js";
import { artifactFiles, writeArtifacts } from "tfjs-to-tflite/convert/artifacts.js";
import { convertModel, type Conversion } from "../convert/index.js";
import { convertible } from "tfjs-to-tflite/convert/convertible.js";
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
} from "tfjs-to-tflite/convert/describeOptions.js";
import { inputShapes } from "tfjs-to-tflite/convert/inputShapes.js";
import { readModel } from "tfjs-to-tflite/convert/readModel.js";
import type { LstmForm } from "tfjs-to-tflite/convert/builder.js";
import type { WeightType } from "tfjs-to-tflite/convert/weights.js";
import type { InputOutput } from "tfjs-to-tflite/graph/emit.js";
import type { ActivationType } from "tfjs-to-tflite/graph/parameters.js";
import { isAddress, modelFiles, modelSources } from "tfjs-to-tflite/graph/modelFiles.js";
import { isWholeFile } from "tfjs-to-tflite/keras/kind.js";
import { openArrayFile } from "tfjs-to-tflite/graph/arrayFile.js";
import { UserError } from "../lib/errors.js";
import { collect, whole } from "../lib/numbers.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { lazyProgress, startProgress } from "../lib/progress.js";
import { printable } from "../lib/terminal.js";
import { formatTable } from "../lib/table.js";
import type { LayerRow } from "tfjs-to-tflite/convert/layerErrors.js";
import { outcomeOf, type Outcome } from "../convert/outcome.js";
import { outcomeRows } from "../convert/outcomeRows.js";
import { layerReport } from "../convert/report.js";
import { fewSamples } from "tfjs-to-tflite/quantize/calibration.js";
import { rangeMethods, type RangeMethod } from "tfjs-to-tflite/quantize/index.js";
import type { Report } from "tfjs-to-tflite/quantize/stages.js";
import { externalInputOption } from "./externalInput.js";
import { differencesOf, networkNode, warnOfOtherNode, type NetworkNode } from "../node/networkNode.js";
import { readNode } from "../node/nodeFile.js";
import { currentNode } from "../node/nodeFolder.js";
import { trainedFor, unfitOf } from "../train/store.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { explained } from "tfjs-to-tflite/tf/failure.js";

interface Options extends DescribeOptions {
  out?: string;
  calibrate?: string[];
  float?: boolean;
  weights?: WeightType;
  activations: ActivationType;
  mixed?: boolean;
  io?: InputOutput;
  lstm: LstmForm;
  range: RangeMethod | "auto";
  equalize: boolean;
  biasCorrection: boolean;
  fineTune?: number;
  arena?: number;
  externalInput: number[];
  report?: boolean;
  outcome: boolean;
  node?: string;
  cArray: boolean;
  table: boolean;
  inputShape?: string[];
  force?: boolean;
  json?: boolean;
}

/** The name of a model's folder, in that folder, or of its only file; of an address the last part of it, in the working folder. */
function defaultName(model: string): string {
  const place = isAddress(model) ? new URL(model).pathname.replace(/\/$/, "") : model;
  const folder = path.extname(place) === ".json" ? path.dirname(place) : place;
  const whole = isWholeFile(place) ? place.slice(0, -path.extname(place).length) : undefined;
  if (isAddress(model)) return path.basename(whole ?? folder) || "model";
  return whole ?? path.join(folder, path.basename(path.resolve(folder)));
}

/** NAME of the files to write: as given, without the extension .tflite, or by default. @throws UserError when it is not a file name */
function nameOf(model: string, { out, cArray }: Pick<Options, "out" | "cArray">): string {
  const name = out?.replace(/\.tflite$/, "") ?? defaultName(model);
  if (/[\\/]$/.test(name) || name === "")
    throw new UserError(
      `--out "${name}" is not a file name: --out ${path.join(name, "model")} writes model.tflite there`,
    );
  if (cArray) symbolOf(path.basename(name));
  return name;
}

/** JSON has no infinity: null stands for what is the same. */
const finite = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? null : value;

function show(
  conversion: Conversion,
  files: string[],
  report: LayerRow[] | undefined,
  outcome: Outcome | undefined,
): void {
  const { summary } = conversion;
  const snr = new Map(report?.map((row) => [row.index, row]));
  const isMixed = summary.type !== "float32" && summary.operators.some(({ type }) => type === "float32");
  const head = [
    "operator",
    "layer",
    ...(isMixed ? ["type"] : []),
    "shape",
    "MACs",
    "weight bytes",
    ...(report ? ["SNR dB"] : []),
  ];
  const rows = summary.operators.map((each, index) => {
    const row = [
      each.operator,
      each.layer,
      ...(isMixed ? [each.type] : []),
      each.shape.join("x"),
      each.macs,
      each.weightBytes,
    ];
    return report ? [...row, (snr.get(index)?.snr ?? Infinity).toFixed(1)] : row;
  });
  process.stdout.write(`${formatTable(head, rows)}\n`);
  const tensors = [
    ...summary.inputs.map((tensor) => ["input", tensor] as const),
    ...summary.outputs.map((tensor) => ["output", tensor] as const),
  ];
  process.stdout.write(
    `${formatTable(
      ["", "name", "shape", "type", "scale", "zero point"],
      tensors.map(([what, { name, shape, type, scale, zeroPoint }]) => [
        what,
        name,
        shape.join("x"),
        type,
        scale?.toPrecision(6) ?? "",
        zeroPoint ?? "",
      ]),
    )}\n`,
  );
  process.stdout.write(
    `${summary.parameters.toLocaleString("en-US")} parameters, ${summary.macs.toLocaleString("en-US")} MACs, ${summary.bytes.toLocaleString("en-US")} bytes${conversion.table ? `, of which ${conversion.table.toLocaleString("en-US")} are micro's prepared table` : ""}\n${files.join("\n")}\n`,
  );
  if (outcome) process.stdout.write(`${formatTable(["outcome", ""], outcomeRows(outcome))}\n`);
}

/** A network of a training is converted as it was trained, whatever has become of the description since. */
async function compareWithDescription(
  model: string,
  made: NetworkNode | undefined,
  file = currentNode?.description,
): Promise<void> {
  if (!made || file === undefined) return;
  warnOfOtherNode(model, differencesOf(made, networkNode(await readNode(file))));
}

/** Work with a bar of its own. */
async function compared<T>(label: string, work: (report: Report) => Promise<T>): Promise<T> {
  const step = lazyProgress(label, 1);
  const result = await work((done) => step.update(done));
  step.finish();
  return result;
}

const reported = (conversion: Conversion): Promise<LayerRow[]> =>
  compared("compare layers", (told) => layerReport(conversion, conversion.samples!, told));

async function convert(model: string | undefined, asked: Options): Promise<void> {
  const options = { ...asked, float: asked.float ?? asked.weights !== undefined };
  if (!model)
    throw new UserError(
      "no model given: loam convert MODEL --out NAME, where MODEL is a tfjs model.json, its folder, a .keras or .h5 file, or the address of one",
    );
  if (options.externalInput.length > 0 && !options.arena)
    throw new UserError("--external-input is about the arena: it goes with --arena BYTES");
  const out = nameOf(model, options);
  const sampleFiles = options.calibrate ?? [];
  if (!options.float && sampleFiles.length === 0) {
    throw new UserError(
      "int8 needs calibration samples: --calibrate FILE (.npy, .json, .csv or raw float32), one FILE per input, with inputs like those in the field. For a float model: --float",
    );
  }
  await requireReplaceable(artifactFiles(out, options), {
    sources: [...(await modelSources(model)), ...sampleFiles, ...labelFiles(options.labels)],
    force: options.force,
  });
  const description = await readDescription(options);
  const places = [...(isAddress(model) ? [] : [model]), ...sampleFiles];
  const node = await trainedFor(...places);
  await compareWithDescription(model, node, options.node);
  await startBackend("wasm");
  const loaded = await readModel(await modelFiles(model));
  const given = sampleFiles.length > 0 ? await Promise.all(sampleFiles.map(openArrayFile)) : undefined;
  const calibration = options.float ? undefined : given;
  const step = startProgress(options.float ? "convert" : "quantize", 1);
  const conversion = await explained("the model cannot be converted", () =>
    convertModel(loaded, {
      mode: options.float ? "float" : "int8",
      name: path.basename(out),
      activations: options.activations,
      mixed: options.mixed ?? false,
      ...(options.io && { io: options.io }),
      lstm: options.lstm,
      range: options.range,
      equalize: options.equalize,
      biasCorrection: options.biasCorrection,
      force: options.force ?? false,
      progress: step,
      description,
      node,
      ...(options.weights && { weights: options.weights }),
      ...(calibration && { calibration }),
      ...(options.inputShape && { inputShapes: inputShapes(options.inputShape) }),
      ...(options.arena && { arena: options.arena, externalInputs: options.externalInput }),
      table: options.table,
      ...(options.fineTune && { fineTune: { epochs: options.fineTune } }),
    }),
  );
  step.finish(`${conversion.summary.bytes.toLocaleString("en-US")} bytes`);
  const unfit = await unfitOf(...places);
  if (unfit !== undefined) process.stderr.write(`the training's samples are without its unfit windows: ${unfit}\n`);
  for (const warning of conversion.summary.warnings) process.stderr.write(`${printable(warning)}\n`);
  const samples = conversion.summary.samples ?? Infinity;
  if (samples < fewSamples)
    process.stderr.write(
      `only ${samples} calibration sample${samples === 1 ? "" : "s"}: too few to calibrate int8; use 100 or more\n`,
    );
  const report = options.report && conversion.quantized ? await reported(conversion) : undefined;
  const files = await writeArtifacts(conversion, out, options);
  const older = artifactFiles(out).filter(({ file }) => !files.includes(file) && existsSync(file));
  if (older.length > 0)
    process.stderr.write(
      `${older.map(({ file }) => file).join(", ")}: left by an earlier conversion, not of this model\n`,
    );
  // Behind the files: they are there when a tool that only this wants is not.
  const outcome =
    given && options.outcome
      ? await explained("the samples cannot be run", () =>
          compared("compare", (told) =>
            outcomeOf(loaded, conversion, conversion.samples ?? given, options.externalInput, told),
          ),
        ).catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
          process.stderr.write(`not compared with tfjs: ${error.message}\n`);
          return undefined;
        })
      : undefined;
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ ...conversion.summary, table: conversion.table, ...(report && { report }), ...(outcome && { outcome }), files }, finite, 2)}\n`,
    );
  else show(conversion, files, report, outcome);
}

/** Options that say something about integers. */
const onlyInt8 = ["activations", "mixed", "io", "range", "fineTune", "arena", "report"];

const command = new Command("convert")
  .description("Convert a tfjs layers or graph model, or one of Keras, to a .tflite and a C array")
  .argument(
    "[model]",
    "a tfjs model.json with its weights beside it, the folder or .zip that holds them, a .keras or .h5 file of Keras, or the address of one (https:)",
  )
  .option(
    "-o, --out <name>",
    "writes NAME.tflite, NAME.c, NAME.h and NAME.json (default: the name of the model's folder, in it; of an address its last part, here)",
  )
  .option(
    "-c, --calibrate <file>",
    "calibration samples of the model's input: .npy, .json (nested lists), .csv (one sample per row) or raw float32, little-endian; once per input, in order",
    collect,
  )
  .addOption(new Option("--float", "write a float32 model instead of int8").conflicts(onlyInt8))
  .addOption(weightsOption().conflicts(onlyInt8))
  .addOption(activationsOption())
  .addOption(mixedOption())
  .addOption(ioOption())
  .addOption(lstmOption())
  .addOption(
    new Option("--range <method>", "how activation ranges are determined; auto chooses for each tensor")
      .choices(["auto", ...rangeMethods])
      .default("auto"),
  )
  .option("--no-equalize", "no cross-layer equalization")
  .option("--no-bias-correction", "no bias correction")
  .option(
    "--fine-tune <epochs>",
    "quantization-aware fine-tuning on the calibration samples, with the float model as teacher",
    whole(1),
  )
  .option(
    "--arena <bytes>",
    "what the model may take on the node, with micro: where it would take more, its largest operators run in stripes of rows, with the same outputs",
    whole(1),
  )
  .addOption(externalInputOption())
  .option(
    "--report",
    "show the signal-to-noise ratio of every layer's int8 output against float, measured with TensorFlow Lite",
  )
  .option(
    "--no-table",
    "leave out what micro knows of an int8 model before it runs: some 300 bytes an operator and 12 an output channel, without which it computes that at each load and invoke",
  )
  .option("--no-outcome", "do not run the samples through both models and show how they agree")
  .option("--no-c-array", "do not write NAME.c and NAME.h")
  .option(
    "--input-shape <sizes>",
    "for a model whose input has free sizes: 224,224,3 (without the batch), or NAME=224,224,3 for one of several inputs",
    collect,
  )
  .option(
    "--node <file>",
    "node description to compare with the one that the network was trained for (default: node.config.json in this folder or the nearest one above, if there is one)",
  )
  .addOption(forceOption(", and calibrate on samples that do not vary (one, or all alike)"))
  .option("--layers", "list the layers, and the ops of graph models, that can be converted")
  .option("--json", "print the summary as JSON")
  .action(async (model: string | undefined, options: Options & { layers?: boolean }) => {
    if (options.layers) process.stdout.write(`${convertible().join("\n")}\n`);
    else await convert(model, options);
  });

export default withDescribeOptions(command);
