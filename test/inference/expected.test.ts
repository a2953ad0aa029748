/** Instructions that are expected of a model. LOAM_EXPECTED with names of .tflite files, with colons between them, measures them and writes the costs anew. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { format, resolveConfig } from "prettier";
import {
  expectedInstructions,
  expectedTargets,
  operatorSizes,
  type Costs,
} from "../../host-tools/inference/expected.js";
import { measure } from "../../host-tools/bench/measure.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { needs, type Need } from "../helpers/needs.js";

const file = path.join(loamRoot, "host-tools/inference/expected.json");
const models = (process.env["LOAM_EXPECTED"] ?? "").split(":").filter((name) => name !== "");
const asked: Need = () =>
  models.length > 0 ? undefined : "LOAM_EXPECTED=a.tflite:b.tflite, and the boards' compilers";

interface Measured {
  sizes: readonly number[];
  count: number;
}

/** Solves a symmetric system by elimination; undefined where it has no single solution. */
function solve(matrix: number[][], right: number[]): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows[i]![i]!;
    if (Math.abs(pivot) < 1e-12) return undefined;
    for (let k = 0; k < rows.length; k++) {
      if (k === i) continue;
      const factor = rows[k]![i]! / pivot;
      rows[k] = rows[k]!.map((value, at) => value - factor * rows[i]![at]!);
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

/** The costs with the least squared error over the count, so that sums come out right, none of them negative: of all choices of sizes that count. */
function fit(all: readonly Measured[]): Costs {
  let best: { error: number; costs: number[] } = { error: Infinity, costs: [0, 0, 0] };
  for (let mask = 1; mask < 8; mask++) {
    const used = [0, 1, 2].filter((i) => mask & (1 << i));
    const scaled = all.map(({ sizes, count }) => used.map((i) => sizes[i]! / Math.sqrt(count)));
    const solution = solve(
      used.map((_, i) => used.map((__, k) => scaled.reduce((sum, row) => sum + row[i]! * row[k]!, 0))),
      used.map((_, i) => scaled.reduce((sum, row, at) => sum + row[i]! * Math.sqrt(all[at]!.count), 0)),
    );
    if (!solution || solution.some((value) => !(value >= 0))) continue;
    const error = scaled.reduce(
      (sum, row, at) => sum + (row.reduce((part, x, i) => part + x * solution[i]!, 0) - Math.sqrt(all[at]!.count)) ** 2,
      0,
    );
    if (error < best.error * (1 - 1e-9)) {
      const costs = [0, 0, 0];
      used.forEach((i, at) => (costs[i] = solution[at]!));
      best = { error, costs };
    }
  }
  return best.costs.map((value) => Number(value.toPrecision(3))) as unknown as Costs;
}

needs(asked)("costs of the operators, measured", async (t) => {
  t.timeout(3_600_000);
  const costs: Record<string, Record<string, Costs>> = {};
  for (const target of expectedTargets) {
    const found = new Map<string, Measured[]>();
    for (const name of models) {
      const sizes = operatorSizes(readTflite(readFileSync(name)));
      const { operators } = await measure(name, target, { sizes: false });
      for (const { index, count } of operators) {
        const { operator, macs, elements } = sizes[index]!;
        found.set(operator, [...(found.get(operator) ?? []), { sizes: [macs, elements, 1], count }]);
      }
    }
    costs[target] = Object.fromEntries([...found].sort().map(([operator, all]) => [operator, fit(all)]));
  }
  const style = { ...(await resolveConfig(file)), filepath: file };
  writeFileSync(file, await format(JSON.stringify(costs), style));
  t.pass();
});

/** Row of docs/benchmarks.md, which loam bench wrote, of the model that is here: RV32 and LX6, in millions. */
const recorded = (): number[] =>
  /\| the example node \|.*/
    .exec(readFileSync(path.join(loamRoot, "docs/benchmarks.md"), "utf8"))![0]
    .split("|")
    .flatMap((cell) => /\*\*([\d.]+) M\*\*/.exec(cell)?.slice(1).map(Number) ?? [])
    .map((millions) => millions * 1e6);

test("what is expected of the example's network is about what it takes on either board", (t) => {
  const model = readTflite(readFileSync(path.join(loamRoot, "device/model/model.tflite")));
  const measured = recorded();
  t.is(measured.length, 2);
  expectedTargets.forEach((target, i) => {
    const ratio = expectedInstructions(model, target) / measured[i]!;
    t.true(ratio > 0.5 && ratio < 2, `${target}: ${ratio.toFixed(2)} of what was measured`);
  });
});

test("a model of twice the layers is expected to take twice as much", (t) => {
  const model = readTflite(readFileSync(path.join(loamRoot, "device/model/model.tflite")));
  const [graph] = model.subgraphs;
  const twice = { ...model, subgraphs: [{ ...graph!, operators: [...graph!.operators, ...graph!.operators] }] };
  const [once, both] = [model, twice].map((each) => expectedInstructions(each, "rv32"));
  t.true(Math.abs(both! - 2 * once!) < 1);
});
