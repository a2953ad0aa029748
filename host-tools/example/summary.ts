import { formatTable } from "../lib/table.js";
import type { ReportData } from "../report/data.js";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The figures of the report as text for the terminal. */
export function describe({ stages, baselines, arena, day, node, recordings }: ReportData): string {
  const networks = formatTable(
    ["network", "held-out accuracy", "balanced", "macro F1", "parameters", "bytes", "calibration error"],
    [
      ...stages.map((stage) => [
        stage.name,
        percent(stage.accuracy),
        percent(stage.balancedAccuracy),
        percent(stage.macroF1),
        stage.parameters.toLocaleString("en-US"),
        stage.bytes.toLocaleString("en-US"),
        percent(stage.calibrationError),
      ]),
      ...baselines.map(({ name, accuracy, balancedAccuracy, macroF1 }) => [
        name,
        percent(accuracy),
        percent(balancedAccuracy),
        percent(macroF1),
        "",
        "",
        "",
      ]),
    ],
  );
  const { totals } = day;
  const facts = formatTable(
    ["on the node", ""],
    [
      ["arena, micro", `${arena.micro.toLocaleString("en-US")} of ${node.arenaBudget.toLocaleString("en-US")} bytes`],
      ["arena, TensorFlow Lite Micro", `${arena.tflm.toLocaleString("en-US")} bytes`],
      [`recorded day ${day.recording}`, `${totals.windows} windows, ${totals.verdicts} verdicts`],
      [`decided by the node (confidence >= ${node.threshold})`, `${totals.verdicts - totals.deferrals}`],
      ["deferred to the cloud", `${totals.deferrals}, ${totals.decisions} decisions came back and were acted on`],
      ["actuations", `${totals.actuations}`],
      [
        "LoRa frames",
        `${totals.uplinks} up, ${totals.downlinks} down, ${(totals.airtime / 1000).toFixed(2)} s of airtime`,
      ],
    ],
  );
  const note = recordings.simulated
    ? "The recordings are simulated, and so are the radio chip and the air."
    : "The radio chip and the air are simulated.";
  return `${networks}\n${facts}\n${note}`;
}
