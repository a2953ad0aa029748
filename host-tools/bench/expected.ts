/** npm run bench:expected -- MODELS: measures the operators of int8 models and of layers made for it on the emulated boards, and writes what is expected of others. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { describeAccuracy, expectedTargets, operatorSizes, type ExpectedTarget } from "../inference/expected.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { loamRoot } from "../lib/paths.js";
import { startProgress } from "../lib/progress.js";
import { accuracyOfTrial, fitAll, trial, type MeasuredOperator } from "./costFit.js";
import { layerModels } from "./layerModels.js";
import { measure } from "./measure.js";
import { writeMeasured } from "./measuredText.js";
import { titles } from "./titles.js";

const file = path.join(loamRoot, "host-tools/inference/expected.json");
/** Of a made layer beside one of a real model, whose sizes are those that are met. */
const weightOfMade = 0.1;

async function measureAll(
  given: readonly string[],
  folder: string,
): Promise<Record<ExpectedTarget, MeasuredOperator[]>> {
  const made = await Promise.all(
    layerModels().map(async (model, i) => {
      const name = path.join(folder, `layers${i}.tflite`);
      await writeFile(name, writeTflite(model));
      return name;
    }),
  );
  const found: Record<ExpectedTarget, MeasuredOperator[]> = { rv32: [], lx6: [] };
  const progress = startProgress("measuring", (given.length + made.length) * expectedTargets.length);
  let done = 0;
  for (const name of [...made, ...given]) {
    const sizes = operatorSizes((await readModel(name)).model);
    for (const target of expectedTargets) {
      progress.update(done++, `${path.basename(name)} on ${target}`);
      const { operators } = await measure(name, target, { sizes: false });
      const weight = made.includes(name) ? weightOfMade : 1;
      for (const { index, count } of operators)
        if (sizes[index]!.isMeasuredType) found[target].push({ model: name, ...sizes[index]!, count, weight });
    }
  }
  progress.finish();
  return found;
}

const given = process.argv.slice(2);
if (given.length < 2)
  throw new UserError("int8 .tflite files expected, two or more: those of docs/benchmarks.md are what it was made of");
const folder = await mkdtemp(path.join(tmpdir(), "loam-expected-"));
try {
  const found = await measureAll(given, folder);
  const by = <T>(of: (operators: readonly MeasuredOperator[]) => T): Record<ExpectedTarget, T> => ({
    rv32: of(found.rv32),
    lx6: of(found.lx6),
  });
  const trials = by((operators) => trial(operators, given));
  const models = given.map((name) => path.basename(name, ".tflite")).map((name) => titles[name]?.title ?? name);
  const accuracy = { rv32: accuracyOfTrial(trials.rv32), lx6: accuracyOfTrial(trials.lx6) };
  const made = { models, accuracy, costs: by(fitAll) };
  const style = { ...(await resolveConfig(file)), filepath: file };
  await writeFileAtomic(file, Buffer.from(await format(JSON.stringify(made), style)));
  await writeMeasured("docs/convert.md", "expected", describeAccuracy(accuracy));
  models.forEach((name, i) =>
    process.stdout.write(
      `${name}: estimated from the others ${expectedTargets.map((target) => `${trials[target][i]!.toFixed(2)} on ${target}`).join(", ")}\n`,
    ),
  );
} finally {
  await rm(folder, { recursive: true });
}
