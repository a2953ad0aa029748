import { debuglog } from "node:util";
import { Command } from "commander";
import { buildHint, buildVariable, takeBuild } from "./lib/buildOption.js";
import { systemFailure, UserError } from "./lib/errors.js";
import { stopBars } from "./lib/progress.js";
import { printableLines } from "./lib/terminal.js";

/** One row per command; each file default-exports its commander Command and is loaded only when it is called. */
const commands: [name: string, summary: string, load: () => Promise<{ default: Command }>][] = [
  [
    "airtime",
    "Compute airtime, uplinks per hour within the duty cycle, and charge",
    () => import("./commands/airtime.js"),
  ],
  [
    "arena",
    "Compute the arena that a model needs on the device, operator by operator",
    () => import("./commands/arena.js"),
  ],
  ["bench", "Measure instructions, arena and code size of a model on the device", () => import("./commands/bench.js")],
  [
    "budget",
    "RAM, flash, battery and airtime that a node needs, against what it has",
    () => import("./commands/budget.js"),
  ],
  ["check", "Check a node description, and list all errors", () => import("./commands/check.js")],
  ["cloud", "Receive what nodes send, keep it, and answer their deferrals", () => import("./commands/cloud.js")],
  ["compare", "Measure how far two models agree on samples: tfjs, float, int8", () => import("./commands/compare.js")],
  ["convert", "Convert a tfjs or Keras model to a .tflite and a C array", () => import("./commands/convert.js")],
  [
    "device",
    "Build the firmware with the Moddable SDK and deploy it to the device",
    () => import("./commands/device.js"),
  ],
  ["eval", "Evaluate the float, pruned and int8 networks on held-out recordings", () => import("./commands/eval.js")],
  [
    "example",
    "Run the whole pipeline: from recordings to a running node and a report",
    () => import("./commands/example.js"),
  ],
  [
    "experiments",
    "Measure the effect of features, pruning and int8 on accuracy, over seeds",
    () => import("./commands/experiments.js"),
  ],
  ["features", "Compute the features of recordings with the device's own code", () => import("./commands/features.js")],
  ["firmware", "Sign, look at and send firmware for nodes in the field", () => import("./commands/firmware.js")],
  ["fuzz", "Fuzz the inference engine with mutated models under sanitizers", () => import("./commands/fuzz.js")],
  [
    "gateway",
    "Run a small LoRaWAN network server for gateways with the Semtech packet forwarder or LoRa Basics Station",
    () => import("./commands/gateway.js"),
  ],
  [
    "import",
    "Import recordings as they are: any columns, units, rates and times",
    () => import("./commands/import.js"),
  ],
  ["infer", "Run a model on real numbers or raw bytes, with any backend", () => import("./commands/infer.js")],
  ["init", "Create the folder of a node of your own", () => import("./commands/init.js")],
  ["inspect", "Show the graph of a .tflite as a table", () => import("./commands/inspect.js")],
  ["install", "Make a trained network the firmware's, without training anew", () => import("./commands/install.js")],
  ["plan", "Fit a model into an arena, in pieces where it must be", () => import("./commands/plan.js")],
  ["prune", "Remove whole filters from a tfjs or Keras model", () => import("./commands/prune.js")],
  ["record", "Record what a node's sensors measure, with labels by key", () => import("./commands/record.js")],
  ["recordings", "Generate simulated recordings of the example node", () => import("./commands/recordings.js")],
  [
    "script",
    "Make, look at and send packages: signed app scripts, networks and settings for nodes in the field",
    () => import("./commands/script.js"),
  ],
  ["simulate", "Run the node under XS on a recorded day", () => import("./commands/simulate.js")],
  [
    "soak",
    "Run a soak test of simulated nodes; fails when a report is lost or a rule is violated",
    () => import("./commands/soak.js"),
  ],
  ["train", "Train the node's network on recordings", () => import("./commands/train.js")],
];

async function main(args: string[]): Promise<void> {
  const argv = takeBuild(args);
  const program = new Command("loam")
    .description("Train, convert, simulate and measure sensor nodes that think.")
    .option(
      "--build <dir>",
      `with any command: folder for generated and compiled files (default: $${buildVariable}, else build in the node's folder)`,
    )
    .showHelpAfterError("(loam --help lists the commands)");
  const wanted = argv[2] === "help" ? argv[3] : argv[2];
  for (const [name, summary, load] of commands) {
    if (name === wanted) program.addCommand((await load()).default.configureHelp({ showGlobalOptions: true }));
    else program.command(name).description(summary);
  }
  await program.parseAsync(argv);
}

/** As of a program that SIGPIPE ends. */
const pipeClosed = 141;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  // Who reads has read enough, as head does.
  process.exit(pipeClosed);
});

try {
  await main(process.argv);
} catch (error) {
  stopBars();
  const failure = error instanceof UserError ? error : systemFailure(error);
  // NODE_DEBUG=loam: where it came from, and what tfjs said.
  debuglog("loam")("%O", error);
  if (failure) {
    const { buildRoot, cacheRoot } = await import("./lib/paths.js");
    process.stderr.write(
      `loam: ${printableLines(failure.message)}${buildHint(failure.message, [buildRoot, cacheRoot])}\n`,
    );
    process.exitCode = failure.exitCode;
  } else {
    throw error;
  }
}
