import path from "node:path";
import { Command, Option } from "commander";
import type { Agreement } from "tfjs-to-tflite/convert/outputAgreement.js";
import type { SampleFile } from "../convert/compareModels.js";
import { backends, type Backend } from "../inference/programs.js";
import { collect } from "../lib/numbers.js";
import { lazyProgress } from "../lib/progress.js";
import { formatTable } from "../lib/table.js";

interface Options {
  data: string[];
  labels?: string;
  backend?: Backend;
  json?: boolean;
}

const isTflite = (file: string): boolean => path.extname(file).toLowerCase() === ".tflite";
const decibels = (snr: number): string => (Number.isFinite(snr) ? snr.toFixed(1) : snr > 0 ? "same" : "-");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function show(agreement: Agreement, first: string, second: string): void {
  const { samples, outputs, accuracy, worst } = agreement;
  const line = (text: string): void => void process.stdout.write(`${text}\n`);
  line(`${samples.toLocaleString("en-US")} samples, ${second} against ${first}`);
  line(
    formatTable(
      ["output", "numbers", "SNR dB", "max error", "of peak", "same top-1"],
      outputs.map(({ name, size, snr, maxError, peak, top1 }) => [
        name,
        size,
        decibels(snr),
        maxError.toPrecision(3),
        peak > 0 ? percent(maxError / peak) : "-",
        top1 === undefined ? "-" : percent(top1),
      ]),
    ),
  );
  if (accuracy) line(`accuracy: ${percent(accuracy.first)} of ${first}, ${percent(accuracy.second)} of ${second}`);
  line(
    formatTable(
      ["worst sample", "SNR dB", "max error"],
      worst.map(({ sample, snr, maxError }) => [sample, decibels(snr), maxError.toPrecision(3)]),
    ),
  );
}

/** JSON has no infinity: null stands for models that give the same. */
const finite = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? null : value;

export default new Command("compare")
  .description(
    "Run two models on the same samples and say how far they agree: tfjs models, by tfjs, and .tflite files, float or int8, by an engine. The second is measured against the first.",
  )
  .argument("<first>", "a .tflite, or a tfjs model.json or its folder")
  .argument("<second>", "the same")
  .requiredOption(
    "-d, --data <file>",
    "samples as the models take them, [samples, ...]: .npy, .json, .csv or raw float32; once per input, in order",
    collect,
  )
  .option(
    "-l, --labels <file>",
    "the class of each sample, or a row with one number for each class: the accuracy of both",
  )
  .addOption(
    new Option("--backend <name>", "what runs .tflite files (default: micro for integers, tflite for floats)").choices([
      ...backends,
    ]),
  )
  .option("--json", "print the figures as JSON; an SNR of null: no difference")
  .action(async (first: string, second: string, { data, labels, backend, json }: Options) => {
    const { openArrayFile, readArrayFile } = await import("tfjs-to-tflite/graph/arrayFile.js");
    const { compareModels } = await import("../convert/compareModels.js");
    const { runnable } = await import("../convert/runnable.js");
    const opened = async (file: string): Promise<SampleFile> => ({ name: file, source: await openArrayFile(file) });
    const step = lazyProgress("compare", 1);
    if (![first, second].every(isTflite)) {
      const { startBackend } = await import("tfjs-to-tflite/tf/backend.js");
      await startBackend("wasm");
    }
    const agreement = await compareModels(
      { name: first, model: await runnable(first, backend) },
      { name: second, model: await runnable(second, backend) },
      await Promise.all(data.map(opened)),
      labels === undefined ? undefined : { name: labels, ...(await readArrayFile(labels)) },
      (done) => step.update(done),
    );
    step.finish();
    if (json) process.stdout.write(`${JSON.stringify({ first, second, ...agreement }, finite, 2)}\n`);
    else show(agreement, first, second);
  });
