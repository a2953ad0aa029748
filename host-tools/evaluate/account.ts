import type * as tfl from "@tensorflow/tfjs-layers";
import { baselinesOf, type Baseline } from "./baselines.js";
import { evaluateFloat } from "./evaluate.js";
import { lossesOf } from "./losses.js";
import { classFigures, confusionMatrix, f1Of, scoresOf, secondArea, verdicts, type Scores } from "./metrics.js";
import { percent } from "../web/format.js";
import { formatTable } from "../lib/table.js";
import { classCounts, type TrainingData } from "../train/examples.js";
import { scoreOf } from "../train/predict.js";
import { describeSplit, type Split } from "../train/split.js";
import { figureOf, type Figure } from "./statistics.js";

/** What a training came to on its held-out windows. */
export interface Account {
  split: Split;
  /** Windows of each class, in the classes' order, and how the network does on the held-out ones; NaN where there are none. */
  classes: { name: string; train: number; validation: number; test: number; precision: number; recall: number }[];
  test: Scores & { loss: number; confusion: number[][]; anomaly?: AnomalyFigures };
  baselines: Baseline[];
  warnings: string[];
}

/** Of two classes: how well the second is told, for an anomaly task. */
export interface AnomalyFigures {
  windows: number;
  precision: number;
  recall: number;
  f1: number;
  /** Area under the ROC curve, whatever the threshold. */
  rocArea: number;
  /** Of the windows of the first class the share that was called the second. */
  falseAlarms: number;
}

export function anomalyFigures(confusion: number[][], area: number): AnomalyFigures {
  const [usual, other] = classFigures(confusion);
  const { precision, recall, support } = other!;
  return { windows: support, precision, recall, f1: f1Of(other!), rocArea: area, falseAlarms: 1 - usual!.recall };
}

/** For the terminal. @param name of the second class */
export function describeAnomaly(
  { windows, precision, recall, f1, rocArea: area, falseAlarms }: AnomalyFigures,
  name: string,
): string {
  const alarms = `${percent(falseAlarms)} of the other windows are called ${name}`;
  return windows === 0
    ? `no held-out window is labelled ${name}; ${alarms}`
    : `${name}: F1 ${f1.toFixed(3)}, area under the ROC curve ${area.toFixed(3)}, precision ${percent(precision)}, recall ${percent(recall)} of ${windows} windows; ${alarms}`;
}

export function accountOf(model: tfl.LayersModel, data: TrainingData, split: Split): Account {
  const { classes, test } = data;
  const probabilities = evaluateFloat(model, test, data);
  const confusion = confusionMatrix(test.labels, verdicts(probabilities, classes.length).labels, classes.length);
  const scores = scoresOf(confusion);
  const baselines = baselinesOf(data);
  const figures = classFigures(confusion);
  const anomaly = data.task === "anomaly" && {
    anomaly: anomalyFigures(confusion, secondArea(probabilities, test.labels)),
  };
  const counts = (["train", "validation", "test"] as const).map((part) => classCounts(data[part], classes.length));
  return {
    split,
    classes: classes.map((name, label) => ({
      name,
      train: counts[0]![label]!,
      validation: counts[1]![label]!,
      test: counts[2]![label]!,
      precision: figures[label]!.precision,
      recall: figures[label]!.recall,
    })),
    test: { ...scores, loss: scoreOf(probabilities, test.labels, classes.length).loss, confusion, ...anomaly },
    baselines,
    warnings: lossesOf([{ name: "float", metrics: { ...scores, windows: test.count } }], baselines),
  };
}

/** Rows of a table of scores, the baselines below the networks. */
export const scoreRows = (networks: (Scores & { name: string })[], baselines: Baseline[]): string[][] =>
  [...networks, ...baselines.map(({ name, note, ...scores }) => ({ ...scores, name: `${name}: ${note}` }))].map(
    ({ name, accuracy, balancedAccuracy, macroF1 }) => [
      name,
      percent(accuracy),
      percent(balancedAccuracy),
      percent(macroF1),
    ],
  );

export const scoreHead = ["held-out windows", "accuracy", "balanced accuracy", "macro F1"];

/** For the terminal. */
export const describeAccount = ({ split, classes, test, baselines }: Account): string =>
  [
    describeSplit(split),
    formatTable(
      ["class", "training windows", "validation", "held out", "precision", "recall"],
      classes.map(({ name, train, validation, test: held, precision, recall }) => [
        ...[name, train, validation, held],
        ...[percent(precision), percent(recall)],
      ]),
    ),
    formatTable(scoreHead, scoreRows([{ name: "the network", ...test }], baselines)),
    ...(test.anomaly ? [describeAnomaly(test.anomaly, classes[1]!.name)] : []),
  ].join("\n");

/** Over folds. */
export interface FoldFigures {
  folds: Account[];
  network: Record<keyof Scores, Figure>;
  baselines: Record<string, Record<keyof Scores, Figure>>;
}

const figuresOf = (scores: Scores[]): Record<keyof Scores, Figure> => ({
  accuracy: figureOf(scores.map(({ accuracy }) => accuracy)),
  balancedAccuracy: figureOf(scores.map((each) => each.balancedAccuracy)),
  macroF1: figureOf(scores.map((each) => each.macroF1)),
});

export function foldFigures(folds: Account[]): FoldFigures {
  const names = folds[0]!.baselines.map(({ name }) => name);
  return {
    folds,
    network: figuresOf(folds.map(({ test }) => test)),
    baselines: Object.fromEntries(
      names.map((name, index) => [name, figuresOf(folds.map(({ baselines }) => baselines[index]!))]),
    ),
  };
}

export function describeFolds({ folds, network, baselines }: FoldFigures): string {
  const show = ({ mean, deviation }: Figure): string => `${percent(mean)} ± ${(100 * deviation).toFixed(1)}`;
  const row = (name: string, figures: Record<keyof Scores, Figure>): string[] => [
    name,
    show(figures.accuracy),
    show(figures.balancedAccuracy),
    show(figures.macroF1),
  ];
  const held = ({ split }: Account): string =>
    split.by === "file" ? `${Object.keys(split.test).length} recordings` : Object.keys(split.test).join(", ");
  return [
    formatTable(
      [`${folds.length} folds, mean ± deviation`, ...scoreHead.slice(1)],
      [
        row("the network", network),
        ...Object.entries(baselines).map(([name, figures]) => row(name, figures)),
        ...folds.map((fold, index) => [
          `fold ${index + 1}: ${held(fold)}`,
          percent(fold.test.accuracy),
          percent(fold.test.balancedAccuracy),
          percent(fold.test.macroF1),
        ]),
      ],
    ),
  ].join("\n");
}
