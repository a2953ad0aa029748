import path from "node:path";
import { Command } from "commander";
import type { ImportReport } from "../import/import.js";
import type { Mapping } from "../import/mapping.js";
import type { MappingOptions } from "../import/options.js";
import { warnOfDifferences } from "../features/differences.js";
import { UserError } from "../lib/errors.js";
import { jsonKind, textKind } from "../lib/fileKinds.js";
import { collect, positive } from "../lib/numbers.js";
import { writeOutputs, type Output } from "../lib/outputs.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { startProgress } from "../lib/progress.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { requireNode } from "../node/nodeFolder.js";

interface Options extends MappingOptions {
  node?: string;
  mapping?: string;
  save?: string;
  output?: string;
  preview?: boolean;
  skip?: boolean;
  strict?: boolean;
  force?: boolean;
  json?: boolean;
}

const recordingKind = textKind("a recording", "time,");
const mappingKind = jsonKind("a mapping", (value) => "loamImport" in value);

/** Files whose reasons are shown. */
const mostReasons = 10;

/** @throws UserError that lists what was refused, unless it may be left out */
function requireAll({ refused, files }: ImportReport, isSkipping: boolean): void {
  if (refused.length === 0) return;
  const list = refused.slice(0, mostReasons).map(({ reason }) => reason);
  if (refused.length > list.length) list.push(`and ${refused.length - list.length} more`);
  if (isSkipping && files.length > 0) {
    for (const reason of list) process.stderr.write(`left out: ${reason}\n`);
    return;
  }
  const total = refused.length + files.length;
  if (total === 1) throw new UserError(list[0]!);
  throw new UserError(
    `${refused.length} of ${total} files are refused (--skip leaves them out):\n${list.map((reason) => `  ${reason}`).join("\n")}`,
  );
}

/** What is so of many files is said once. */
function warningsOf({ files }: ImportReport): string[] {
  const found = new Map<string, string[]>();
  for (const { files: names, warnings } of files)
    for (const warning of warnings) found.set(warning, [...(found.get(warning) ?? []), names[0]!]);
  return [...found].map(
    ([warning, names]) => `${names[0]}${names.length > 1 ? ` and ${names.length - 1} more` : ""}: ${warning}`,
  );
}

async function writeAll(
  report: ImportReport,
  { output, save, force }: Options,
  sources: readonly string[],
): Promise<void> {
  const recordings = report.files.flatMap((file) => file.recordings.flatMap(({ outputs }) => outputs));
  const planned: { file: string; text: string; kind: typeof recordingKind }[] = [];
  if (output !== undefined)
    planned.push(...recordings.map(({ name, text }) => ({ file: path.join(output, name), text, kind: recordingKind })));
  const mapping: Mapping | undefined = report.files[0]?.mapping;
  if (save !== undefined && mapping)
    planned.push({ file: save, text: `${JSON.stringify(mapping, null, 2)}\n`, kind: mappingKind });
  await requireReplaceable(planned, { sources, force });
  await writeOutputs(planned.map(({ file, text }): Output => [file, text]));
}

export default new Command("import")
  .description(
    "Import recordings of other programs and data sets: shows how they are read, and writes them in the form that the other commands read, at the rates of the node description. What the options say can be saved as a mapping and used again.",
  )
  .argument("<files...>", "files, or folders of them")
  .option("--node <file>", nodeHelp)
  .option("--mapping <file>", "how the files are read, as --save has written it; options count over it")
  .option("--preview", "only show how the files are read; with nothing to write, the same")
  .option("-o, --output <dir>", "folder for the recordings")
  .option("--save <file>", "write the mapping that the first file was read with")
  .option("--time <column>", "column of times")
  .option("--time-format <format>", 'numbers in s, ms, us or ns; "iso", or a format such as "dd.MM.yyyy HH:mm:ss.S"')
  .option("--zone <name>", "time zone of dates, such as Europe/Berlin (default: UTC)")
  .option("--rate <hz>", "count the rows, which follow each other at this rate", positive)
  .option("--start <time>", "time of the first row, ISO 8601, for relative times and counted rows")
  .option("--column <sensor=column>", "a sensor's column, by its name or, without names, its number", collect)
  .option("--scale <sensor=x>", "a sensor's reading is x times the cell; without a sensor, of all", collect)
  .option("--offset <sensor=x>", "plus x, in the sensor's unit", collect)
  .option("--unit <sensor=unit>", "the column's unit, converted to the description's", collect)
  .option("--filtered", "the board's high-pass filter was on when it was recorded")
  .option("--label-column <column>", "column of labels")
  .option("--label <class>", "the label of all rows")
  .option("--label-from-name <expression>", "regular expression on the file's name; its first group is the label")
  .option("--class <label=class>", "the class of a label; LABEL= leaves its rows out", collect)
  .option("--separator <mark>", "between cells: a character, or tab")
  .option("--decimal <mark>", "decimal mark: , or .")
  .option("--thousands <mark>", "mark between groups of three digits")
  .option("--comment <mark>", "begins a comment")
  .option("--missing <text>", "stands for a missing reading, beside NA, null and the like", collect)
  .option("--split <column>", "column whose values make recordings of their own", collect)
  .option("--joined", "the files of a folder, in the order of their times, are one recording")
  .option("--gap <seconds>", "a hole of more ends a recording (default: a quarter of a window)", positive)
  .option("--skip", "leave out files that cannot be read")
  .option("--strict", "what would be dropped or decided by majority is an error")
  .addOption(forceOption())
  .option("--json", "print what was understood as JSON")
  .action(async (inputs: string[], options: Options) => {
    const { importRecordings } = await import("../import/import.js");
    const { extractFeatures } = await import("../features/extract.js");
    const { checkMapping, mappingVersion, mergeMappings, readMapping } = await import("../import/mapping.js");
    const { mappingOf } = await import("../import/options.js");
    const { previewText, reportJson } = await import("../import/preview.js");
    const { findSources } = await import("../import/sources.js");
    const config = await readNode(options.node);
    const base = options.mapping
      ? await readMapping(options.mapping)
      : checkMapping({ loamImport: mappingVersion }, "");
    const mapping = mergeMappings(
      base,
      mappingOf(
        options,
        config.sensors.map(({ name }) => name),
      ),
    );
    const sources = await findSources(inputs);
    const progress = startProgress("import", sources.length);
    let done = 0;
    const report = await importRecordings(sources, {
      mapping,
      config,
      isStrict: options.strict ?? false,
      onFile: (file) => progress.update(done++, path.basename(file)),
    });
    const recordings = report.files.flatMap((file) => file.recordings);
    const windows = recordings.reduce((sum, recording) => sum + recording.windows, 0);
    progress.finish(`${windows} windows`);
    if (options.json) process.stdout.write(`${JSON.stringify(reportJson(report))}\n`);
    else if (report.files.length > 0) process.stdout.write(`${previewText(report, config)}\n`);
    for (const warning of warningsOf(report)) process.stderr.write(`${warning}\n`);
    warnOfDifferences(report.differences);
    requireAll(report, options.skip ?? false);
    if (options.preview) return;
    if (options.output === undefined && options.save === undefined)
      return void process.stderr.write("nothing is written: -o DIR writes the recordings\n");
    if (options.output !== undefined && windows === 0)
      throw new UserError(
        `no stretch with readings and without a hole is as long as a window of ${config.window.seconds} s: nothing to write`,
      );
    const read = [...sources.map(({ file }) => file), options.node ?? requireNode().description];
    await writeAll(report, options, options.mapping ? [...read, options.mapping] : read);
    const { output } = options;
    if (output === undefined) return;
    const files = recordings.flatMap(({ outputs }) => outputs.map(({ name }) => path.join(output, name)));
    process.stderr.write(`${files.length} ${files.length === 1 ? "recording" : "recordings"} in ${output}\n`);
    // As the node would judge them: it says how many windows are unfit, and why. What a recording needs is said before it is trained on.
    await extractFeatures(files, config, { requireLabels: false, warn: () => undefined });
  });
