import { Command, InvalidArgumentError } from "commander";
import { jsonLine } from "../lib/terminal.js";
import { UserError } from "../lib/errors.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { NodeEnded } from "../simulate/ended.js";
import type { SimulationEvent } from "../simulate/events.js";
import { listenForSerial } from "../simulate/serialPort.js";
import { nodeModel, requireFitting } from "../simulate/model.js";
import { simulate } from "../simulate/simulate.js";
import type { SimulationSummary } from "../simulate/summary.js";
import { describeEvent, describeSummary } from "../simulate/view.js";

interface Options {
  recording: string;
  node?: string;
  script?: string;
  model?: string;
  state?: string;
  debug?: boolean | string;
  serial?: number;
  json?: boolean;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError("a whole number from 0 to 65535 expected.");
  return port;
}

export default new Command("simulate")
  .description(
    "Run the node under XS on a recorded day: sensors, network, actuators, and a simulated radio, gateway and cloud.",
  )
  .requiredOption("--recording <file>", "a recorded day, CSV")
  .option("--node <file>", nodeHelp)
  .option("--script <place>", "another app script: a folder with app.ts, or a package of loam script pack")
  .option(
    "--model <file>",
    "int8 .tflite with normalizer.bin beside it (default: build/model/model.tflite, else the network of the firmware)",
  )
  .option("--state <dir>", "store the node's flash and the position there, and resume from them")
  .option("--debug [host:port]", "connect to xsbug before the node starts (default: $XSBUG_HOST or localhost:5002)")
  .option(
    "--serial <port>",
    "the node's UART is a TCP port on this machine, for loam script send --to 127.0.0.1:PORT; the clock does not run faster than real time while something goes over it",
    parsePort,
  )
  .option("--json", "print one JSON event per line, the summary last")
  .action(async (options: Options) => {
    const { json, node: file, model = nodeModel(), serial: port, ...rest } = options;
    const print = (line: string | undefined) => line !== undefined && process.stdout.write(`${line}\n`);
    const config = await readNode(file);
    await requireFitting(model, config);
    if (port !== undefined && !config.serial)
      throw new UserError('the node has no serial line: write "serial" into its description, docs/serial.md');
    const serial = port === undefined ? undefined : await listenForSerial(port);
    if (serial) process.stderr.write(`the node's UART is at 127.0.0.1:${serial.port}\n`);
    const summarize = (summary: SimulationSummary) =>
      print(json ? jsonLine({ event: "summary", ...summary }) : describeSummary(summary));
    try {
      const onEvent = (event: SimulationEvent) => print(json ? jsonLine(event) : describeEvent(event));
      summarize(await simulate({ ...rest, config, model, onEvent, ...(serial && { serial }) }));
    } catch (error) {
      if (error instanceof NodeEnded) summarize(error.summary);
      throw error;
    } finally {
      serial?.close();
    }
  });
