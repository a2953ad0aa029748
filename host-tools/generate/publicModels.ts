/** The table of public graph models in docs/convert.md, from what test/convert/publicModels.test.ts measured. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { loamRoot } from "../lib/paths.js";

/** What became of a model: figures, or why it was refused. */
export interface PublicModel {
  name: string;
  inputs: number[][];
  operators?: number;
  bytes?: { float: number; int8: number };
  /** The largest difference of the float model from tfjs, of the largest number of its output. */
  float?: number;
  /** Where that is more than the tolerance: the difference of tfjs's own plain backend from its wasm backend. */
  own?: number;
  /**
   * dB of each output (of one that is a softmax or logistic, before that), int8 against tfjs, on samples that were not calibrated with; null where the
   * output is less than a step of int8 on all of them.
   */
  snr?: (number | null)[];
  /** Share of the samples whose largest output is the same, for each output that is a softmax. */
  top1?: number[];
  refused?: string;
}

export const publicModelsFile = path.join(loamRoot, "test/convert/public-models.json");

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function convertedRow({ name, inputs, operators, bytes, float, own, snr, top1 }: PublicModel): string {
  const size = (count: number): string => count.toLocaleString("en-US");
  const decibels = snr!.map((db) => db?.toFixed(0) ?? "-").join(", ");
  return row([
    name,
    inputs.map((shape) => shape.slice(1).join("x")).join(", "),
    String(operators),
    size(bytes!.float),
    size(bytes!.int8),
    `${float!.toExponential(0)}${own === undefined ? "" : ` (tfjs itself: ${own.toExponential(0)})`}`,
    decibels,
    top1!.map((share) => `${Math.round(100 * share)} %`).join(", "),
  ]);
}

export async function publicModelsTable(): Promise<string> {
  const models = JSON.parse(await readFile(publicModelsFile, "utf8")) as PublicModel[];
  const converted = models.filter(({ refused }) => refused === undefined);
  const refused = models.filter((model) => model.refused !== undefined);
  return [
    `${converted.length} of ${models.length} convert:`,
    "",
    row([
      "model",
      "input",
      "operators",
      "float bytes",
      "int8 bytes",
      "float, from tfjs",
      "int8 SNR of each output, dB",
      "top-1 kept",
    ]),
    row(["---", "---", "---:", "---:", "---:", "---:", "---:", "---:"]),
    ...converted.map(convertedRow),
    "",
    "The others are refused:",
    "",
    row(["model", "because"]),
    row(["---", "---"]),
    ...refused.map(({ name, refused: why }) => row([name, why!.replaceAll("|", "\\|")])),
  ].join("\n");
}
