import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import ts from "typescript";
import { textKind } from "../lib/fileKinds.js";
import { writeFileAtomic } from "../lib/files.js";
import type { Baseline, DayTotals, Experiments, ReportData, Spread, Stage } from "./data.js";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const number = (value: number): string => value.toLocaleString("en-US");

function strip(stages: Stage[]): string {
  const largest = Math.max(...stages.map((stage) => stage.bytes));
  const card = (
    stage: Stage,
  ): string => `<div class="stage"><h3>${escape(stage.name)}</h3><b>${percent(stage.accuracy)}</b>
    ${number(stage.bytes)} bytes<br><span class="muted">${number(stage.parameters)} parameters. ${escape(stage.note)}</span>
    <div class="bar" style="width:${((100 * stage.bytes) / largest).toFixed(1)}%"></div></div>`;
  return `<div class="strip">${stages.map(card).join("")}</div>`;
}

function confusion(stage: Stage, classes: string[]): string {
  const rows = stage.confusion.map((row, truth) => {
    const total = Math.max(
      1,
      row.reduce((sum, count) => sum + count, 0),
    );
    const cells = row.map(
      (count, predicted) =>
        `<td class="${truth === predicted ? "right" : "wrong"}" style="--share:${(count / total).toFixed(3)}">${count || ""}</td>`,
    );
    return `<tr><th>${escape(classes[truth] ?? "")}</th>${cells.join("")}<td>${percent((row[truth] ?? 0) / total)}</td></tr>`;
  });
  return `<div><h3>${escape(stage.name)}</h3><p class="muted">rows: true class; columns: verdict; last column: recall</p><div class="scroll"><table class="confusion">
    <tr><th></th>${classes.map((it) => `<th>${escape(it)}</th>`).join("")}<th>recall</th></tr>${rows.join("")}</table></div></div>`;
}

function facts(totals: DayTotals): string {
  const rows: [string, string][] = [
    ["windows", number(totals.windows)],
    ["verdicts", number(totals.verdicts)],
    ["reports", number(totals.reports)],
    ["deferrals", number(totals.deferrals)],
    ["decisions", number(totals.decisions)],
    ["actuations", number(totals.actuations)],
    ["uplinks", number(totals.uplinks)],
    ["downlinks", number(totals.downlinks)],
    ["airtime", `${(totals.airtime / 1000).toFixed(2)} s`],
  ];
  return `<div class="facts">${rows.map(([name, value]) => `<div><b>${value}</b>${name}</div>`).join("")}</div>`;
}

function stageTable({ stages, baselines, warnings }: ReportData): string {
  const scores = ({ accuracy, balancedAccuracy, macroF1 }: Stage | Baseline): string =>
    [accuracy, balancedAccuracy, macroF1].map((value) => `<td>${percent(value)}</td>`).join("");
  const rows = stages.map(
    (stage) =>
      `<tr><td>${escape(stage.name)}</td>${scores(stage)}<td>${number(stage.parameters)}</td><td>${number(stage.bytes)}</td><td>${percent(stage.calibrationError)}</td></tr>`,
  );
  const plain = baselines.map(
    (one) =>
      `<tr><td>${escape(one.name)} <span class="muted">${escape(one.note)}</span></td>${scores(one)}<td></td><td></td><td></td></tr>`,
  );
  const heads = ["network", "accuracy", "balanced accuracy", "macro F1", "parameters", "bytes", "calibration error"];
  return `<div class="scroll"><table><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr>${rows.join("")}${plain.join("")}</table></div>${warnings.map((warning) => `<p class="warning">${escape(warning)}.</p>`).join("")}`;
}

/** In per cent or percentage points: the mean, with the deviation if there are several seeds. */
const spread = ({ mean, deviation }: Spread, seeds: number): string =>
  `${(100 * mean).toFixed(2)}${seeds > 1 ? ` ± ${(100 * deviation).toFixed(2)}` : ""}`;

function ablation(
  { seeds, ablation: rows, pruneCost, int8Cost }: Experiments,
  simulated: boolean,
  chart: string,
): string {
  const list = seeds.length > 1 ? `seeds ${seeds.join(", ")}` : `seed ${seeds[0]}`;
  const cells = rows.map(
    (row) =>
      `<tr><td>${escape(row.features)}</td>${row.accuracies.map((value) => `<td>${(100 * value).toFixed(1)}</td>`).join("")}<td>${spread(row, seeds.length)}</td></tr>`,
  );
  return `<section id="ablation"><h2>Effect of the features</h2><p>Accuracy in per cent on held-out recordings, one training per set of features and seed (${list}${simulated ? ", each with its own simulated days" : ""}). One dot per seed; the bar is their mean.</p>
  ${chart}<div class="scroll"><table><tr><th>features</th>${seeds.map((seed) => `<th>seed ${seed}</th>`).join("")}<th>${seeds.length > 1 ? "mean ± deviation" : "accuracy"}</th></tr>${cells.join("")}</table></div>
  <p>With all features, pruning followed by fine-tuning costs ${spread(pruneCost, seeds.length)} percentage points of accuracy, and int8 ${spread(int8Cost, seeds.length)} more.</p></section>`;
}

function body(data: ReportData): string {
  const { node, day } = data;
  const chart = (name: string, tall = false): string =>
    `<div class="chart${tall ? " tall" : ""}" data-chart="${name}"></div>`;
  const simulated = data.recordings.simulated
    ? " The recordings, the radio and the day are simulated."
    : " The node's radio and the air are simulated.";
  return `<main><h1>${escape(data.title)}</h1>
  <p class="muted">${escape(node.sensors.map((sensor) => sensor.name).join(", "))}; ${node.classes.length} classes; made by <code>${escape(data.command)}</code>, ${escape(data.made)}.${simulated}</p>
  <section id="pipeline"><h2>From the float network to the node</h2><p>Accuracy on ${number(data.recordings.test)} held-out windows (${number(data.recordings.train)} for training, ${number(data.recordings.validation)} for validation).</p>${strip(data.stages)}</section>
  <section id="day"><h2>A recorded day on the node: ${escape(day.recording)}</h2>${facts(day.totals)}${chart("day")}${chart("sensors", true)}</section>
  <section id="confusion"><h2>Confusion matrices</h2><div class="pair">${data.stages.map((stage) => confusion(stage, node.classes)).join("")}</div></section>
  <section id="confidence"><h2>Confidence</h2><div class="pair"><div><h3>Reliability</h3>${chart("reliability")}</div><div><h3>Threshold</h3>${chart("thresholds")}
    <label for="threshold" class="muted">move the threshold</label><input id="threshold" type="range" min="0" max="1" step="0.01" value="${node.threshold}"><p id="threshold-says"></p></div></div>${stageTable(data)}</section>
  <section id="arena"><h2>Arena by operator</h2><p>micro needs ${number(data.arena.micro)} bytes in total, TensorFlow Lite Micro ${number(data.arena.tflm)}; the node's arena has ${number(node.arenaBudget)}.</p>${chart("arena", true)}</section>
  <section id="work"><h2>MACs and weights by operator</h2>${chart("work", true)}</section>
  ${data.experiments ? ablation(data.experiments, data.recordings.simulated, chart("ablation")) : ""}
  </main>`;
}

/** JSON inside a script element: "<" is escaped, so that no text in it can end the element. */
const embed = (data: unknown): string => JSON.stringify(data).replaceAll("<", "\\u003c");

const start = '<!doctype html><html lang="en"><head><meta charset="utf-8">';
export const reportKind = textKind("a report", start);

/** The page as self-contained HTML: style, charts and data are inside, nothing is fetched. */
async function renderReport(data: ReportData): Promise<string> {
  const here = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), "utf8");
  const plots = await readFile(createRequire(import.meta.url).resolve("echarts/dist/echarts.common.min.js"), "utf8");
  const client = ts.transpileModule(await here("client/charts.ts"), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  }).outputText;
  return `${start}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(data.title)}</title><link rel="icon" href="data:,"><style>${await here("../web/theme.css")}${await here("style.css")}</style></head><body>${body(data)}
<script>${plots.replaceAll("</script", "<\\/script")}</script><script>const report = ${embed(data)};</script><script type="module">${client}</script></body></html>\n`;
}

export async function writeReport(file: string, data: ReportData): Promise<void> {
  await writeFileAtomic(file, await renderReport(data));
}
