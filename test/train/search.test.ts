// Slow: trains networks
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { convertModel } from "../../host-tools/convert/index.js";
import { microArena } from "../../host-tools/inference/index.js";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { Random } from "../../host-tools/lib/random.js";
import { describeSearch, searchSvg } from "../../host-tools/search/chart.js";
import { searchNetwork, type SearchOptions } from "../../host-tools/search/search.js";
import { fitNormalizer, type Examples, type TrainingData } from "../../host-tools/train/examples.js";
import { makeNetwork } from "../../host-tools/train/network.js";
import { defaultShape, familyOf, parseShape } from "../../host-tools/train/shapes.js";

const frames = 8;
const columns = 4;

/** Two classes: a level in the first column or none. */
function examples(random: Random, count: number): Examples {
  const labels = Int32Array.from({ length: count }, (_, window) => window % 2);
  const features = Float32Array.from(
    { length: count * frames * columns },
    (_, at) => (at % columns === 0 && labels[Math.floor(at / frames / columns)] ? 1 : 0) + random.normal(),
  );
  return { count, features, labels };
}

function makeData(): TrainingData {
  const random = new Random("search.test");
  const train = examples(random, 64);
  return {
    frames,
    featureNames: ["a", "b", "c", "d"],
    classes: ["off", "on"],
    train,
    validation: examples(random, 32),
    test: examples(random, 32),
    normalizer: fitNormalizer(train, columns),
  };
}

async function optionsFor(t: ExecutionContext, more: Partial<SearchOptions> = {}): Promise<SearchOptions> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-search-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return {
    folder,
    budget: {},
    target: "lx6",
    seed: 2,
    epochs: 8,
    batch: 16,
    rate: 0.01,
    shapes: ["separable-4-8", "image-4", "dense-8", "dense-400"],
    progress: silentProgress,
    ...more,
  };
}

test.before(async () => {
  await startBackend("wasm");
});

test("names of shapes; widths, strides and filters that fit the frames", (t) => {
  t.is(parseShape("default", 15), defaultShape);
  t.like(parseShape("separable-16-32-48", 15), { filters: [16, 32, 48], strides: [2, 2, 1], kernel: 3 });
  // 200 frames: a stem of the first width halves them before the others.
  t.like(parseShape("separable-16-24-48-k7", 200), { stem: 16, filters: [24, 48], strides: [2, 2], kernel: 7 });
  t.like(parseShape("image-8-16-k5", 4), { kind: "image", kernel: 4 });
  t.like(parseShape("dense-64-32", 4), { kind: "dense", units: [64, 32] });
  for (const name of ["separable", "dense-", "dense-8-k3", "round-8", "image-0"])
    t.throws(() => parseShape(name, 15), { name: "UserError", message: /no such shape; expected default, or/ });
});

test.serial("every network of the family runs on the node's engine, within 49,152 bytes of arena", async (t) => {
  for (const [steps, width] of [
    [15, 35],
    [200, 3],
  ] as const)
    for (const name of familyOf(steps)) {
      const model = makeNetwork(steps, width, 6, 1, parseShape(name, steps));
      const random = new Random(name);
      const calibration = Float32Array.from({ length: 4 * steps * width }, () => random.normal());
      const { tflite } = await convertModel(model, { mode: "int8", name: "m", calibration, force: true });
      const { needed } = await microArena(tflite, readTflite(tflite));
      t.true(needed < 49_152, `${name} of ${steps} frames: ${needed}`);
      model.dispose();
    }
});

test.serial("the better half goes on, what is over the budget is not trained, and the state resumes it", async (t) => {
  const data = makeData();
  const options = await optionsFor(t);
  const { search, model } = await searchNetwork(data, { ...options, budget: { flash: 12_000 } });
  t.deepEqual(
    search.rungs.map(({ candidates }) => candidates),
    [3, 2, 2, 2],
  );
  const large = search.points.find(({ name }) => name === "dense-400")!;
  t.is(large.trial, undefined);
  t.regex(large.over[0]!, /^flash: [\d,]+, 12,000 allowed$/);
  const chosen = search.points.find(({ name }) => name === search.chosen.name)!;
  const best = Math.max(
    ...search.points.filter(({ trial }) => trial?.epochs === 8).map(({ trial }) => trial!.balancedAccuracy),
  );
  t.is(chosen.trial!.balancedAccuracy, best);
  t.is(model.countParams(), chosen.needs.parameters);
  t.regex(
    describeSearch(search),
    /3 networks to epoch 1, 2 networks to epoch 2.*\(chosen\).*dense-400.*12,000 allowed/s,
  );
  t.regex(searchSvg(search), /^<svg [^]*<title>[^<]*instructions/);

  // Interrupted: the last trials are lost, and the rest is not trained again.
  const file = path.join(options.folder, "state.json");
  const state = JSON.parse(await readFile(file, "utf8")) as { trials: Record<string, { epochs: number }[]> };
  const whole = JSON.stringify(state);
  for (const trials of Object.values(state.trials)) if (trials.length === 4) trials.pop();
  await writeFile(file, JSON.stringify(state));
  const resumed: number[] = [];
  const again = await searchNetwork(data, {
    ...options,
    budget: { flash: 12_000 },
    onResumeSearch: (trials) => void resumed.push(trials),
  });
  t.deepEqual(resumed, [7]);
  t.deepEqual(again.search, search);
  t.is(JSON.stringify(JSON.parse(await readFile(file, "utf8"))), whole);
});

test.serial("a budget that nothing fits is refused with what each would take", async (t) => {
  const options = await optionsFor(t, { shapes: ["dense-8"], budget: { arena: 64, instructions: 10 } });
  await t.throwsAsync(searchNetwork(makeData(), options), {
    name: "UserError",
    message: /dense-8: arena: [\d,]+, 64 allowed; instructions: [\d,]+, 10 allowed/,
  });
});
