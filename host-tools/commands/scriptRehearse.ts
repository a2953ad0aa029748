/** loam script rehearse: packages to simulated nodes, before they go to real ones. */
import { Command, InvalidArgumentError } from "commander";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { between, whole } from "../lib/numbers.js";
import { silentProgress, startProgress } from "../lib/progress.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { rehearse } from "../rehearse/rehearse.js";
import { describeRehearsal } from "../rehearse/view.js";
import { inspectPackage } from "../script/inspect.js";
import { nodeModel, requireFitting } from "../simulate/model.js";

interface Options {
  recording: string;
  node?: string;
  model?: string;
  nodes: number;
  gateways: number;
  loss: number;
  dataRates?: number[];
  seed: number;
  json?: boolean;
}

/** "0-5" or "0,3,5". */
function parseDataRates(text: string): number[] {
  const range = /^(\d{1,2})-(\d{1,2})$/.exec(text);
  if (range && Number(range[1]) <= Number(range[2]))
    return Array.from({ length: Number(range[2]) - Number(range[1]) + 1 }, (_, i) => Number(range[1]) + i);
  if (!/^\d{1,2}(,\d{1,2})*$/.test(text)) throw new InvalidArgumentError("data rates expected, as 0-5 or 0,3,5.");
  return text.split(",").map(Number);
}

/** Of the region's uplinks, with 125 kHz. @throws UserError for one that it does not have */
function dataRatesOf(name: RegionName, wanted: number[] | undefined): number[] {
  const { uplinkRates, dataRates } = regions[name];
  const known = [...dataRates.keys()].filter(
    (rate) => rate >= uplinkRates[0] && rate <= uplinkRates[1] && dataRates[rate]?.[1] === 125,
  );
  const wrong = wanted?.find((rate) => !known.includes(rate));
  if (wrong !== undefined)
    throw new UserError(`--data-rates ${wrong}: uplinks in ${name} with 125 kHz have ${known.join(", ")}`);
  return wanted ?? known;
}

export const rehearseCommand = new Command("rehearse")
  .description(
    "Send packages, one after the other, to many simulated nodes over the simulated air, and show for each node what becomes of them, the hours and the airtime. Exit code 1 unless the last one is confirmed on all.",
  )
  .argument("<packages...>", "files that loam script pack wrote")
  .requiredOption("--recording <file>", "a recorded day, CSV, of all nodes; the rehearsal ends with it at the latest")
  .option("--node <file>", nodeHelp)
  .option(
    "--model <file>",
    "int8 .tflite with normalizer.bin beside it (default: build/model/model.tflite, else the network of the firmware)",
  )
  .option("--nodes <n>", "nodes", whole(1), 20)
  .option("--gateways <n>", "gateways", whole(1), 1)
  .option("--loss <share>", "share of receptions lost at random, each way", between(0, 0.9), 0.2)
  .option(
    "--data-rates <list>",
    "of the nodes in turn, as 0-5 or 0,3,5 (default: all of the region's with 125 kHz)",
    parseDataRates,
  )
  .option("--seed <n>", "seed", whole(0), 1)
  .option("--json", "print the figures as JSON")
  .action(async (files: string[], { json, node, model = nodeModel(), dataRates, ...options }: Options) => {
    const config = await readNode(node);
    await requireFitting(model, config);
    const packages = await Promise.all(files.map((file) => readUserFile(file, "the package")));
    const sequences = files.map((file, i) => inspectPackage(file, packages[i]!).sequence);
    const total = options.nodes * files.length;
    const progress = json ? silentProgress : startProgress("packages at nodes", total);
    const rates = dataRatesOf(config.radio.region, dataRates);
    const rehearsal = await rehearse({
      ...options,
      config,
      model,
      packages,
      dataRates: rates,
      onStep: (ended) => progress.update(ended),
    });
    progress.finish();
    process.stdout.write(`${json ? JSON.stringify(rehearsal) : describeRehearsal(rehearsal)}\n`);
    const last = sequences.at(-1);
    const good = rehearsal.outcomes.filter(({ sequence, isConfirmed }) => isConfirmed && sequence === last).length;
    if (good < options.nodes) throw new UserError(`package ${last} is confirmed on ${good} of ${options.nodes} nodes`);
  });
