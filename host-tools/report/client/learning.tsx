import { useCallback } from "preact/hooks";
import { Chart, colour, type Option } from "../../web/chart.js";
import { percent } from "../../web/format.js";
import type { Learning } from "../data.js";

const line = (name: string, series: string, data: number[], more: object = {}) => ({
  ...{ type: "line", name, showSymbol: data.length < 2, itemStyle: { color: colour(series) } },
  data: data.map((value, epoch) => [epoch + 1, value]),
  ...more,
});

const curves = ({ epochs, best }: Learning): Option => ({
  grid: { left: 8, right: 8, top: 56, bottom: 30, containLabel: true },
  tooltip: {
    trigger: "axis",
    valueFormatter: (value: unknown) => (typeof value === "number" ? value.toFixed(3) : ""),
  },
  xAxis: {
    ...{ type: "value", min: 1, max: Math.max(2, epochs.length), minInterval: 1 },
    ...{ name: "epoch", nameLocation: "middle", nameGap: 24 },
  },
  yAxis: [
    { type: "value", name: "loss, nats", scale: true },
    { type: "value", name: "accuracy", max: 1, scale: true, splitLine: { show: false } },
  ],
  series: [
    line(
      "training loss",
      "series1",
      epochs.map(({ trainLoss }) => trainLoss),
    ),
    line(
      "validation loss",
      "series2",
      epochs.map(({ loss }) => loss),
      best < 0
        ? {}
        : {
            markLine: {
              ...{ symbol: "none", data: [{ xAxis: best + 1 }], lineStyle: { color: colour("alarm") } },
              label: { formatter: "kept", color: colour("alarm") },
            },
          },
    ),
    line(
      "validation accuracy",
      "series0",
      epochs.map(({ accuracy = NaN }) => accuracy),
      { yAxisIndex: 1, lineStyle: { type: "dashed" } },
    ),
  ],
});

function Curve({ learning }: { learning: Learning }) {
  const { name, epochs, best } = learning;
  const option = useCallback(() => curves(learning), [learning]);
  const kept = epochs[best];
  const end = kept
    ? `${epochs.length} epochs, that of epoch ${best + 1} was kept: validation loss ${kept.loss.toFixed(3)}, accuracy ${percent(kept.accuracy ?? NaN)}`
    : `${epochs.length} epochs, none was better than before`;
  return (
    <div>
      <h3>{name}</h3>
      <p class="muted">{end}.</p>
      <Chart name={`Losses and validation accuracy of ${name} by epoch; ${end}`} option={option} />
    </div>
  );
}

/** How the networks were trained. */
export const LearningCurves = ({ learning }: { learning: Learning[] }) => (
  <section id="learning" aria-labelledby="learning-title">
    <h2 id="learning-title">Learning curves</h2>
    <p>
      Training loss has augmented windows and a smoothed truth in it, validation loss has neither: they do not compare
      in height. When validation loss rises while training loss falls, the network learns the recordings by heart.
    </p>
    <div class="pair">
      {learning.map((one) => (
        <Curve key={one.name} learning={one} />
      ))}
    </div>
  </section>
);
