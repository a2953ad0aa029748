// Slow: trains networks
import test from "ava";
import { featureLayout } from "../../device/features/layout.js";
import { columnsOf, featureSets } from "../../host-tools/experiments/experiments.js";
import { difference, figureOf } from "../../host-tools/evaluate/statistics.js";
import { exampleNode } from "../../host-tools/node/nodeFolder.js";
import { readNode } from "../../host-tools/node/nodeFile.js";

test("mean and deviation of the sample: NIST's NumAcc1", (t) => {
  // https://www.itl.nist.gov/div898/strd/univ/: certified values.
  const numAcc1 = figureOf([10000001, 10000003, 10000002]);
  t.is(numAcc1.mean, 10000002);
  t.is(numAcc1.deviation, 1);
  t.deepEqual(figureOf([93.5]), { values: [93.5], mean: 93.5, deviation: 0 });
  // n - 1: of 2 and 4 the variance is (1 + 1) / 1.
  t.is(figureOf([2, 4]).deviation, Math.SQRT2);
});

test("the cost of a step is computed from the differences per seed, not as a difference of means", (t) => {
  const [before, after] = [figureOf([90, 80, 70]), figureOf([89, 79, 69])];
  t.deepEqual(difference(before, after), { values: [1, 1, 1], mean: 1, deviation: 0 });
  t.is(before.deviation, 10);
});

test("feature sets hold the features that they name, and the last set holds all", async (t) => {
  const config = await readNode(exampleNode.description);
  const { count, ranges } = featureLayout(config);
  for (const { name, groups } of featureSets) {
    const columns = columnsOf(config, groups);
    t.is(new Set(columns).size, columns.length, name);
    for (const { group, from, to } of ranges)
      t.is(
        columns.filter((column) => column >= from && column < to).length,
        groups.includes(group) ? to - from : 0,
        `${name}: ${group}`,
      );
  }
  t.deepEqual(
    [...columnsOf(config, featureSets.at(-1)!.groups)].sort((a, b) => a - b),
    Array.from({ length: count }, (_, i) => i),
  );
});
