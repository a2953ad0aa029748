import { existsSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { UserError } from "../lib/errors.js";
import { defaultModel, readNode } from "../train/options.js";
import { simulate } from "../simulate/simulate.js";
import { describeEvent, describeSummary } from "../simulate/view.js";

interface Options {
  recording: string;
  node: string;
  script?: string;
  model?: string;
  state?: string;
  debug?: boolean | string;
  json?: boolean;
}

/** The one that npm start made last; the cloud then has the float network beside it. */
function trainedModel(): string | undefined {
  const made = path.join(defaultModel, "model.tflite");
  return existsSync(made) ? made : undefined;
}

export default new Command("simulate")
  .description("Run the node under XS on a recorded day: sensors, network, actuators, and a simulated radio, gateway and cloud.")
  .requiredOption("--recording <file>", "a recorded day, CSV")
  .option("--node <file>", "node description (default: node.config.json)")
  .option("--script <dir>", "another app script: a folder with app.ts")
  .option("--model <file>", "int8 .tflite with normalizer.bin beside it (default: build/model/model.tflite, or before npm start the firmware's, device/model)")
  .option("--state <dir>", "keep the node's flash and the position there, and go on from them")
  .option("--debug [host:port]", "connect to xsbug before the node starts (default: $XSBUG_HOST or localhost:5002)")
  .option("--json", "one JSON event a line, the summary last")
  .action(async (options: Options) => {
    const { json, node: file, model = trainedModel(), ...rest } = options;
    const print = (line: string | undefined) => line !== undefined && process.stdout.write(`${line}\n`);
    const config = await readNode(file);
    if (model !== undefined && !existsSync(path.join(path.dirname(model), "normalizer.bin")) && existsSync(model)) {
      throw new UserError(`${model} has no normalizer.bin beside it; loam train writes one for the networks that belong to it`);
    }
    const summary = await simulate({ ...rest, config, ...(model && { model }), onEvent: (event) => print(json ? JSON.stringify(event) : describeEvent(event)) });
    print(json ? JSON.stringify({ event: "summary", ...summary }) : describeSummary(summary));
  });
