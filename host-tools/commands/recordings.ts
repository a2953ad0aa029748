import { Command } from "commander";
import { formatTable } from "../lib/table.js";
import { simulatedLabels } from "../recordings/day.js";
import { generateRecordings, parts } from "../recordings/generate.js";
import { whole } from "../lib/numbers.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { currentNode, exampleNode, simulatedRecordings } from "../node/nodeFolder.js";

interface Options {
  out: string;
  days: number;
  seed: number;
  node?: string;
  json?: boolean;
}

export default new Command("recordings")
  .description(
    "Generate simulated recordings of the example, an irrigation node: one CSV file per day, for training, validation and test",
  )
  .option("--out <dir>", "output folder; existing simulated recordings are replaced", simulatedRecordings)
  .option("--days <n>", "days, each at a different site", whole(3), 36)
  .option("--seed <n>", "the same seed gives the same files", whole(0), 1)
  .option("--node <file>", nodeHelp)
  .option("--json", "print the written files as JSON")
  .action(async ({ out, days, seed, node, json }: Options) => {
    const set = await generateRecordings(out, await readNode(node ?? (currentNode ?? exampleNode).description), {
      days,
      seed,
    });
    if (json) return void process.stdout.write(`${JSON.stringify({ simulated: true, ...set })}\n`);
    const rows = parts.map((part) => {
      const own = set.days.filter((day) => day.part === part);
      return [
        part,
        own.length,
        ...simulatedLabels.map((label) => own.reduce((sum, day) => sum + day.windows[label], 0)),
      ];
    });
    process.stdout.write(
      `${formatTable(["part", "days", ...simulatedLabels], rows)}\nSimulated, not measured: ${out}\n`,
    );
  });
