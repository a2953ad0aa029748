import { Command, Option } from "commander";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { updateFirmwareOperators, operatorsName } from "../inference/operators.js";
import { UserError } from "../lib/errors.js";
import { boardFolder } from "../node/boardManifest.js";
import { boardNames, boardOf, isBoard, type BoardName } from "../node/boards.js";
import { chipNames } from "../node/chips.js";
import { firmwareDescription } from "../node/firmwareDescription.js";
import { readNode } from "../node/nodeFile.js";
import { currentNode, requireNode, type NodeFolder } from "../node/nodeFolder.js";
import type { CheckedNode } from "../node/schema/node.js";
import { keepSensorManifest, sensorManifestName } from "../node/sensorManifest.js";
import { checkScript } from "../script/bundle.js";
import {
  checkFirmware,
  debugPartitions,
  keepProject,
  keylessWarning,
  requireRoom,
  takeDataAnew,
  type FirmwareBuild,
} from "../xs/firmwareBuild.js";
import { findSdk, runMcconfig } from "../xs/mcconfig.js";

interface Options {
  monitor?: boolean;
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
    `${manifest} does not exist: npx loam-node init DIR creates a node's folder with its manifest; --manifest FILE builds another one`,
  );
}

/** What is built for: a board of ours, or a platform of the SDK. */
interface Target {
  platform: string;
  board?: BoardName;
  /** Undefined for the SDK's boards, whose names do not say it. */
  chip: string | undefined;
}

/** The chip of a platform that is named after one. */
function chipOf(platform: string): string | undefined {
  const [family, subplatform = family] = platform.split("/");
  return family === "esp32" ? chipNames.find((name) => name === subplatform) : undefined;
}

/** @throws UserError when nothing says what to build for */
async function targetOf(name: string | undefined, { manifest }: Options): Promise<Target> {
  const wanted = name ?? (manifest ? undefined : (await readNode()).board);
  if (wanted === undefined)
    throw new UserError(
      `the node description has no "board", so it must be said here: ${boardNames.join(", ")}, or a platform of the Moddable SDK such as esp32`,
    );
  if (!isBoard(wanted)) return { platform: wanted, chip: chipOf(wanted) };
  return { platform: `esp32:${boardFolder(wanted)}`, board: wanted, chip: boardOf(wanted).chip };
}

/** The description's pins were checked for its board and chip: those must be the ones that are built for. @throws UserError */
function requireFitting({ platform, board, chip }: Target, config: CheckedNode): void {
  if (board !== undefined && board !== config.board)
    throw new UserError(
      config.board === undefined
        ? `the node description has no "board": add "board": "${board}" to it, and leave out "chip" and, in "radio", "board"`
        : `${board} is not the board of the node description, which has "board": "${config.board}": change one of the two`,
    );
  if (chip !== undefined && chip !== config.chip)
    throw new UserError(
      `${platform} is for the chip ${chip}, but the node description has "chip": "${config.chip}", for which its pins were checked: change one of the two`,
    );
}

/** Makes the parts of a firmware that come from the description and the network, and says what has changed. @throws UserError for what the app script's language does not have */
async function prepare(node: NodeFolder, config: CheckedNode): Promise<void> {
  await checkScript(node.app);
  if (await keepSensorManifest(node, config))
    process.stdout.write(`${sensorManifestName} now includes the drivers of the node's sensors\n`);
}

export default new Command("device")
  .description("Build the firmware with the Moddable SDK's mcconfig, flash it, and open xsbug or the log")
  .argument(
    "[board]",
    `${boardNames.join(", ")} (default: that of the node description); or a platform of the SDK: esp32/esp32c3, ..., lin for its desktop simulator`,
  )
  .argument("[arguments...]", "more arguments for mcconfig, e.g. ssid=... for its configuration")
  .option("--manifest <file>", "manifest to build (default: the node's manifest.json)")
  .option("--release", "without xsbug and instrumentation")
  .addOption(
    new Option("--monitor", "show the node's log in this terminal instead of starting xsbug").conflicts("release"),
  )
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
  .action(async (name: string | undefined, extra: string[], options: Options) => {
    const target = await targetOf(name, options);
    const sdk = findSdk(target.platform, options.monitor);
    if (options.check) {
      process.stdout.write(`The Moddable SDK at ${sdk.root} can build for ${target.board ?? target.platform}.\n`);
      return;
    }
    const manifest = options.manifest ?? ownManifest(requireNode());
    const node = currentNode;
    const config = node && (await readNode());
    let variables: Record<string, string> = {};
    if (node && config) {
      if (!options.manifest) {
        requireFitting(target, config);
        await prepare(node, config);
      }
      variables = await firmwareDescription(options.manifest ? undefined : node, config);
    }
    const operators = node && (await updateFirmwareOperators(node.network));
    if (operators)
      process.stdout.write(
        `${path.relative(process.cwd(), path.join(node.network, operatorsName))} now lists the operators that the network uses: ${operators.join(", ")}\n`,
      );
    if (options.output) await mkdir(options.output, { recursive: true });
    const build: FirmwareBuild = {
      output: path.resolve(options.output ?? path.join(sdk.root, "build")),
      platform: target.platform,
      name: path.basename(path.dirname(path.resolve(manifest))),
      isRelease: Boolean(options.release),
      board: target.board,
    };
    const isBuilt = target.platform.startsWith("esp32") && options.target !== "clean" && options.target !== "xsbug";
    const warning = isBuilt && config && keylessWarning(build, config.updates);
    if (warning) process.stderr.write(`${warning}\n`);
    if (isBuilt) await keepProject(build);
    await takeDataAnew(build);
    const since = Date.now();
    variables = { ...debugPartitions(build), ...variables };
    try {
      await runMcconfig(sdk, target.platform, { ...options, variables, manifest, extra });
    } catch (error) {
      if (isBuilt) await requireRoom(build, since);
      throw error;
    }
    const fit = isBuilt ? await checkFirmware(build) : undefined;
    if (fit !== undefined) process.stdout.write(`${fit}\n`);
  });
