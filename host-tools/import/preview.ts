/** What the import understood, for people. */
import type { CheckedNode } from "../node/schema/node.js";
import { formatTable } from "../lib/table.js";
import type { FileReport, ImportReport } from "./import.js";
import type { LabelCount } from "./labels.js";
import type { Mapping, TimeMapping } from "./mapping.js";
import { mergeSurveys } from "../features/survey.js";
import { mergeRates, rateWords, shortly } from "./tally.js";

/** Files that are shown one by one. */
const mostFiles = 12;
/** Remarks on recordings of a file. */
const mostRemarks = 3;

const marks: Record<string, string> = { "\t": "tab", ";": "semicolon", ",": "comma", " ": "blanks", "|": "bar" };

function formWords({ csv, time }: Mapping): string {
  if (!csv?.separator) return "";
  const { separator, decimal, comment, header, rowEnd, thousands } = csv;
  return [
    "",
    `separator ${marks[separator] ?? separator}`,
    `decimal ${decimal === "," ? "comma" : "point"}`,
    ...(thousands ? [`thousands "${thousands}"`] : []),
    ...(comment ? [`comments after ${comment}`] : []),
    ...(rowEnd ? [`rows end with ${rowEnd}`] : []),
    ...(header === false ? ["no names of columns"] : []),
    ...(time?.decimal ? [`times with a decimal ${time.decimal === "," ? "comma" : "point"}`] : []),
  ].join(", ");
}

const units: Record<string, string> = { s: "seconds", ms: "milliseconds", us: "microseconds", ns: "nanoseconds" };

function timeWords(time: TimeMapping, first: number | undefined): string {
  if (time.column === undefined) return `rows are counted, ${time.rate} Hz`;
  const format = time.format ?? "s";
  const kind = units[format]
    ? `${units[format]} since ${(first ?? 0) > 9e8 ? "1970" : "the start"}`
    : format === "iso"
      ? "ISO 8601"
      : format;
  return `column ${time.column}, ${kind}${units[format] ? "" : `, ${time.zone ?? "UTC"}`}`;
}

const timeShown = (time: number): string => (time > 9e8 ? new Date(1000 * time).toISOString() : shortly6(time));
const shortly6 = (time: number): string => String(Number(time.toFixed(6)));

/** One file: how it was read, each sensor, its first rows, and what was dropped. */
function fileText(report: FileReport, config: CheckedNode): string {
  const { mapping, first, recordings, tally } = report;
  const surveys = recordings.map(({ survey }) => survey).filter((survey) => survey.length > 0);
  const survey = surveys.length > 0 ? mergeSurveys(surveys) : [];
  const rates = mergeRates(recordings);
  const remarks = recordings.flatMap((recording) => recording.remarks);
  const files = recordings.reduce((sum, { outputs }) => sum + outputs.length, 0);
  const windows = recordings.reduce((sum, recording) => sum + recording.windows, 0);
  const said = [
    `${report.files.join(", ")}: ${report.kind}, ${report.rows.toLocaleString("en-US")} rows${formWords(mapping)}`,
    `time: ${timeWords(report.time, first[0]?.time)}`,
    formatTable(
      ["sensor", "column", "unit", "lowest", "highest", "rate"],
      config.sensors.map((sensor, at) => {
        const own = report.sensors[sensor.name]!;
        const seen = survey[at];
        const has = seen !== undefined && seen.count > 0;
        return [
          sensor.name,
          `${own.column}${scaleWords(own)}`,
          sensor.unit,
          has ? shortly(seen.lowest) : "-",
          has ? shortly(seen.highest) : "-",
          rates[at] ? rateWords(rates[at], sensor.rate) : "-",
        ];
      }),
    ),
    formatTable(
      ["time", ...config.sensors.map(({ name }) => name), "label"],
      first.map(({ time, values, label }) => [
        timeShown(time),
        ...values.map((value) => (Number.isNaN(value) ? "" : shortly(value))),
        label ?? "",
      ]),
    ),
    ...(Object.keys(mapping.label ?? {}).length === 0 ? ["label: none"] : []),
    ...(report.unused.length > 0 ? [`not used: ${report.unused.join(", ")}`] : []),
    ...(tally.cut.length > 0 ? [`cut: ${tally.cut.join("; ")}`] : []),
    ...(tally.dropped.length > 0 ? [`dropped: ${tally.dropped.join("; ")}`] : []),
    ...remarks.slice(0, mostRemarks),
    ...(remarks.length > mostRemarks ? [`and ${remarks.length - mostRemarks} more like these`] : []),
    `${files} ${files === 1 ? "recording" : "recordings"}, ${windows.toLocaleString("en-US")} ${windows === 1 ? "window" : "windows"} of ${config.window.seconds} s`,
  ];
  return said.join("\n");
}

function scaleWords({ scale, offset, filtered }: NonNullable<Mapping["sensors"]>[string]): string {
  return [
    scale === undefined ? "" : ` * ${shortly(scale)}`,
    offset === undefined ? "" : ` + ${shortly(offset)}`,
    filtered ? ", filtered" : "",
  ].join("");
}

const labelText = (labels: readonly LabelCount[]): string =>
  formatTable(
    ["label", "class", "rows"],
    labels.map(({ label, class: name, rows }) => [label, name ?? "(left out)", rows]),
  );

export function previewText({ files, labels }: ImportReport, config: CheckedNode): string {
  const shown = files.slice(0, mostFiles).map((file) => fileText(file, config));
  if (files.length > mostFiles) shown.push(`and ${files.length - mostFiles} more files`);
  if (labels.length > 0) shown.push(labelText(labels));
  return shown.join("\n\n");
}

/** For programs: all but the recordings themselves. */
export function reportJson({ files, labels, differences, refused }: ImportReport): unknown {
  return {
    labels,
    differences,
    refused,
    files: files.map(({ recordings, ...file }) => ({
      ...file,
      recordings: recordings.map(({ name, outputs, windows, remarks, cut, short, rates }) => ({
        ...{ name, windows, remarks, short },
        cut: { ...cut, gaps: cut.gaps.length },
        rates: rates.map((rate) => ({ ...rate, rate: rate.seconds > 0 ? rate.ticks / rate.seconds : null })),
        outputs: outputs.map((output) => output.name),
      })),
    })),
  };
}
