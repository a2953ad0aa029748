import type { Scores } from "../../evaluate/metrics.js";
import { formatTable } from "../../lib/table.js";
import type { PublicResult } from "./run.js";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const number = (value: number): string => value.toLocaleString("en-US");

function rowsOf({ float, int8, baselines }: PublicResult): [string, Scores][] {
  return [
    ["float", float],
    ["int8, on the node's engine", int8],
    ...baselines.map((baseline): [string, Scores] => [`${baseline.name} (${baseline.note})`, baseline]),
  ];
}

const scoreCells = ({ accuracy, balancedAccuracy, macroF1 }: Scores): string[] => [
  percent(accuracy),
  percent(balancedAccuracy),
  percent(macroF1),
];

function aimOf({ set, reached }: PublicResult): string {
  const what = set.aim.of === "accuracy" ? "accuracy" : `F1 of ${set.aim.class}`;
  const show = set.aim.of === "accuracy" ? percent : (value: number): string => value.toFixed(3);
  return `${what}, int8: ${show(reached)}; aim ${show(set.aim.least)} or more: ${reached >= set.aim.least ? "met" : "missed"}`;
}

const needsOf = ({ needs, set }: PublicResult): string =>
  `${set.training.shape}: ${number(needs.parameters)} parameters, ${number(needs.flash)} bytes of .tflite, ${number(needs.arena)} bytes of arena, about ${(needs.instructions / 1e6).toFixed(2)} M instructions on an ESP32`;

const dataOf = ({ recordings, windows, set }: PublicResult): string =>
  `${recordings} recordings; windows: ${number(windows.train)} for training, ${number(windows.validation)} for validation, ${number(windows.test)} held out (${set.heldOut})`;

export const describePublic = (results: PublicResult[]): string =>
  results
    .map((result) =>
      [
        result.set.title,
        dataOf(result),
        formatTable(
          ["held-out windows", "accuracy", "balanced accuracy", "macro F1"],
          rowsOf(result).map(([name, scores]) => [name, ...scoreCells(scores)]),
        ),
        needsOf(result),
        aimOf(result),
      ].join("\n"),
    )
    .join("\n\n");

const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;

function confusionOf({ int8, classes }: PublicResult): string[] {
  const names = classes.map(({ name }) => name);
  return [
    line(["true class", ...names, "precision", "recall"]),
    line(["---", ...names.map(() => "---"), "---", "---"]),
    ...int8.confusion.map((row, label) => {
      const { precision, recall } = int8.classes[label]!;
      return line([names[label]!, ...row.map(String), percent(precision), percent(recall)]);
    }),
  ];
}

/** A section of docs/experiments.md. */
export const publicPage = (results: PublicResult[], seed: number): string =>
  results
    .flatMap((result) => [
      `### ${result.set.title}`,
      "",
      `Data: ${result.set.source}. ${dataOf(result)}. Seed ${seed}.`,
      "",
      line(["held-out windows", "accuracy", "balanced accuracy", "macro F1"]),
      line(["---", "---", "---", "---"]),
      ...rowsOf(result).map(([name, scores]) => line([name, ...scoreCells(scores)])),
      "",
      `\`--shape ${needsOf(result)}.`,
      "",
      `${aimOf(result)}. Published: ${result.set.published}.`,
      "",
      ...confusionOf(result),
      "",
    ])
    .join("\n")
    .trimEnd()
    // The shape's name is code.
    .replace(/`--shape ([^:]+):/g, "`--shape $1`:");
