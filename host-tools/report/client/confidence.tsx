import { useCallback, useState } from "preact/hooks";
import { Chart, colour, seriesColour, type Option } from "../../web/chart.js";
import { percent } from "../../web/format.js";
import type { PageData } from "../pack.js";

const below = { nameLocation: "middle", nameGap: 24 };
const grid = { left: 8, right: 16, top: 44, bottom: 30, containLabel: true };

const reliability = ({ stages }: PageData): Option => ({
  grid,
  xAxis: { type: "value", min: 0, max: 1, name: "confidence", ...below },
  yAxis: { type: "value", min: 0, max: 1, name: "accuracy" },
  series: [
    {
      ...{ type: "line", name: "perfect", symbol: "none", itemStyle: { color: colour("muted") } },
      data: [
        [0, 0],
        [1, 1],
      ],
      lineStyle: { type: "dashed", color: colour("muted") },
    },
    ...stages.map((stage, index) => ({
      ...{ type: "line", name: stage.name, itemStyle: { color: seriesColour(index) } },
      data: stage.reliability.filter((bin) => bin.count > 0).map((bin) => [bin.confidence, bin.accuracy, bin.count]),
      symbolSize: (point: number[]) => 4 + 2 * Math.log10(1 + (point[2] ?? 0)),
    })),
  ],
});

const thresholds = ({ thresholds: rows, node }: PageData): Option => ({
  grid,
  xAxis: { type: "value", min: 0, max: 1, name: "threshold", ...below },
  yAxis: {
    type: "value",
    max: 1,
    min: (range: { min: number }) => Math.floor(range.min * 10) / 10,
    axisLabel: { formatter: (value: number) => percent(value, 0) },
  },
  series: [
    {
      ...{ type: "line", name: "decided on the node", symbol: "none", itemStyle: { color: colour("series0") } },
      data: rows.map((row) => [row.threshold, row.coverage]),
      markLine: {
        symbol: "none",
        data: [{ xAxis: node.threshold }],
        lineStyle: { color: colour("alarm") },
        label: { formatter: "{c}", color: colour("alarm") },
      },
    },
    {
      ...{ type: "line", name: "accuracy of these", symbol: "none", itemStyle: { color: colour("series2") } },
      data: rows.map((row) => [row.threshold, row.accuracy]),
    },
  ],
});

function effectOf(threshold: number, { coverage, accuracy }: PageData["thresholds"][number]): string {
  const at = `At ${threshold.toFixed(2)} the node decides`;
  return accuracy === null
    ? `${at} no window itself; all go to the cloud.`
    : `${at} ${percent(coverage)} of the windows itself and is right in ${percent(accuracy)} of them; ${percent(1 - coverage)} go to the cloud.`;
}

export function Confidence({ report }: { report: PageData }) {
  const [threshold, setThreshold] = useState(report.node.threshold);
  const curve = useCallback(() => reliability(report), [report]);
  const rows = useCallback(() => thresholds(report), [report]);
  // Between two measured thresholds, the lower one.
  const row = report.thresholds.filter((each) => each.threshold <= threshold + 1e-9).at(-1) ?? report.thresholds[0];
  return (
    <section id="confidence" aria-labelledby="confidence-title">
      <h2 id="confidence-title">Confidence</h2>
      <div class="pair">
        <div>
          <h3>Reliability</h3>
          <Chart
            name={`Accuracy by confidence: ${report.stages.map(({ name, calibrationError }) => `${name}, calibration error ${percent(calibrationError)}`).join("; ")}`}
            option={curve}
          />
        </div>
        <div>
          <h3>Threshold</h3>
          <Chart
            name="Share of windows that the node decides, and its accuracy on these, by threshold: the sentence below says it for one"
            option={rows}
          />
          <label for="threshold" class="muted">
            move the threshold
          </label>
          <input
            id="threshold"
            type="range"
            min="0"
            max="1"
            step="0.01"
            value={threshold}
            onInput={({ currentTarget }) => setThreshold(Number(currentTarget.value))}
          />
          <p id="threshold-says" role="status">
            {row && effectOf(threshold, row)}
          </p>
        </div>
      </div>
    </section>
  );
}
