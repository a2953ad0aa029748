import * as echarts from "echarts";
import { useEffect, useRef } from "preact/hooks";

export type Option = echarts.EChartsCoreOption;

/** Colours come from the style sheet, the one place for light, dark and print. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Of the classes and sensors, in order; a ninth has the first's. */
export const seriesColour = (index: number): string => colour(`series${index % 8}`);

export const isNarrow = (): boolean => innerWidth < 600;

/** What all axes share; for charts of several grids, which name theirs. */
export const axisFrame = () => ({
  axisLine: { lineStyle: { color: colour("line") } },
  axisLabel: { color: colour("muted"), hideOverlap: true },
  nameTextStyle: { color: colour("muted") },
  splitLine: { lineStyle: { color: colour("line"), opacity: 0.5 } },
});

/** What all charts share. */
function frame(): Option {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("text") },
    grid: { left: 8, right: 16, top: 36, bottom: 24, containLabel: true },
    tooltip: {
      trigger: "item",
      confine: true,
      backgroundColor: colour("card"),
      borderColor: colour("line"),
      textStyle: { color: colour("text") },
    },
    legend: {
      type: "scroll",
      textStyle: { color: colour("text") },
      pageIconColor: colour("text"),
      pageTextStyle: { color: colour("muted") },
      top: 0,
    },
    xAxis: { type: "time", ...axisFrame() },
    yAxis: axisFrame(),
  };
}

type Axis = Record<string, unknown>;

/** An axis as given, in the colours of the others. */
function axisOf(given: unknown, base: Axis): Axis {
  const over = given as Axis | undefined;
  const both = (key: string): object => ({ ...(base[key] as object), ...(over?.[key] as object | undefined) });
  return { ...base, ...over, axisLabel: both("axisLabel"), axisLine: both("axisLine") };
}

function complete(given: Option): Option {
  const base = frame();
  const axes = (key: "xAxis" | "yAxis") => {
    const own = given[key];
    return Array.isArray(own) ? own.map((one) => axisOf(one, base[key] as Axis)) : axisOf(own, base[key] as Axis);
  };
  const tooltip = { ...(base["tooltip"] as object), ...(given["tooltip"] as object | undefined) };
  return { ...base, ...given, tooltip, xAxis: axes("xAxis"), yAxis: axes("yAxis") };
}

interface ChartOptions {
  /** What it shows, for who does not see it. */
  name: string;
  option: () => Option;
  /** Pixels; default: the style sheet's. */
  height?: number | undefined;
  /** A point was clicked: its series' name and its place in the series' data. */
  onPoint?: ((series: string, index: number) => void) | undefined;
  /** Thousands of points are slow as SVG. */
  isLarge?: boolean;
}

export function Chart({ name, option, height, onPoint, isLarge = false }: ChartOptions) {
  const element = useRef<HTMLDivElement>(null);
  const clicked = useRef(onPoint);
  clicked.current = onPoint;
  useEffect(() => {
    const chart = echarts.init(element.current, null, { renderer: isLarge ? "canvas" : "svg" });
    const draw = () => chart.setOption(complete(option()), true);
    const resize = () => {
      chart.resize();
      draw();
    };
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    draw();
    chart.on("click", ({ seriesName, dataIndex }) => clicked.current?.(seriesName ?? "", dataIndex));
    addEventListener("resize", resize);
    addEventListener("beforeprint", resize);
    scheme.addEventListener("change", draw);
    return () => {
      removeEventListener("resize", resize);
      removeEventListener("beforeprint", resize);
      scheme.removeEventListener("change", draw);
      chart.dispose();
    };
  }, [option, isLarge]);
  return (
    <div
      class="chart"
      role="img"
      aria-label={name}
      ref={element}
      style={height === undefined ? undefined : { height: `${height}px` }}
    />
  );
}
