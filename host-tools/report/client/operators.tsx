import { useCallback } from "preact/hooks";
import { axisFrame, Chart, colour, type Option } from "../../web/chart.js";
import { whole } from "../../web/format.js";
import type { OperatorRow } from "../data.js";
import type { PageData } from "../pack.js";

const names = (rows: readonly OperatorRow[]) => ({
  type: "category",
  data: rows.map((row) => `${row.index} ${row.operator}`),
  axisLabel: { rotate: 50, fontSize: 10 },
});

const bars = (name: string, series: string, data: number[]) => ({
  ...{ type: "bar", name, itemStyle: { color: colour(series) }, data },
});

const arenaOption = ({ arena: { operators }, node: { arenaBudget } }: PageData): Option => ({
  tooltip: { trigger: "axis" },
  xAxis: names(operators),
  yAxis: {
    ...{ type: "value", name: "bytes" },
    max: (range: { max: number }) => Math.ceil((Math.max(range.max, arenaBudget) * 1.05) / 5000) * 5000,
  },
  series: [
    {
      ...bars(
        "micro",
        "series0",
        operators.map((row) => row.micro),
      ),
      markLine: {
        symbol: "none",
        data: [{ yAxis: arenaBudget }],
        lineStyle: { color: colour("alarm") },
        label: { formatter: `${whole(arenaBudget)} B`, position: "insideEndTop", color: colour("alarm") },
      },
    },
    bars(
      "TFLM",
      "series1",
      operators.map((row) => row.tflm),
    ),
  ],
});

const workOption = ({ arena: { operators } }: PageData): Option => ({
  tooltip: { trigger: "axis" },
  xAxis: names(operators),
  yAxis: [
    { ...axisFrame(), type: "value", name: "MACs" },
    { ...axisFrame(), type: "value", name: "bytes of weights", splitLine: { show: false } },
  ],
  series: [
    bars(
      "MACs",
      "series0",
      operators.map((row) => row.macs),
    ),
    {
      ...bars(
        "weights",
        "series2",
        operators.map((row) => row.weights),
      ),
      yAxisIndex: 1,
    },
  ],
});

/** What each operator takes. */
export function Operators({ report }: { report: PageData }) {
  const { arena, node } = report;
  const bytes = useCallback(() => arenaOption(report), [report]);
  const work = useCallback(() => workOption(report), [report]);
  const sum = (of: (row: OperatorRow) => number): string =>
    whole(arena.operators.reduce((total, row) => total + of(row), 0));
  return (
    <>
      <section id="arena" aria-labelledby="arena-title">
        <h2 id="arena-title">Arena by operator</h2>
        <p>
          micro needs {whole(arena.micro)} bytes in total, TensorFlow Lite Micro {whole(arena.tflm)}; the node's arena
          has {whole(node.arenaBudget)}.
        </p>
        <Chart
          name={`Bytes of arena in use while each of ${arena.operators.length} operators runs, with both engines, under the budget of ${whole(node.arenaBudget)}`}
          option={bytes}
          height={420}
        />
      </section>
      <section id="work" aria-labelledby="work-title">
        <h2 id="work-title">MACs and weights by operator</h2>
        <Chart
          name={`MACs and bytes of weights of each operator: ${sum(({ macs }) => macs)} and ${sum(({ weights }) => weights)} in all`}
          option={work}
          height={420}
        />
      </section>
    </>
  );
}
