import { existsSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import type { NodeConfig } from "../../device/config.js";
import { requireBudget } from "../budget/budget.js";
import { arenaByOperator } from "../example/arena.js";
import { mostTelling } from "../example/choose.js";
import { recordedDay } from "../example/day.js";
import { explorerOf } from "../example/explorer.js";
import { makeNetworks, networkFiles } from "../example/networks.js";
import { reportData } from "../example/report.js";
import { describe } from "../example/summary.js";
import { warnOfLosses } from "../evaluate/losses.js";
import { loadExperiments } from "../experiments/store.js";
import { UserError } from "../lib/errors.js";
import { holdFolder } from "../lib/folderLock.js";
import { whole } from "../lib/numbers.js";
import { buildRoot } from "../lib/paths.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { startProgress } from "../lib/progress.js";
import { warnOfDifferences } from "../features/differences.js";
import { generateRecordings } from "../recordings/generate.js";
import { reportKind, writeReport } from "../report/page.js";
import type { SimulationEvent } from "../simulate/events.js";
import { installNetwork } from "../simulate/install.js";
import { simulate } from "../simulate/simulate.js";
import { loadDataset } from "../train/dataset.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { currentNode, exampleNode, ownRecordings, requireNode } from "../node/nodeFolder.js";
import { predict } from "../train/predict.js";

interface Options {
  recordings?: string;
  node?: string;
  out: string;
  days: number;
  seed: number;
  epochs?: number;
  fineTuneEpochs?: number;
  install?: boolean;
  force?: boolean;
  json?: boolean;
}

/** The network must match the node that the firmware is built for. @throws UserError before any work is done */
async function requireFirmwareNode(config: NodeConfig): Promise<void> {
  const { description } = requireNode();
  if (JSON.stringify(config) === JSON.stringify(await readNode(description))) return;
  throw new UserError(
    `--install would install the network in the firmware of ${description}, not of --node: run it in the folder of the --node description`,
  );
}

/** @param windows of the recording, about, for the progress bar */
async function runDay(recording: string, options: Omit<Parameters<typeof simulate>[0], "recording">, windows: number) {
  const progress = startProgress("a day on the node", windows);
  const events: SimulationEvent[] = [];
  let done = 0;
  const summary = await simulate({
    ...options,
    recording,
    onEvent(event) {
      events.push(event);
      if (event.event === "window") progress.update(Math.min(++done, windows), event.label ?? "");
    },
  });
  progress.finish(`${summary.windows} windows`);
  return { events, summary };
}

export default new Command("example")
  .description(
    "Run the whole pipeline: recordings, features, training, pruning, int8, a simulated day on the node, and a report",
  )
  .option(
    "--recordings <dir>",
    "your own recordings (default: those in recordings if there are any, else simulated ones)",
  )
  .option("--node <file>", nodeHelp)
  .option("--out <dir>", "output folder", buildRoot)
  .option("--days <n>", "days to simulate", whole(6), 36)
  .option("--seed <n>", "the same seed gives the same figures", whole(0), 1)
  .option("--epochs <n>", "maximum training epochs", whole(1))
  .option("--fine-tune-epochs <n>", "maximum fine-tuning epochs after pruning", whole(1))
  .option(
    "--install",
    "install the network in the firmware: in the node's folder model, or in device/model of loam's example",
  )
  .addOption(forceOption())
  .option("--json", "print the figures as JSON")
  .action(
    async ({
      recordings = ownRecordings(),
      node,
      out,
      days,
      seed,
      epochs,
      fineTuneEpochs,
      install,
      force,
      json,
    }: Options) => {
      const description = node ?? (currentNode ?? exampleNode).description;
      const models = path.join(out, "model");
      const page = path.join(out, "report.html");
      await requireReplaceable([...networkFiles(models), { file: page, kind: reportKind }], {
        sources: [description],
        force,
      });
      const config = await readNode(description);
      if (install) await requireFirmwareNode(config);
      await requireBudget(config);
      await holdFolder(models, "loam example");
      const folder = recordings ?? path.join(out, "recordings");
      if (recordings === undefined) await generateRecordings(folder, config, { days, seed });
      const data = await loadDataset(folder, config, { seed });
      warnOfDifferences(data.differences);
      const networks = await makeNetworks(models, data, {
        seed,
        epochs,
        fineTuneEpochs,
        threshold: config.policy.threshold,
      });
      warnOfLosses(networks.warnings);
      if (install) await installNetwork(path.join(models, "model.tflite"), requireNode(), config);
      const arena = await arenaByOperator(networks.conversion.tflite, config.model.arenaBytes);
      const explorer = await explorerOf(data, config, networks.probabilities, seed);
      const chosen = mostTelling(data);
      const { events, summary } = await runDay(
        chosen.file,
        { config, model: path.join(models, "model.tflite"), predict: (window) => predict(networks.model, window, 1) },
        chosen.windows,
      );
      const day = await recordedDay(chosen, config, events, summary);
      const simulated = recordings === undefined || existsSync(path.join(folder, "about.json"));
      const given = process.argv.slice(3);
      const report = reportData({
        config,
        data,
        simulated,
        networks,
        explorer,
        arena,
        day,
        command: given.length === 0 ? "npm start" : `npx loam example ${given.join(" ")}`,
        experiments: await loadExperiments(config, simulated),
      });
      await writeReport(page, report);
      process.stdout.write(
        json
          ? `${JSON.stringify(report)}\n`
          : `${describe(report)}\nThe report: ${page}\nSuch a day in the cloud, live: npx loam cloud --demo\n`,
      );
    },
  );
