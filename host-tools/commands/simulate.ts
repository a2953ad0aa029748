import { existsSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { readTflite } from "../graph/tflite.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { defaultModel, firmwareModel } from "../node/nodeFolder.js";
import { simulate } from "../simulate/simulate.js";
import { describeEvent, describeSummary } from "../simulate/view.js";

interface Options {
  recording: string;
  node?: string;
  script?: string;
  model?: string;
  state?: string;
  debug?: boolean | string;
  json?: boolean;
}

/** The network trained last, with the float network for the cloud beside it; if there is none, the firmware's. */
function nodeModel(): string {
  const trained = path.join(defaultModel, "model.tflite");
  return existsSync(trained) ? trained : firmwareModel();
}

/** @throws UserError when a network has no normalizer, or does not match the node description */
async function requireFitting(model: string, config: NodeConfig): Promise<void> {
  const { tensors, inputs, outputs } = readTflite(await readUserFile(model, "the model")).subgraphs[0]!;
  const size = (tensor: number | undefined): number =>
    tensors[tensor ?? -1]?.shape.reduce((product, n) => product * n, 1) ?? 0;
  const [frames, features] = [config.window.frames, featureLayout(config).count];
  if (size(inputs[0]) !== frames * features || size(outputs[0]) !== config.classes.length) {
    throw new UserError(
      `${model} takes windows of ${size(inputs[0])} features and has ${size(outputs[0])} classes; this node has ${frames} frames of ${features} features and ${config.classes.length} classes: choose a matching network with --model`,
    );
  }
  if (!existsSync(path.join(path.dirname(model), "normalizer.bin")))
    throw new UserError(`${model} has no normalizer.bin beside it; loam train writes one with its networks`);
}

export default new Command("simulate")
  .description(
    "Run the node under XS on a recorded day: sensors, network, actuators, and a simulated radio, gateway and cloud.",
  )
  .requiredOption("--recording <file>", "a recorded day, CSV")
  .option("--node <file>", nodeHelp)
  .option("--script <dir>", "another app script: a folder with app.ts")
  .option(
    "--model <file>",
    "int8 .tflite with normalizer.bin beside it (default: build/model/model.tflite, else the network of the firmware)",
  )
  .option("--state <dir>", "store the node's flash and the position there, and resume from them")
  .option("--debug [host:port]", "connect to xsbug before the node starts (default: $XSBUG_HOST or localhost:5002)")
  .option("--json", "print one JSON event per line, the summary last")
  .action(async (options: Options) => {
    const { json, node: file, model = nodeModel(), ...rest } = options;
    const print = (line: string | undefined) => line !== undefined && process.stdout.write(`${line}\n`);
    const config = await readNode(file);
    await requireFitting(model, config);
    const summary = await simulate({
      ...rest,
      config,
      model,
      onEvent: (event) => print(json ? JSON.stringify(event) : describeEvent(event)),
    });
    print(json ? JSON.stringify({ event: "summary", ...summary }) : describeSummary(summary));
  });
