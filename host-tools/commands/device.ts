import { Command, Option } from "commander";
import { existsSync } from "node:fs";
import path from "node:path";
import { updateFirmwareOperators, operatorsName } from "../inference/operators.js";
import { UserError } from "../lib/errors.js";
import { chipNames } from "../node/chips.js";
import { readNode } from "../node/nodeFile.js";
import { currentNode, requireNode, type NodeFolder } from "../node/nodeFolder.js";
import { keepSensorManifest, sensorManifestName } from "../node/sensorManifest.js";
import { findSdk, runMcconfig } from "../xs/mcconfig.js";

interface Options {
  manifest?: string;
  release?: boolean;
  target?: string;
  output?: string;
  check?: boolean;
}

/** @throws UserError when the node's folder has no manifest */
function ownManifest({ manifest }: NodeFolder): string {
  if (existsSync(manifest)) return manifest;
  throw new UserError(
    `${manifest} does not exist: npx loam init DIR creates a node's folder with its manifest; --manifest FILE builds another one`,
  );
}

/** The chip of a platform that is named after one; undefined for the SDK's boards, which have other names. */
function chipOf(platform: string): string | undefined {
  const [family, subplatform = family] = platform.split("/");
  return family === "esp32" ? chipNames.find((name) => name === subplatform) : undefined;
}

/** mcconfig embeds the description unchecked, so it is checked here. @throws UserError */
async function requireFitting(platform: string): Promise<void> {
  const { chip } = await readNode();
  const built = chipOf(platform);
  if (built !== undefined && built !== chip)
    throw new UserError(
      `${platform} is for the chip ${built}, but the node description has "chip": "${chip}", for which its pins were checked: change one of the two`,
    );
}

export default new Command("device")
  .description("Build the firmware with the Moddable SDK's mcconfig, and deploy it to the device")
  .argument("<platform>", "esp32, esp32/esp32c3, ... or lin for the SDK's desktop simulator")
  .argument("[arguments...]", "more arguments for mcconfig, e.g. ssid=... for its configuration")
  .option("--manifest <file>", "manifest to build (default: the node's manifest.json)")
  .option("--release", "without xsbug and instrumentation")
  .addOption(
    new Option("--target <target>", "mcconfig target (default: build, deploy and run)").choices([
      "build",
      "deploy",
      "xsbug",
      "clean",
    ]),
  )
  .option("--output <folder>", "where to build (default: $MODDABLE/build)")
  .option("--check", "only check the prerequisites")
  .action(async (platform: string, extra: string[], options: Options) => {
    const sdk = findSdk(platform);
    if (options.check) {
      process.stdout.write(`The Moddable SDK at ${sdk.root} can build for ${platform}.\n`);
      return;
    }
    const manifest = options.manifest ?? ownManifest(requireNode());
    if (!options.manifest) await requireFitting(platform);
    const node = currentNode;
    if (node && !options.manifest && (await keepSensorManifest(node, await readNode())))
      process.stdout.write(`${sensorManifestName} now includes the drivers of the node's sensors\n`);
    const operators = node && (await updateFirmwareOperators(node.network));
    if (operators)
      process.stdout.write(
        `${path.relative(process.cwd(), path.join(node.network, operatorsName))} now lists the operators that the network uses: ${operators.join(", ")}\n`,
      );
    await runMcconfig(sdk, platform, { ...options, manifest, extra });
  });
