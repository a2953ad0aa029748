import { useMemo } from "preact/hooks";
import { Chart, colour, type Option } from "../../web/chart.js";
import type { Analysis } from "../analysis.js";
import type { LayerDamage } from "./result.js";

const names = ({ operators }: Analysis): string[] => operators.map(({ operator }, i) => `${i} ${operator}`);

const frame = (analysis: Analysis, unit: string): Option => ({
  xAxis: { type: "category", data: names(analysis) },
  yAxis: { type: "value", name: unit },
  // Below, where a narrow window has room for it.
  legend: { bottom: 0, textStyle: { color: colour("text") } },
  grid: { left: 8, right: 16, top: 36, bottom: 52, containLabel: true },
  tooltip: { trigger: "axis" },
});

interface PlotOptions {
  analysis: Analysis;
}

/** What lives in the arena while each operator runs. */
export function ArenaPlot({ analysis }: PlotOptions) {
  const option = useMemo(
    () => (): Option => ({
      ...frame(analysis, "bytes"),
      series: [
        {
          ...{
            type: "line",
            step: "middle",
            name: "live tensors: at least",
            showSymbol: false,
            areaStyle: { opacity: 0.3 },
          },
          ...{ itemStyle: { color: colour("series0") }, data: analysis.operators.map(({ live }) => live) },
        },
        ...(analysis.tflm === undefined
          ? []
          : [
              {
                ...{ type: "line", step: "middle", name: "TensorFlow Lite Micro", showSymbol: false },
                ...{ itemStyle: { color: colour("series1") }, data: analysis.operators.map(({ tflm }) => tflm) },
              },
            ]),
      ],
    }),
    [analysis],
  );
  return <Chart name="Arena over time, operator by operator: the table below has the same numbers" option={option} />;
}

/** What integers do to each layer. @param type of the model */
export function DamagePlot({ analysis, damage, type }: PlotOptions & { damage: readonly LayerDamage[]; type: string }) {
  const option = useMemo(
    () => (): Option => ({
      ...frame(analysis, "SNR, dB"),
      legend: { show: false },
      grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
      series: [
        {
          ...{ type: "bar", name: "signal to noise, dB", itemStyle: { color: colour("series2") } },
          data: damage.map(({ snr }) => snr ?? null),
        },
      ],
    }),
    [analysis, damage],
  );
  return <Chart name={`${type} damage, operator by operator: the table below has the same numbers`} option={option} />;
}
