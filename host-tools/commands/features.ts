import path from "node:path";
import { Command } from "commander";
import type { NodeConfig } from "../../device/config.js";
import { readRecording, strictHelp } from "../features/csv.js";
import { excerpt, oneOfEach } from "../features/excerpt.js";
import { extractFeatures, type FeatureSet } from "../features/extract.js";
import { countUnfit, describeUnfit } from "../features/unfit.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { replayKind, textKind } from "../lib/fileKinds.js";
import { writeOutputs, type Output } from "../lib/outputs.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { formatTable } from "../lib/table.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { requireNode } from "../node/nodeFolder.js";

interface Options {
  node?: string;
  output?: string;
  replay?: string;
  force?: boolean;
  strict?: boolean;
  json?: boolean;
}

/** Mean and deviation of each feature over all frames. */
function statistics(set: FeatureSet): { name: string; mean: number; deviation: number }[] {
  const rows = set.count * set.frames;
  return set.layout.names.map((name, column) => {
    let sum = 0;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const value = set.features[row * set.layout.count + column]!;
      sum += value;
      squares += value * value;
    }
    const mean = sum / rows;
    return { name, mean, deviation: Math.sqrt(Math.max(0, squares / rows - mean * mean)) };
  });
}

const firstColumns = ["recording", "time", "label", "frame"];
const csvKind = textKind("a CSV of features", `${firstColumns.join(",")},`);

/** One row per frame: recording, window's start, label, frame, then the features. */
function csvOf(set: FeatureSet, recordings: string[], config: NodeConfig): string {
  const lines = [[...firstColumns, ...set.layout.names].join(",")];
  for (let window = 0; window < set.count; window++) {
    for (let frame = 0; frame < set.frames; frame++) {
      const at = (window * set.frames + frame) * set.layout.count;
      const head = [
        path.basename(recordings[set.files[window]!]!),
        set.times[window],
        config.classes[set.labels[window]!] ?? "",
        frame,
      ];
      lines.push([...head, ...set.features.subarray(at, at + set.layout.count)].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

export default new Command("features")
  .description("Compute the features of recordings with the device's own code under XS.")
  .argument("<recordings...>", "recorded days, CSV")
  .option("--node <file>", nodeHelp)
  .option("--output <file>", "CSV file for all features, one row per frame")
  .option(
    "--replay <file>",
    "file for a short replay of the first recording, one window per class, for a board's flash",
  )
  .addOption(forceOption())
  .option("--strict", strictHelp)
  .option("--json", "print the figures as JSON")
  .action(async (recordings: string[], { node, output, replay, force, strict = false, json }: Options) => {
    await requireReplaceable(
      [...(output ? [{ file: output, kind: csvKind }] : []), ...(replay ? [{ file: replay, kind: replayKind }] : [])],
      { sources: [...recordings, node ?? requireNode().description], force },
    );
    const config = await readNode(node);
    const set = await extractFeatures(recordings, config, { requireLabels: false, isStrict: strict });
    if (set.count === 0)
      throw new UserError(
        `no window of ${config.window.seconds} s in ${recordings.join(", ")} is complete and free of sensor faults: ${describeUnfit(set.unfit)}`,
      );
    const outputs: Output[] = [];
    if (output) outputs.push([output, csvOf(set, recordings, config)]);
    if (replay) {
      const first = readRecording(recordings[0]!, await readUserFile(recordings[0]!, "the recording"), config, true);
      outputs.push([replay, excerpt(first, config, oneOfEach(first))]);
    }
    await writeOutputs(outputs);
    const figures = {
      windows: set.count,
      unfit: set.unfit.length,
      reasons: countUnfit(set.unfit),
      frames: set.frames,
      features: statistics(set),
    };
    if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    else
      process.stdout.write(
        `${formatTable(
          ["feature", "mean", "deviation"],
          figures.features.map(({ name, mean, deviation }) => [name, mean.toPrecision(5), deviation.toPrecision(5)]),
        )}\n`,
      );
  });
