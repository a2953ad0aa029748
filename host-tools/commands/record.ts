import { mkdir } from "node:fs/promises";
import { Command, Option } from "commander";
import { UserError } from "../lib/errors.js";
import { positive } from "../lib/numbers.js";
import { systemReason } from "../lib/systemreasons.js";
import { jsonLine } from "../lib/terminal.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import type { CheckedNode } from "../node/schema/node.js";
import { RecordSession, requireLine, type RecordOptions } from "../record/record.js";
import { openTerminal } from "../record/terminal.js";
import { summaryLines } from "../record/view.js";
import { parsePlace, placeText, type Place } from "../serial/line.js";
import { signalOf, timeoutOption, toOption, waitingFor } from "./scriptSerial.js";

interface Options {
  to?: string;
  simulate?: string;
  output: string;
  node?: string;
  device?: string;
  label?: string;
  seconds?: number;
  name?: string;
  timeout?: number;
  json?: boolean;
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** The label of all that is recorded at first. @throws UserError for no class */
function labelOf({ label = "" }: Options, { classes }: CheckedNode): string {
  if (label !== "" && !classes.includes(label))
    throw new UserError(`--label ${label}: no class of the node; its classes are ${classes.join(", ")}`);
  return label;
}

/** Records until it is complete, ended by key or Ctrl-C, or given up. */
async function record(options: Options, config: CheckedNode, place: Place): Promise<void> {
  const label = labelOf(options, config);
  const isLive = process.stdin.isTTY && process.stdout.isTTY && !options.json;
  if (!isLive && label === "") say("no label is set (--label): rows without one are not for training");
  const stop = new AbortController();
  const end = (): void => stop.abort("ended");
  let link = `${placeText(place)}: asking for the node`;
  let note = (line: string): void => void say(line);
  const common: Omit<RecordOptions, "stop"> = {
    config,
    place,
    directory: options.output,
    seconds: options.seconds,
    name: options.name,
    device: options.device,
    onLink: (text) => (link = `${placeText(place)}: ${text}`),
    onWaiting: waitingFor(place, config),
    events: {
      onFile: (file) => note(`-> ${file}`),
      onGap: (seconds, isAnother) =>
        note(
          `gap of ${seconds.toFixed(seconds < 1 ? 3 : 1)} s${isAnother ? ": the recording goes on in another file" : ""}`,
        ),
    },
  };
  const signal = AbortSignal.any([stop.signal, signalOf(options, placeText(place))]);
  const session = new RecordSession({ ...common, stop: signal });
  const { recording, paces } = session;
  const setLabel = (name: string): void => recording.setLabel(name, Date.now() / 1000);
  setLabel(label);
  process.on("SIGINT", end).on("SIGTERM", end);
  const terminal = isLive
    ? openTerminal({
        input: process.stdin,
        output: process.stdout,
        classes: config.classes,
        state: () => ({
          sensors: config.sensors,
          paces,
          classes: config.classes,
          label: recording.label,
          summary: recording.summary,
          link,
        }),
        onLabel: setLabel,
        onEnd: end,
      })
    : undefined;
  if (terminal) note = terminal.note;
  try {
    const summary = await session.run();
    terminal?.close();
    const output = options.json ? [jsonLine(summary)] : summaryLines(summary);
    process.stdout.write(`${output.join("\n")}\n`);
    if (summary.rows === 0) throw new UserError("nothing was recorded");
  } catch (error) {
    terminal?.close();
    throw error;
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
  }
}

/** A node that is simulated on a recorded day, in real time, for as long as `use` takes. */
async function withSimulated(
  recording: string,
  config: CheckedNode,
  use: (place: Place) => Promise<void>,
): Promise<void> {
  const [{ nodeModel, requireFitting }, { simulate }, { listenForSerial }] = await Promise.all([
    import("../simulate/model.js"),
    import("../simulate/simulate.js"),
    import("../simulate/serialPort.js"),
  ]);
  const model = nodeModel();
  await requireFitting(model, config);
  const serial = await listenForSerial(0);
  const finished = new AbortController();
  const run = simulate({ recording, config, model, serial, signal: finished.signal });
  try {
    const used = use({ host: "127.0.0.1", port: serial.port });
    // The day ends, or the node fails, before the recording does.
    await Promise.race([used, run.then(() => used)]);
  } finally {
    finished.abort();
    await run.catch(() => {});
    serial.close();
  }
}

export default new Command("record")
  .description(
    "Record what a node's sensors measure, over its serial line, as CSV for loam train: live in a terminal, with a key for each class; without one, --label and --seconds. A file for each stretch of a label; what was received is in it at once.",
  )
  .addOption(toOption())
  .addOption(
    new Option(
      "--simulate <recording>",
      "from a simulated node instead, which measures what this recorded day says",
    ).conflicts("to"),
  )
  .option("-o, --output <dir>", "folder for the recordings", "recordings")
  .option("--node <file>", nodeHelp)
  .option("--device <eui>", "DevEUI of the node (default: that of the description)")
  .option("--label <class>", "the class of what is recorded, from the beginning")
  .option("--seconds <n>", "end when so many seconds are recorded", positive)
  .option("--name <text>", "what the files' names begin with: a subject, a machine")
  .addOption(timeoutOption())
  .option("--json", "no live view; the end as JSON")
  .action(async (options: Options) => {
    const described = await readNode(options.node);
    const { to, simulate: day } = options;
    if (to === undefined && day === undefined)
      throw new UserError("--to PLACE says where the node is: /dev/ttyUSB0, COM3, HOST:PORT; or --simulate RECORDING");
    // A simulated node has its line from here; and all of the day is measured.
    const { window, serial } = described;
    const config =
      day === undefined
        ? described
        : {
            ...described,
            window: { ...window, everySeconds: window.seconds },
            serial: serial ?? { port: 0, transmit: 1, receive: 3, baud: 921_600 },
          };
    requireLine(config);
    try {
      await mkdir(options.output, { recursive: true });
    } catch (error) {
      throw new UserError(`cannot write into ${options.output}: ${systemReason(error)}`);
    }
    if (day !== undefined) return withSimulated(day, config, (place) => record(options, config, place));
    if (!config.serial)
      throw new UserError('the node has no serial line: write "serial" into its description, docs/serial.md');
    await record(options, config, parsePlace(to!, config.serial.baud));
  });
