import { readFileSync } from "node:fs";
import path from "node:path";
import { mean, median } from "simple-statistics";
import test from "ava";
import { operatorCosts, type OperatorCost } from "../../host-tools/bench/operatorCosts.js";
import { chips, milliseconds } from "../../host-tools/convertpage/chips.js";
import { estimatesOf, instructionsOf, trial } from "../../host-tools/convertpage/estimate.js";
import { layoutOf } from "../../host-tools/convertpage/layout.js";
import { loamRoot } from "../../host-tools/lib/paths.js";

const page = readFileSync(path.join(loamRoot, "docs/benchmarks.md"), "utf8");
const costs = operatorCosts(page);

test("every row of the page's tables of operators is read, and their sums are the page's figures of the models", (t) => {
  const sections = page.slice(page.indexOf("## Where the instructions go")).split("\n### ").slice(1);
  const rows = sections.map((section) => section.split("\n").filter((line) => /^\| [A-Z]/.test(line)).length);
  t.true(sections.length > 10);
  t.is(
    costs.length,
    rows.reduce((sum, count) => sum + count, 0),
  );
  const total = (model: string, of: "times" | "macs" | "rv32" | "lx6"): number =>
    costs.filter((cost) => cost.model === model).reduce((sum, cost) => sum + cost[of], 0);
  for (const model of new Set(costs.map((cost) => cost.model))) {
    const line = page.split("\n").find((each) => each.startsWith(`| ${model}`) && each.includes("**"))!;
    const cells = line.split("|").map((cell) => cell.replaceAll(/[ *,]/g, ""));
    const count = (cell: string): number => Number(cell.replace("M", "")) * (cell.endsWith("M") ? 1e6 : 1);
    t.is(total(model, "macs"), Number(cells[2]), model);
    // Measuring an operator by itself costs some hundred instructions.
    const slack = (whole: number): number => 0.2 * whole + 600 * total(model, "times");
    for (const [of, cell] of [
      ["rv32", cells[5]!],
      ["lx6", cells[8]!],
    ] as const)
      t.true(
        Math.abs(total(model, of) - count(cell)) < slack(count(cell)),
        `${model}, ${of}: ${total(model, of)}, ${cell}`,
      );
  }
});

const cost = (operator: string, times: number, macs: number, count: number): OperatorCost => ({
  ...{ model: "m", operator, times, macs, rv32: count, lx6: 2 * count },
});

test("what is a line comes out as that line, by kind and instruction set", (t) => {
  const measured = [
    cost("CONV_2D", 1, 1000, 3000 + 500),
    cost("CONV_2D", 4, 40_000, 120_000 + 4 * 500),
    cost("SOFTMAX", 2, 0, 2 * 700),
    cost("FULLY_CONNECTED", 1, 100, 400),
  ];
  const rv32 = estimatesOf(measured, "rv32");
  const near = (operator: string, macs: number, expected: number, estimates = rv32): void =>
    void t.true(Math.abs(instructionsOf(estimates, operator, macs)! / expected - 1) < 1e-9, operator);
  near("CONV_2D", 2000, 6500);
  near("CONV_2D", 2000, 13_000, estimatesOf(measured, "lx6"));
  near("SOFTMAX", 0, 700);
  near("FULLY_CONNECTED", 1000, 4000);
  t.is(instructionsOf(rv32, "SVDF", 10), undefined);
});

test("no part of a line is below zero", (t) => {
  // Twice the MACs for less than twice, or more than twice, the instructions.
  for (const counts of [
    [1000, 3000],
    [3000, 1000],
  ] as const) {
    const estimates = estimatesOf([cost("A", 1, 1000, counts[0]), cost("A", 1, 2000, counts[1])], "rv32");
    for (const macs of [0, 1, 1e6]) t.true(instructionsOf(estimates, "A", macs)! >= 0);
  }
});

test("models that were measured are estimated well from the others", (t) => {
  for (const set of ["rv32", "lx6"] as const) {
    const ratios = [...trial(costs, set).values()];
    t.true(Math.abs(mean(ratios) - 1) < 0.25, `${set}: ${mean(ratios)}`);
    t.true(median(ratios.map((ratio) => Math.abs(Math.log2(ratio)))) < Math.log2(1.3), set);
  }
});

test("a chip's time is its instructions at its clock", (t) => {
  const [c3] = chips.filter(({ name }) => name === "ESP32-C3");
  t.is(milliseconds(160e6, c3!), 1000);
});

test("operators stand below what they read, and none on another", (t) => {
  // A residual block: 0 -> 1 -> 2 (1 and 0), and 3 beside 1.
  const { input, places, rows, columns } = layoutOf([[-1], [0], [1, 0], [0], [3, 2], []]);
  t.deepEqual(input, { row: 0, column: 0 });
  t.deepEqual(
    places.map(({ row, column }) => [row, column]),
    [
      [1, 0],
      [2, 0],
      [3, 0],
      [2, 1],
      [4, 0],
      [1, 1],
    ],
  );
  t.deepEqual([rows, columns], [5, 2]);
});
