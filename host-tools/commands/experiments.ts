import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { runExperiments, type ExperimentResult } from "../experiments/experiments.js";
import { saveExperiments } from "../experiments/store.js";
import type { Figure } from "../evaluate/statistics.js";
import { writeMeasured } from "../bench/measuredText.js";
import { warnOfLosses } from "../evaluate/losses.js";
import { describePublic, publicPage } from "../experiments/public/page.js";
import { runPublic, setsIn, type PublicResult } from "../experiments/public/run.js";
import { publicSets } from "../experiments/public/sets.js";
import { UserError } from "../lib/errors.js";
import { textKind } from "../lib/fileKinds.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { startProgress } from "../lib/progress.js";
import { formatTable } from "../lib/table.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { whole } from "../lib/numbers.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { ownRecordings } from "../node/nodeFolder.js";

const pageKind = textKind("the page of experiments", "# Experiments");

interface Options {
  seeds?: number[];
  recordings?: string;
  days: number;
  epochs?: number;
  node?: string;
  public?: string;
  only?: string[];
  write?: string;
  force?: boolean;
  json?: boolean;
}

/** Figures of public data sets. */
async function runAllPublic(directory: string, options: Options): Promise<void> {
  const { only, write, epochs, seeds = [1], force, json } = options;
  if (write !== undefined) await requireReplaceable([{ file: write, kind: pageKind }], { sources: [], force });
  if (seeds.length > 1) throw new UserError("--public takes one seed: it shares out the recordings, too");
  const [seed] = seeds as [number];
  await startBackend();
  const results: PublicResult[] = [];
  for (const set of setsIn(directory, only)) {
    const result = await runPublic(set, directory, { seed, ...(epochs !== undefined && { epochs }) });
    warnOfLosses(result.warnings);
    results.push(result);
  }
  if (write !== undefined) await writeMeasured(path.resolve(write), "public sets", publicPage(results, seed));
  process.stdout.write(json ? `${JSON.stringify(results)}\n` : `${describePublic(results)}\n`);
}

function seedList(text: string): number[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.some((part) => !/^\d+$/.test(part)) || new Set(parts.map(Number)).size < parts.length)
    throw new InvalidArgumentError("Expected different whole numbers, separated by commas, such as 1,2,3.");
  return parts.map(Number);
}

const show = ({ mean, deviation, values }: Figure): string =>
  `${mean.toFixed(2)}${values.length > 1 ? ` ± ${deviation.toFixed(2)}` : ""}`;

/** Targets: at least the results of the article that this project started from. */
function goals(result: ExperimentResult): [string, string, string][] {
  const verdict = (good: boolean): string => (good ? "met" : "missed");
  const { pruneCost, int8Cost, featureGain, tfliteBytes, arenaBytes } = result;
  return [
    [
      "accuracy loss, 40 % of the filters removed, fine-tuned, points",
      show(pruneCost),
      `<= 0.5: ${verdict(pruneCost.mean <= 0.5)}`,
    ],
    ["accuracy loss, int8, points", show(int8Cost), `<= 0.3: ${verdict(int8Cost.mean <= 0.3)}`],
    [
      "accuracy gain, frequency and cross-sensor features, points",
      show(featureGain),
      `>= 8: ${verdict(featureGain.mean >= 8)}`,
    ],
    [
      "bytes of .tflite, largest",
      tfliteBytes.toLocaleString("en-US"),
      `<= 180,000: ${verdict(tfliteBytes <= 180_000)}`,
    ],
    [
      "bytes of arena (micro), largest",
      arenaBytes.toLocaleString("en-US"),
      `<= 24,576: ${verdict(arenaBytes <= 24_576)}`,
    ],
  ];
}

function print(result: ExperimentResult): void {
  const { ablation, stages, parameters, windows, macs } = result;
  const lines = [
    `Accuracy on held-out windows in per cent, ${result.seeds.length} seeds (${result.seeds.join(", ")}), ${windows.join(", ")} windows; mean ± deviation`,
    formatTable(
      ["features", "columns", "float"],
      ablation.map(({ features, columns, accuracy }) => [features, columns, show(accuracy)]),
    ),
    formatTable(
      ["network", "parameters", "accuracy"],
      [
        ["float", parameters.float, show(stages.float)],
        ["pruned and fine-tuned", parameters.pruned, show(stages.pruned)],
        ["int8", parameters.int8, show(stages.int8)],
      ],
    ),
    formatTable(["goal", "measured", ""], goals(result)),
    `int8: calibration error ${show(result.calibrationError)} %, ${show(result.cloudShare)} % of windows to the cloud, ${show(result.localAccuracy)} % accuracy on the others; ${macs.toLocaleString("en-US")} multiply-adds`,
    ...(result.simulated ? ["The recordings are simulated, not measured."] : []),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

export default new Command("experiments")
  .description("Measure the effect of features, pruning and int8 on accuracy, over several seeds: about 15 minutes")
  .option("--seeds <list>", "seeds of simulation and training (default: 1,2,3; of --public: 1)", seedList)
  .option(
    "--recordings <dir>",
    "use these recordings for all seeds (default: those in recordings if there are any, else simulated days for each seed)",
  )
  .option("--days <n>", "days to simulate per seed", whole(3), 36)
  .option("--epochs <n>", "maximum training epochs; such a trial is not saved for the report of npm start", whole(1))
  .option(
    "--public <dir>",
    `instead of the example: import, train and evaluate public data sets in folders of it: ${publicSets.map(({ name }) => name).join(", ")}`,
  )
  .option("--only <names>", "of the public sets these, separated by commas", (text: string) => text.split(","))
  .option("--write <page>", "write the figures of the public sets into the page (docs/experiments.md)")
  .addOption(forceOption())
  .option("--node <file>", nodeHelp)
  .option("--json", "print the figures as JSON")
  .action(async (given: Options) => {
    if (given.public !== undefined) return runAllPublic(given.public, given);
    if ((given.only ?? given.write) !== undefined)
      throw new UserError("--only and --write are for public data sets: add --public DIR");
    const { node, json, seeds = [1, 2, 3], recordings = ownRecordings(), ...rest } = given;
    const options = { seeds, recordings, ...rest };
    const config = await readNode(node);
    await startBackend();
    const progress = startProgress("experiments", 5 * options.seeds.length);
    const result = await runExperiments(config, { ...options, progress });
    // A shortened run is a trial, not this node's figures.
    if (options.epochs === undefined) await saveExperiments(config, result);
    progress.finish();
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else print(result);
  });
