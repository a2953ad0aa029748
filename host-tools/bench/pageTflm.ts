/** What docs/benchmarks.md says of TensorFlow Lite Micro: measured with `loam bench --compare tflm`, or what the page said before. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { espNnFolder } from "../inference/espNnSources.js";
import { tflmFolder } from "../inference/tflmSources.js";
import { UserError } from "../lib/errors.js";
import { firstDifference, isRefusal, type Comparison } from "./compare.js";
import type { Bench } from "./measure.js";

/** Of one model; what was not measured is undefined. */
export interface TflmFigures {
  /** Instructions with reference kernels, and with Espressif's. */
  reference: number | undefined;
  espNn: number | undefined;
  /** Bytes, with reference kernels. */
  arena: number | undefined;
  /** Bytes of code and constants with the model's operators, reference kernels. */
  text: number | undefined;
}

export interface TflmOfPage {
  /** A sentence: versions, options. */
  how: string;
  /** By the model's name in the table. */
  figures: Map<string, TflmFigures>;
}

export const tflmHeads = {
  reference: "TFLM",
  espNn: "TFLM, ESP-NN",
  arena: "TFLM arena",
  text: "TFLM text",
} as const satisfies Record<keyof TflmFigures, string>;

const sentence = "TFLM: ";
const keys = Object.keys(tflmHeads) as (keyof TflmFigures)[];

function versionOf(folder: string): string {
  const version = /^version:\s*"?([\w.~-]+)/m.exec(readFileSync(path.join(folder, "idf_component.yml"), "utf8"))?.[1];
  if (!version) throw new UserError(`${folder}/idf_component.yml: no version in it`);
  return version;
}

/** @param titleOf the model's name in the table. @throws UserError where micro's bytes are others than those of TensorFlow Lite Micro's reference kernels */
export function measuredTflm(comparisons: readonly Comparison[], titleOf: (bench: Bench) => string): TflmOfPage {
  const figures = new Map<string, TflmFigures>();
  for (const comparison of comparisons) {
    const of = (engine: Bench["engine"]) =>
      comparison.find((each): each is Bench => !isRefusal(each) && each.engine === engine);
    const [micro, tflm, espNn] = [of("micro")!, of("tflm"), of("tflm-esp-nn")];
    const difference = tflm ? firstDifference(micro, tflm) : "equal";
    if (difference !== "equal")
      throw new UserError(
        `${micro.model}: micro's bytes are others than TensorFlow Lite Micro's from ${difference} on; the page is not written`,
      );
    figures.set(titleOf(micro), {
      reference: tflm?.count,
      espNn: espNn?.count,
      arena: tflm?.arena,
      text: tflm?.text?.model,
    });
  }
  const espNn = espNnFolder();
  return {
    how: `${sentence}TensorFlow Lite Micro of Espressif's \`esp-tflite-micro\` ${versionOf(tflmFolder()!)} on RV32IMC by the same compiler, \`-O3\`, with reference kernels${espNn ? `, and with those of \`esp-nn\` ${versionOf(espNn)} (its component asks for \`-O2\`, which takes up to 6 % more)` : ""}; \`--compare tflm\` measures it.`,
    figures,
  };
}

const number = (cell: string): number | undefined => {
  const text = cell.replaceAll(/[*,]/g, "").trim();
  return text === "" ? undefined : Number(text.replace(/ M$/, "")) * (text.endsWith(" M") ? 1e6 : 1);
};

/** The page's table of models: each row by its heads. */
export function modelRows(page: string): Record<string, string>[] {
  const lines = page.split("\n");
  const cells = (line: string): string[] =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const start = lines.findIndex((line) => line.startsWith("| model |"));
  if (start < 0) return [];
  const end = lines.findIndex((line, at) => at > start && !line.startsWith("| "));
  const head = cells(lines[start]!);
  return lines
    .slice(start + 2, end < 0 ? undefined : end)
    .map((line) => Object.fromEntries(cells(line).map((cell, at) => [head[at]!, cell])));
}

/** What an older page says. */
export function tflmOf(page: string): TflmOfPage {
  const figures = new Map<string, TflmFigures>();
  for (const row of modelRows(page)) {
    const of = (key: keyof TflmFigures): number | undefined => number(row[tflmHeads[key]] ?? "");
    figures.set(row["model"]!, Object.fromEntries(keys.map((key) => [key, of(key)])) as unknown as TflmFigures);
  }
  return { how: page.split("\n").find((line) => line.startsWith(sentence)) ?? `${sentence}not measured.`, figures };
}
