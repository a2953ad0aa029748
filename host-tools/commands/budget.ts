import { Command, Option } from "commander";
import { budgetOf } from "../budget/budget.js";
import { describeBudget } from "../budget/view.js";
import { UserError } from "../lib/errors.js";
import { between, positive, whole } from "../lib/numbers.js";
import { boardNames, boardOf, isBoard, type BoardName } from "../node/boards.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { currentNode, exampleNode } from "../node/nodeFolder.js";
import { fittingModel } from "../simulate/model.js";

interface Options {
  node?: string;
  board?: BoardName;
  model?: string;
  dataRate?: number;
  deferred: number;
  battery: number;
  json?: boolean;
}

export default new Command("budget")
  .description(
    "What the node needs of RAM, flash, battery and airtime, part by part, against what it has; exit code 1 when something does not fit. The node runs for three windows under XS.",
  )
  .option("--node <file>", nodeHelp)
  .addOption(new Option("--board <name>", "as if on this board (default: the description's)").choices(boardNames))
  .option(
    "--model <file>",
    "int8 .tflite with normalizer.bin beside it (default: the last trained, else the firmware's, else a stand-in)",
  )
  .option("--data-rate <n>", "data rate of the uplinks (default: the region's fastest with 125 kHz)", whole(0))
  .option("--deferred <share>", "share of the windows that are deferred, with their features", between(0, 1), 0.1)
  .option("--battery <mAh>", "usable charge of the battery", positive, 2600)
  .option("--json", "print the figures as JSON")
  .action(async ({ node, board, model, json, ...options }: Options) => {
    const described = await readNode(node);
    const name = board ?? ("board" in described && isBoard(described.board) ? described.board : undefined);
    const known = name && boardOf(name);
    const config = known ? { ...described, chip: known.chip } : described;
    const sleep = known?.sleepCurrent;
    const budget = await budgetOf(config, {
      ...options,
      app: node === undefined ? (currentNode ?? exampleNode).app : undefined,
      model: model ?? (await fittingModel(config)),
      board: sleep && { current: sleep.microamperes / 1000, source: sleep.source },
    });
    process.stdout.write(`${json ? JSON.stringify(budget) : describeBudget(budget)}\n`);
    if (budget.over.length > 0) throw new UserError(`the node does not fit: ${budget.over.join("; ")}`);
  });
