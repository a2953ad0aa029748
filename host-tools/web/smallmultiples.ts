import { axisFrame, colour, isNarrow, seriesColour, type Option } from "./chart.js";

/** One line of small multiples. */
export interface Multiple {
  name: string;
  /** Place of its colour; default: its own. */
  series?: number;
  /** Points; null is a hole. */
  points: [number, number | null][];
}

/** Pixels of one of them, and of the axis below the last. */
const [each, below] = [96, 28];
/** Points that are marked one by one. */
const few = 40;

export const multiplesHeight = (count: number): number => count * each + below;

/**
 * Lines of different units one below the other, over one x axis: every sensor has a plot of its own, however many there are.
 * @param xAxis of all; its labels stand below the last
 * @param at how a place of the x axis is written in a tooltip
 */
export function smallMultiples(
  lines: readonly Multiple[],
  xAxis: Record<string, unknown>,
  at: (x: number) => string,
): Option {
  const last = lines.length - 1;
  return {
    legend: { show: false },
    grid: lines.map((_, index) => ({
      left: isNarrow() ? 44 : 56,
      right: 16,
      top: index * each + 26,
      height: each - 38,
    })),
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: {
      trigger: "axis",
      axisPointer: { label: { formatter: ({ value }: { value: unknown }) => at(Number(value)) } },
    },
    xAxis: lines.map((_, index) => {
      const label = xAxis["axisLabel"] as object | undefined;
      return { ...xAxis, gridIndex: index, axisLabel: { ...label, show: index === last } };
    }),
    yAxis: lines.map(({ name }, index) => ({
      ...axisFrame(),
      gridIndex: index,
      type: "value",
      scale: true,
      splitNumber: 2,
      name,
      nameGap: 8,
      nameTextStyle: { align: "left", color: colour("text"), padding: [0, 0, 0, isNarrow() ? -36 : -48] },
    })),
    series: lines.map(({ name, points, series }, index) => ({
      type: "line",
      name,
      // A point between two holes has no line.
      showSymbol: points.length <= few,
      symbolSize: 3,
      sampling: "lttb",
      xAxisIndex: index,
      yAxisIndex: index,
      lineStyle: { width: 1.2 },
      itemStyle: { color: seriesColour(series ?? index) },
      data: points,
    })),
  };
}
