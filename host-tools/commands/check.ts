import path from "node:path";
import { Command } from "commander";
import { featureLayout } from "../../device/features/layout.js";
import { boardOf } from "../node/boards.js";
import { chips } from "../node/chips.js";
import { describeScript, ownScriptMemory } from "../budget/scriptMemory.js";
import { differencesIn } from "../features/differences.js";
import { UserError } from "../lib/errors.js";
import { checkNodeFile, nodeHelp } from "../node/nodeFile.js";
import { currentNode, defaultRecordings, recordingsHelp, requireNode } from "../node/nodeFolder.js";
import { windowMemory } from "../node/windowMemory.js";
import type { CheckedNode } from "../node/schema/node.js";
import { sensorManifestProblem } from "../node/sensorManifest.js";

/** A summary of the description. */
function summary(config: CheckedNode) {
  const { window, sensors, classes, actuators, radio } = config;
  return {
    node: config.name,
    board: config.board === undefined ? undefined : { name: config.board, title: boardOf(config.board).title },
    chip: chips[config.chip].title,
    sensors: sensors.map(({ name, unit, rate, hardware }) => ({ name, unit, rate, chip: hardware?.chip })),
    window: { ...window, features: featureLayout(config).count, bytes: windowMemory(config).bytes },
    classes,
    actuators: actuators.map(({ name, pin }) => ({ name, pin })),
    radio: { region: radio.region, chip: radio.board.chip },
  };
}

function describe(node: ReturnType<typeof summary>): string {
  const { window, radio } = node;
  const rows: [string, string][] = [
    ["node", `${node.node}, on an ${node.chip}`],
    ...(node.board ? [["board", `${node.board.name}: ${node.board.title}`] as [string, string]] : []),
    [
      "sensors",
      node.sensors
        .map(({ name, unit, rate, chip }) => `${name} (${unit}, ${rate} Hz, ${chip ?? "no hardware"})`)
        .join(", "),
    ],
    [
      "window",
      `${window.seconds} s every ${window.everySeconds} s, ${window.frames} frames of ${window.features} features; ${window.bytes.toLocaleString("en-US")} bytes while it is gathered`,
    ],
    ["classes", node.classes.join(", ")],
    ["actuators", node.actuators.map(({ name, pin }) => `${name} (GPIO${pin})`).join(", ") || "none"],
    ["radio", `${radio.chip}, ${radio.region}`],
  ];
  return rows.map(([what, text]) => `${what.padEnd(10)} ${text}`).join("\n");
}

/** @throws UserError with each way in which recordings are not what the board would measure */
async function requireAgreement(folder: string, config: CheckedNode): Promise<void> {
  const { differences } = await differencesIn(folder, config);
  if (differences.length > 0)
    throw new UserError(
      [`the recordings in ${path.relative(process.cwd(), folder)} differ from the description:`, ...differences].join(
        "\n  ",
      ),
    );
}

export default new Command("check")
  .description(
    "Check a node description: keys, ranges, names, pins against the chip, the drivers in the firmware, whether the recordings are what the described board would measure, and the app script's language (docs/language.md). All errors are listed, with exit code 1; docs/node.md documents every key.",
  )
  .argument("[file]", nodeHelp)
  .option("--recordings <dir>", `recordings to compare with the description (${recordingsHelp})`)
  .option("--json", "print the summary as JSON")
  .action(async (given: string | undefined, { json, recordings }: { json?: boolean; recordings?: string }) => {
    const file = given ?? requireNode().description;
    const { config, warnings, notes } = await checkNodeFile(file);
    const node = summary(config);
    const current = path.resolve(file) === currentNode?.description ? currentNode : undefined;
    const folder = recordings ?? (current && defaultRecordings());
    if (folder !== undefined) await requireAgreement(folder, config);
    if (current) {
      const script = await ownScriptMemory(config, current.app);
      if (script && script.problems.length > 0) throw new UserError(script.problems.join("; "));
      if (script) notes.push(describeScript(script.memory));
      const problem = await sensorManifestProblem(current, config);
      if (problem !== undefined) warnings.push(problem);
    }
    if (json) {
      process.stdout.write(`${JSON.stringify({ ...node, warnings, notes })}\n`);
      return;
    }
    const remarks = [...warnings.map((text) => `warning: ${text}`), ...notes.map((text) => `note: ${text}`)];
    const shown = path.relative(process.cwd(), file);
    process.stdout.write(`${describe(node)}\n${remarks.map((line) => `${line}\n`).join("")}${shown} is valid.\n`);
  });
