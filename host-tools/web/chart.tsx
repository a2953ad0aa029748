import * as echarts from "echarts";
import { useEffect, useRef } from "preact/hooks";

export type Option = echarts.EChartsCoreOption;

/** Colours come from the style sheet, the one place for light and dark. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** What all charts share. */
function frame(): Option {
  const axis = {
    axisLine: { lineStyle: { color: colour("line") } },
    axisLabel: { color: colour("muted"), hideOverlap: true },
    splitLine: { lineStyle: { color: colour("line"), opacity: 0.5 } },
  };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("text") },
    grid: { left: 8, right: 16, top: 36, bottom: 24, containLabel: true },
    tooltip: { trigger: "item", confine: true, backgroundColor: colour("card"), textStyle: { color: colour("text") } },
    legend: { textStyle: { color: colour("text") }, top: 0 },
    xAxis: { type: "time", ...axis },
    yAxis: axis,
  };
}

/** @param name what it shows, for who does not see it */
export function Chart({ name, option }: { name: string; option: () => Option }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chart = echarts.init(element.current, null, { renderer: "svg" });
    const draw = () => {
      const base = frame();
      const given = option();
      const axes = (key: "xAxis" | "yAxis") => ({ ...(base[key] as object), ...(given[key] as object | undefined) });
      chart.setOption({ ...base, ...given, xAxis: axes("xAxis"), yAxis: axes("yAxis") }, true);
    };
    const resize = () => chart.resize();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    draw();
    addEventListener("resize", resize);
    scheme.addEventListener("change", draw);
    return () => {
      removeEventListener("resize", resize);
      scheme.removeEventListener("change", draw);
      chart.dispose();
    };
  }, [option]);
  return <div class="chart" role="img" aria-label={name} ref={element} />;
}
