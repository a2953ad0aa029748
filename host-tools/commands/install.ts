import path from "node:path";
import { Command } from "commander";
import { existsSync } from "node:fs";
import { UserError } from "../lib/errors.js";
import { readNode } from "../node/nodeFile.js";
import { defaultModel, requireNode } from "../node/nodeFolder.js";
import { installNetwork, type Installed } from "../simulate/install.js";

const defaultNetwork = path.join(defaultModel, "model.tflite");

const number = (value: number): string => value.toLocaleString("en-US");

const describe = ({ files, bytes, arena, arenaBudget, operators }: Installed): string =>
  [
    ...files.map((file) => path.relative(process.cwd(), file)),
    `${number(bytes)} bytes, an arena of ${number(arena)} of ${number(arenaBudget)} bytes; operators: ${operators.join(", ")}`,
    "next: npx loam device builds the firmware with it",
  ].join("\n");

export default new Command("install")
  .description(
    "Make a trained network the firmware's: copies it, with the normalizer beside it, into the node's folder model (in loam's example device/model), when it is for the node's description and has room in its arena. Nothing is trained.",
  )
  .argument("[network]", `int8 .tflite with normalizer.bin beside it (default: ${defaultNetwork})`)
  .option("--json", "print the figures as JSON")
  .action(async (network: string = defaultNetwork, { json }: { json?: boolean }) => {
    if (!existsSync(network))
      throw new UserError(
        network === defaultNetwork
          ? `there is no ${network} yet: npx loam train, then npx loam convert build/model/float --calibrate build/model/samples.npy --out build/model/model`
          : `${network} does not exist`,
      );
    const node = requireNode();
    const installed = await installNetwork(network, node, await readNode());
    process.stdout.write(json ? `${JSON.stringify(installed)}\n` : `${describe(installed)}\n`);
  });
