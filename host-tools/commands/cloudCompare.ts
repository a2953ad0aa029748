import { Command } from "commander";
import { namePattern, nameRule } from "../access/roles.js";
import { compareNetwork, nameOf, type NetworkComparison } from "../doubts/compare.js";
import { describeComparison } from "../doubts/compareText.js";
import { readDoubts } from "../doubts/document.js";
import { fetchDoubts, publishVerdicts, tokenVariable } from "../doubts/fetch.js";
import { UserError } from "../lib/errors.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";

interface Options {
  cloud: string;
  doubts?: string;
  node?: string;
  publish?: boolean;
  name?: string;
  json?: boolean;
}

async function publish(cloud: string, name: string, { id, threshold, windows }: NetworkComparison): Promise<string> {
  const verdicts = windows.map(({ id, newLabel, newConfidence, isTrained }) => ({
    ...{ id, label: newLabel, confidence: newConfidence, isTrained },
  }));
  const { [tokenVariable]: token } = process.env;
  const stored = await publishVerdicts(cloud, id, { name, threshold, verdicts }, token);
  return `${name}: its verdicts on ${stored} windows are on the page, under candidates\n`;
}

export const compare = new Command("compare")
  .description(
    `Say what a retrained network changes on the deferred windows that a running cloud keeps, before it is packed. It runs here, on the node's engine. A token for the cloud is in the environment variable ${tokenVariable}; --publish wants one with the role operator.`,
  )
  .argument("<network>", "int8 .tflite, in the folder of its training")
  .option("--cloud <url>", "address of its page", "http://127.0.0.1:8080/")
  .option("--doubts <file>", "a file that loam cloud doubts has written, in the place of a running cloud")
  .option("--node <file>", nodeHelp)
  .option("--publish", "also show it on the cloud's page, by the labels that there are then")
  .option("--name <name>", `its name on the page: ${nameRule} (default: the folder's)`)
  .option("--json", "print the figures, and each window, as JSON")
  .action(async (network: string, _: Options, command: Command) => {
    // Some have the same name as one of `loam cloud`, which takes them.
    const options = command.optsWithGlobals<Options>();
    const { cloud, doubts: file, name = nameOf(network), json } = options;
    if (file !== undefined && (options.publish || command.getOptionValueSource("cloud") === "cli"))
      throw new UserError(
        "--doubts: a file, so there is no cloud to ask or to publish to; leave out --cloud and --publish",
      );
    if (!new RegExp(namePattern).test(name)) throw new UserError(`--name ${name}: ${nameRule} expected`);
    const node = await readNode(options.node);
    const { [tokenVariable]: token } = process.env;
    const given = file === undefined ? await fetchDoubts(cloud, { token }) : await readDoubts(file);
    const compared = await compareNetwork(network, given, node, file ?? cloud);
    const published = options.publish ? await publish(cloud, name, compared) : "";
    if (json) process.stdout.write(`${JSON.stringify(compared)}\n`);
    else process.stdout.write(describeComparison(compared) + published);
  });
