/** Instructions that are expected of a model. */
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { engineOperators } from "tfjs-to-tflite/graph/operators/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { accuracyOfTrial, fitCosts, trial, type MeasuredOperator } from "../../host-tools/bench/costFit.js";
import { layerModels } from "../../host-tools/bench/layerModels.js";
import { titles } from "../../host-tools/bench/titles.js";
import { allSubgraphs, operatorNames } from "../../host-tools/inference/graph.js";
import {
  costOf,
  describeAccuracy,
  expectedInstructions,
  expectedTargets,
  operatorInstructions,
  type Sizes,
} from "../../host-tools/inference/expected.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { mlperfTiny, needs } from "../helpers/needs.js";
import { modelNames, referenceModel } from "./models.js";

const example = () => readTflite(readFileSync(path.join(loamRoot, "device/model/model.tflite")));

/** What loam bench measured of a model, by its row of docs/benchmarks.md: RV32 and LX6. */
function recorded(title: string): number[] {
  const page = readFileSync(path.join(loamRoot, "docs/benchmarks.md"), "utf8").split("\n");
  const row = page.find((line) => line.startsWith(`| ${title}`) && line.includes(" M** |"))!;
  return row.split("|").flatMap((cell) => /\*\*([\d.]+) M\*\*/.exec(cell)?.slice(1).map(Number) ?? []);
}

test("what is expected of the example's network is about what it takes on either board", (t) => {
  const measured = recorded("the example node");
  t.is(measured.length, 2);
  expectedTargets.forEach((target, i) => {
    const ratio = expectedInstructions(example(), target)! / (1e6 * measured[i]!);
    t.true(ratio > 0.66 && ratio < 1.5, `${target}: ${ratio.toFixed(2)} of what was measured`);
  });
});

for (const name of modelNames)
  needs(mlperfTiny)(`what is expected of ${name} is about what it takes on either board`, (t) => {
    const measured = recorded(titles[name]!.title);
    const model = readTflite(readFileSync(referenceModel(name).file));
    expectedTargets.forEach((target, i) => {
      const ratio = expectedInstructions(model, target)! / (1e6 * measured[i]!);
      t.true(ratio > 0.66 && ratio < 1.5, `${target}: ${ratio.toFixed(2)} of what was measured`);
    });
  });

test("a model of twice the layers is expected to take twice as much", (t) => {
  const model = example();
  const [graph] = model.subgraphs;
  const twice = { ...model, subgraphs: [{ ...graph!, operators: [...graph!.operators, ...graph!.operators] }] };
  const [once, both] = [model, twice].map((each) => expectedInstructions(each, "rv32")!);
  t.true(Math.abs(both! - 2 * once!) < 1);
});

test("every operator of the engine has its costs", (t) => {
  const seen = new Set<string>();
  for (const model of layerModels()) {
    const names = operatorNames(model, allSubgraphs(model)[0]);
    for (const target of expectedTargets)
      operatorInstructions(model, target).forEach((count, i) => {
        t.true(count !== undefined && count >= 0, `${names[i]} on ${target}: ${count}`);
        seen.add(names[i]!);
      });
  }
  t.deepEqual(
    engineOperators.filter((operator) => !seen.has(operator)),
    [],
  );
});

test("nothing is expected of a float model", (t) => {
  const model = example();
  const [graph] = model.subgraphs;
  const tensors = graph!.tensors.map((tensor) => ({ ...tensor, type: "FLOAT32" as const }));
  const float = { ...model, subgraphs: [{ ...graph!, tensors }] };
  t.is(expectedInstructions(float, "lx6"), undefined);
  t.true(operatorInstructions(float, "lx6").every((count) => count === undefined));
});

const measured = (sizes: Sizes, costs: readonly number[], model = "a"): MeasuredOperator => ({
  ...{ model, operator: "CONV_2D", sizes, weight: 1 },
  count: costOf(costs, sizes),
});
const sizes: Sizes[] = [
  [1000, 100, 40, 10, 1],
  [8000, 100, 90, 8, 1],
  [500, 300, 10, 30, 1],
  [90, 10, 30, 3, 1],
  [70_000, 5000, 700, 50, 1],
  [2000, 40, 400, 2, 1],
];

test("costs that are a sum come out as they are", (t) => {
  for (const costs of [
    [2.5, 30, 7, 110, 900],
    [0, 12, 0, 0, 1000],
    [1.25, 0, 0, 0, 0],
  ])
    t.deepEqual(fitCosts(sizes.map((each) => measured(each, costs))), costs);
});

test("no cost is below zero", (t) => {
  // What is larger takes less, at times.
  const costs = fitCosts(
    sizes.map((each, i) => ({ ...measured(each, [1, 0, 0, 0, 1]), count: 1 + ((i * 977) % 1000) })),
  );
  t.true(costs.every((cost) => cost >= 0));
});

test("a model is tried with costs of the others", (t) => {
  const rows = ["a", "b", "c"].flatMap((model) =>
    sizes.map((each) => measured(each, model === "c" ? [2, 0, 0, 0, 0] : [1, 0, 0, 0, 0], model)),
  );
  const [a, , c] = trial(rows, ["a", "b", "c"]);
  t.true(Math.abs(c! - 0.5) < 0.01, `${c}`);
  t.true(a! > 1.05);
  t.deepEqual(accuracyOfTrial([1.1, 0.5, 1, 0.98]), { models: 4, half: 0.02, nineInTen: 0.5 });
});

test("the page says of the costs how good they are as they were written", (t) =>
  t.true(readFileSync(path.join(loamRoot, "docs/convert.md"), "utf8").includes(`\n${describeAccuracy()}\n`)));
