// Slow: random graphs through engine and judges
/**
 * Random graphs over all operators: the micro engine against TensorFlow Lite Micro (recorded, and live where TFLM_DIR is set) and against desktop
 * TensorFlow Lite. A seed names a graph. LOAM_SEEDS=from-to tries these instead of the default ones, with all operators in turn.
 */
import test from "ava";
import { InferenceSession } from "../../host-tools/inference/index.js";
import { operatorNames } from "../../host-tools/inference/graph.js";
import { needs, tflm } from "../helpers/needs.js";
import { engineOperators, engineRules } from "tfjs-to-tflite/graph/operators/index.js";
import { compareWithDesktop, traceOf } from "./check.js";
import { explainedOperators } from "./desktopRules.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { compareMany } from "./manyGraphs.js";
import { everyOperator, randomGraph, suites, type Suite } from "./randomGraph.js";
import { readRecorded, writeRecorded } from "./recorded.js";

/** Graphs for a rule that no default graph needs: MUL and SUB whose scales desktop computes in another precision. */
const rare = [120902, 313472].map((seed) => ({ seed, suite: suites[0]! }));

const asked = process.env["LOAM_SEEDS"];

/** All suites' default graphs, or those with the seeds of LOAM_SEEDS; LOAM_SUITE=int16, or int4, has them of that suite in place of all operators. */
function graphs(): { seed: number; suite: Suite }[] {
  const some = (suite: Suite, from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({ seed: from + i, suite }));
  if (asked === undefined) return suites.flatMap((suite) => some(suite, 0, suite.graphs));
  const [from, to] = asked.split("-").map(Number) as [number, number];
  if (!(Number.isInteger(from) && Number.isInteger(to) && from < to))
    throw new Error(`LOAM_SEEDS=${asked}: two numbers "from-to" expected`);
  const name = process.env["LOAM_SUITE"] ?? everyOperator.name;
  const suite = [...suites, everyOperator].find((one) => one.name === name);
  if (!suite) throw new Error(`LOAM_SUITE=${name}: one of ${suites.map((one) => one.name).join(", ")} expected`);
  return some(suite, from, to);
}
const nameOf = (seed: number, suite: Suite): string => `suite ${suite.name}, seed ${seed}`;

const joined = (trace: { hash: string }[]): string => trace.map(({ hash }) => hash).join("");

for (const suite of suites) {
  test(`the graphs of suite ${suite.name} use every operator of the suite many times`, (t) => {
    const met = new Map<string, number>();
    for (let seed = 0; seed < suite.graphs; seed++) {
      const { model } = randomGraph(seed, suite);
      for (const name of operatorNames(model, model.subgraphs[0]!)) met.set(name, (met.get(name) ?? 0) + 1);
    }
    for (const name of suite.own) t.true((met.get(name) ?? 0) >= 20, `${name}: ${met.get(name) ?? 0} times`);
  });

  test(`micro computes what TensorFlow Lite Micro was recorded to compute in suite ${suite.name}, operator by operator`, async (t) => {
    const recorded = readRecorded(suite);
    t.is(recorded.length, suite.graphs);
    const micro = await InferenceSession.start("micro");
    try {
      for (const [seed, hashes] of recorded.entries())
        t.is(joined(await traceOf(micro, randomGraph(seed, suite))), hashes, nameOf(seed, suite));
    } finally {
      micro.close();
    }
  });
}

needs(tflm)("micro computes what TensorFlow Lite Micro computes here", async (t) => {
  const toRecord = suites.find(({ name }) => name === process.env["LOAM_RECORD_TFLM"]);
  if (toRecord) {
    const theirs = await InferenceSession.start("tflm");
    const hashes: string[] = [];
    for (let seed = 0; seed < toRecord.graphs; seed++)
      hashes.push(joined(await traceOf(theirs, randomGraph(seed, toRecord))));
    theirs.close();
    await writeRecorded(toRecord, hashes);
  }
  const seeds = graphs();
  const { operators, differences } = await compareMany(seeds, ({ graphs, differences }) => {
    if (asked !== undefined && graphs % 1000 === 0)
      process.stderr.write(`${graphs} of ${seeds.length} graphs, ${differences.length} differ\n`);
  });
  for (const name of engineOperators) t.log(`${name}: in ${operators.get(name) ?? 0} places`);
  t.deepEqual(differences, []);
});

test("every byte of int8 equals desktop TensorFlow Lite's, or a rule explains both values", async (t) => {
  const [micro, desktop] = [await InferenceSession.start("micro"), await InferenceSession.start("tflite")];
  try {
    for (const { seed, suite } of [...graphs().filter(({ suite }) => suite.variant === "int8"), ...rare])
      t.deepEqual(await compareWithDesktop(micro, desktop, randomGraph(seed, suite)), [], nameOf(seed, suite));
  } finally {
    micro.close();
    desktop.close();
  }
});

test("descriptors declare a difference to desktop TensorFlow Lite exactly where a rule explains it", (t) => {
  const said = engineOperators.filter((name) => engineRules(name).desktop !== "the same");
  t.deepEqual(said, explainedOperators);
});

test("FULLY_CONNECTED with a weight zero point, at which TensorFlow Lite Micro asserts: every byte is desktop TensorFlow Lite's", async (t) => {
  const [micro, desktop] = [await InferenceSession.start("micro"), await InferenceSession.start("tflite")];
  try {
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const model = new ModelBuilder();
      const [rows, depth, channels] = [random.int(1, 3), random.int(1, 70), random.int(1, 20)];
      const input = model.int8([rows, depth], random.logUniform(0.01, 0.1), random.int(-128, 127));
      const filter = model.int8(
        [channels, depth],
        random.logUniform(0.005, 0.05),
        random.int(-30, 30),
        random.int8s(channels * depth),
      );
      const scale =
        model.tensors[input]!.quantization!.scale[0]! *
        model.tensors[filter]!.quantization!.scale[0]! *
        Math.sqrt(depth) *
        140;
      const output = model.operator(
        "FULLY_CONNECTED",
        [input, filter],
        model.int8([rows, channels], scale, random.int(-128, 127)),
        { fusedActivation: random.int(0, 1) },
      );
      const graph = {
        model: model.build([input], [output]),
        inputs: [new Uint8Array(random.int8s(rows * depth).buffer)],
      };
      t.deepEqual(await compareWithDesktop(micro, desktop, graph), [], `seed ${seed}`);
    }
  } finally {
    micro.close();
    desktop.close();
  }
});
