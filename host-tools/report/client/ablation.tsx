import { useCallback } from "preact/hooks";
import { Chart, colour, type Option } from "../../web/chart.js";
import { percent } from "../../web/format.js";
import { Table } from "../../web/table.js";
import type { Experiments, Spread } from "../data.js";

/** In per cent or percentage points: the mean, with the deviation if there are several seeds. */
const spread = ({ mean, deviation }: Spread, seeds: number): string =>
  `${(100 * mean).toFixed(2)}${seeds > 1 ? ` ± ${(100 * deviation).toFixed(2)}` : ""}`;

const dots = ({ ablation }: Experiments): Option => ({
  legend: { show: false },
  grid: { left: 8, right: 16, top: 8, bottom: 24, containLabel: true },
  xAxis: { type: "value", min: 0, max: 1, axisLabel: { formatter: (value: number) => percent(value, 0) } },
  yAxis: { type: "category", data: ablation.map((row) => row.features) },
  series: [
    { type: "bar", data: ablation.map((row) => row.mean), itemStyle: { color: colour("series0"), opacity: 0.5 } },
    {
      ...{ type: "scatter", symbolSize: 7, itemStyle: { color: colour("series1") } },
      data: ablation.flatMap((row) => row.accuracies.map((value) => [value, row.features])),
    },
  ],
});

/** What the features are worth. @param simulated the recordings are */
export function Ablation({ experiments, simulated }: { experiments: Experiments; simulated: boolean }) {
  const { seeds, ablation, pruneCost, int8Cost } = experiments;
  const option = useCallback(() => dots(experiments), [experiments]);
  const list = seeds.length > 1 ? `seeds ${seeds.join(", ")}` : `seed ${seeds[0]}`;
  const columns = [
    "features",
    ...seeds.map((seed) => `seed ${seed}`),
    seeds.length > 1 ? "mean ± deviation" : "accuracy",
  ];
  return (
    <section id="ablation" aria-labelledby="ablation-title">
      <h2 id="ablation-title">Effect of the features</h2>
      <p>
        Accuracy in per cent on held-out recordings, one training per set of features and seed ({list}
        {simulated ? ", each with its own simulated days" : ""}). One dot per seed; the bar is their mean.
      </p>
      <Chart name="Accuracy by set of features: the table below has the same numbers" option={option} />
      <Table columns={columns}>
        {ablation.map((row) => (
          <tr key={row.features}>
            <td>{row.features}</td>
            {row.accuracies.map((value, index) => (
              <td key={index}>{(100 * value).toFixed(1)}</td>
            ))}
            <td>{spread(row, seeds.length)}</td>
          </tr>
        ))}
      </Table>
      <p>
        With all features, pruning followed by fine-tuning costs {spread(pruneCost, seeds.length)} percentage points of
        accuracy, and int8 {spread(int8Cost, seeds.length)} more.
      </p>
    </section>
  );
}
