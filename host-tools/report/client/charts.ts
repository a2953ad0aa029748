import type * as Echarts from "echarts";
import type { ReportData } from "../data.js";

declare const echarts: typeof Echarts;
declare const report: ReportData;

type Option = Echarts.EChartsCoreOption;

/** Colours come from the style sheet, the one place for light, dark and print. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const percent = (value: number, digits = 1): string => `${(100 * value).toFixed(digits)} %`;
const bytes = (value: number): string => `${value.toLocaleString("en-US")} B`;
const clock = (seconds: number): string =>
  `${String(Math.floor(seconds / 3600) % 24).padStart(2, "0")}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}`;

function frame(): Option {
  const line = colour("line");
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisLabel: { color: colour("muted") },
    nameTextStyle: { color: colour("muted") },
    splitLine: { lineStyle: { color: line, opacity: 0.5 } },
  };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("text") },
    // On a phone the legend takes two lines; the names of the axes are below it.
    grid: { left: 8, right: 16, top: innerWidth < 600 ? 76 : 44, bottom: 30, containLabel: true },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: colour("card"),
      borderColor: line,
      textStyle: { color: colour("text") },
    },
    legend: { textStyle: { color: colour("text") }, top: 0 },
    xAxis: axis,
    yAxis: axis,
  };
}

/** Merges two levels deep, which is enough for axes. */
function merge(base: Option, over: Option): Option {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    const plain = (it: unknown): it is object => typeof it === "object" && it !== null && !Array.isArray(it);
    result[key] = plain(value) && plain(below) ? { ...below, ...value } : value;
  }
  return result;
}

function reliability(): Option {
  return {
    xAxis: { type: "value", min: 0, max: 1, name: "confidence", nameLocation: "middle", nameGap: 24 },
    yAxis: { type: "value", min: 0, max: 1, name: "accuracy" },
    tooltip: { trigger: "item" },
    series: [
      {
        type: "line",
        name: "perfect",
        data: [
          [0, 0],
          [1, 1],
        ],
        symbol: "none",
        lineStyle: { type: "dashed", color: colour("muted") },
        itemStyle: { color: colour("muted") },
      },
      ...report.stages.map((stage, index) => ({
        type: "line",
        name: stage.name,
        itemStyle: { color: colour(`series${index}`) },
        data: stage.reliability.filter((bin) => bin.count > 0).map((bin) => [bin.confidence, bin.accuracy, bin.count]),
        symbolSize: (point: number[]) => 4 + 2 * Math.log10(1 + (point[2] ?? 0)),
      })),
    ],
  };
}

function thresholds(): Option {
  return {
    xAxis: { type: "value", min: 0, max: 1, name: "threshold", nameLocation: "middle", nameGap: 24 },
    yAxis: {
      type: "value",
      max: 1,
      min: (range: { min: number }) => Math.floor(range.min * 10) / 10,
      axisLabel: { formatter: (value: number) => percent(value, 0), color: colour("muted") },
    },
    series: [
      {
        type: "line",
        name: "decided on the node",
        symbol: "none",
        itemStyle: { color: colour("series0") },
        data: report.thresholds.map((row) => [row.threshold, row.coverage]),
        markLine: {
          symbol: "none",
          data: [{ xAxis: report.node.threshold }],
          lineStyle: { color: colour("alarm") },
          label: { formatter: `{c}`, color: colour("alarm") },
        },
      },
      {
        type: "line",
        name: "accuracy of these",
        symbol: "none",
        itemStyle: { color: colour("series2") },
        data: report.thresholds.map((row) => [row.threshold, row.accuracy]),
      },
    ],
  };
}

function operatorBars(): Option {
  return {
    xAxis: {
      type: "category",
      data: report.arena.operators.map((row) => `${row.index} ${row.operator}`),
      axisLabel: { rotate: 50, color: colour("muted"), fontSize: 10 },
    },
    yAxis: { type: "value", name: "bytes" },
  };
}

function arena(): Option {
  return merge(operatorBars(), {
    series: [
      {
        type: "bar",
        name: "micro",
        itemStyle: { color: colour("series0") },
        data: report.arena.operators.map((row) => row.micro),
        markLine: {
          symbol: "none",
          data: [{ yAxis: report.node.arenaBudget }],
          lineStyle: { color: colour("alarm") },
          label: { formatter: bytes(report.node.arenaBudget), position: "insideEndTop", color: colour("alarm") },
        },
      },
      {
        type: "bar",
        name: "TFLM",
        itemStyle: { color: colour("series1") },
        data: report.arena.operators.map((row) => row.tflm),
      },
    ],
    yAxis: {
      type: "value",
      name: "bytes",
      max: (range: { max: number }) => Math.ceil((Math.max(range.max, report.node.arenaBudget) * 1.05) / 5000) * 5000,
    },
  });
}

function work(): Option {
  return merge(operatorBars(), {
    yAxis: [
      { ...(frame()["yAxis"] as object), type: "value", name: "MACs" },
      { ...(frame()["yAxis"] as object), type: "value", name: "bytes of weights", splitLine: { show: false } },
    ],
    series: [
      {
        type: "bar",
        name: "MACs",
        itemStyle: { color: colour("series0") },
        data: report.arena.operators.map((row) => row.macs),
      },
      {
        type: "bar",
        name: "weights",
        yAxisIndex: 1,
        itemStyle: { color: colour("series2") },
        data: report.arena.operators.map((row) => row.weights),
      },
    ],
  });
}

function day(): Option {
  const { windows } = report.day;
  const lane = (
    name: string,
    symbol: string,
    series: number,
    label: (window: (typeof windows)[number]) => string | null,
  ) => ({
    type: "scatter",
    name,
    symbol,
    symbolSize: 8,
    itemStyle: { color: colour(`series${series}`) },
    data: windows.flatMap((window) => {
      const it = label(window);
      return it === null ? [] : [[window.time, it, window.confidence]];
    }),
  });
  return {
    tooltip: {
      trigger: "item",
      formatter: (point: { seriesName: string; value: [number, string, number | null] }) =>
        `${clock(point.value[0])} ${point.seriesName}: ${point.value[1]}${point.value[2] === null ? "" : ` (${point.value[2].toFixed(2)})`}`,
    },
    xAxis: {
      type: "value",
      min: 0,
      max: 86400,
      interval: 14400,
      axisLabel: { formatter: clock, hideOverlap: true, color: colour("muted") },
    },
    yAxis: { type: "category", data: report.node.classes },
    series: [
      {
        ...lane("truth", "rect", 3, (window) => window.truth),
        symbolSize: [6, 22],
        itemStyle: { color: colour("line") },
      },
      lane("verdict acted on", "circle", 0, (window) => (window.decided === "node" ? window.verdict : null)),
      {
        ...lane("deferred", "circle", 1, (window) => (window.decided === "node" ? null : window.verdict)),
        itemStyle: { color: "transparent", borderColor: colour("series1"), borderWidth: 2 },
      },
      lane("decision of the cloud", "triangle", 2, (window) => window.decision),
    ],
  };
}

function sensors(): Option {
  const count = report.day.sensors.length;
  const height = 100 / count;
  const base = frame();
  const grid = report.day.sensors.map((_, index) => ({
    left: 56,
    right: 16,
    top: `${index * height + 7}%`,
    height: `${height - 11}%`,
  }));
  return {
    grid,
    legend: { show: false },
    xAxis: report.day.sensors.map((_, index) => ({
      ...(base["xAxis"] as object),
      gridIndex: index,
      type: "value",
      min: 0,
      max: 86400,
      interval: 14400,
      axisLabel: { show: index === count - 1, formatter: clock, hideOverlap: true, color: colour("muted") },
    })),
    yAxis: report.day.sensors.map((sensor, index) => ({
      ...(base["yAxis"] as object),
      gridIndex: index,
      type: "value",
      scale: true,
      splitNumber: 2,
      name: `${sensor.name} (${sensor.unit})`,
      nameTextStyle: { align: "left", color: colour("muted") },
    })),
    series: report.day.sensors.map((sensor, index) => ({
      type: "line",
      name: sensor.name,
      symbol: "none",
      xAxisIndex: index,
      yAxisIndex: index,
      itemStyle: { color: colour(`series${index % 4}`) },
      data: sensor.values.map((value, at) => [report.day.windows[at]?.time ?? 0, value]),
    })),
  };
}

function ablation(): Option {
  const rows = report.experiments?.ablation ?? [];
  return {
    tooltip: { trigger: "item" },
    legend: { show: false },
    xAxis: {
      type: "value",
      axisLabel: { formatter: (value: number) => percent(value, 0), hideOverlap: true, color: colour("muted") },
      min: 0,
      max: 1,
    },
    grid: { top: 8 },
    yAxis: { type: "category", data: rows.map((row) => row.features) },
    series: [
      { type: "bar", data: rows.map((row) => row.mean), itemStyle: { color: colour("series0"), opacity: 0.5 } },
      {
        type: "scatter",
        symbolSize: 7,
        itemStyle: { color: colour("series1") },
        data: rows.flatMap((row) => row.accuracies.map((value) => [value, row.features])),
      },
    ],
  };
}

const charts: Record<string, () => Option> = { reliability, thresholds, arena, work, day, sensors, ablation };

function drawAll(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-chart]")) {
    const option = charts[element.dataset["chart"] ?? ""];
    if (!option) continue;
    echarts.dispose(element);
    echarts.init(element, null, { renderer: "svg" }).setOption(merge(frame(), option()));
  }
}

/** The slider shows points of the measured curve; between two measured thresholds, the lower one. */
function wireSlider(): void {
  const slider = document.querySelector<HTMLInputElement>("#threshold");
  const output = document.querySelector<HTMLElement>("#threshold-says");
  if (!slider || !output) return;
  const update = (): void => {
    const threshold = Number(slider.value);
    const row = report.thresholds.filter((it) => it.threshold <= threshold + 1e-9).at(-1) ?? report.thresholds[0];
    if (!row) return;
    output.textContent = `At ${threshold.toFixed(2)} the node decides ${percent(row.coverage)} of the windows itself and is right in ${percent(row.accuracy)} of them; ${percent(1 - row.coverage)} go to the cloud.`;
  };
  slider.addEventListener("input", update);
  update();
}

drawAll();
wireSlider();
addEventListener("resize", drawAll);
addEventListener("beforeprint", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
document.documentElement.dataset["ready"] = "true";
