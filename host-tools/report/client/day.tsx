import { useCallback } from "preact/hooks";
import { Chart, colour, isNarrow, type Option } from "../../web/chart.js";
import { whole } from "../../web/format.js";
import { multiplesHeight, smallMultiples } from "../../web/smallmultiples.js";
import { momentText, spanText, timeAxis, withHoles } from "../../web/timeaxis.js";
import type { DayTotals, DayWindow, RecordedDay } from "../data.js";

/** Points from which a chart is drawn on a canvas. */
const many = 3000;
const unfit = "not fit";

function Facts({ totals }: { totals: DayTotals }) {
  const { airtime, ...counts } = totals;
  return (
    <div class="facts">
      {Object.entries(counts).map(([name, value]) => (
        <div key={name}>
          <b>{whole(value)}</b>
          {name}
        </div>
      ))}
      <div>
        <b>{(airtime / 1000).toFixed(2)} s</b>airtime
      </div>
    </div>
  );
}

const ticks = (): number => (isNarrow() ? 4 : 9);

function lanes({ windows, from, to }: RecordedDay, classes: readonly string[]): Option {
  const lane = (
    name: string,
    symbol: string,
    series: string,
    of: (window: DayWindow) => string | null,
    hollow = false,
  ) => ({
    type: "scatter",
    name,
    symbol,
    symbolSize: 8,
    itemStyle: hollow
      ? { color: "transparent", borderColor: colour(series), borderWidth: 2 }
      : { color: colour(series) },
    data: windows.flatMap((window) => {
      const it = of(window);
      return it === null || it === "" ? [] : [[window.time, it, window.confidence]];
    }),
  });
  const isComplete = windows.every(({ isFit }) => isFit);
  return {
    tooltip: {
      formatter: ({ seriesName, value }: { seriesName: string; value: [number, string, number | null] }) =>
        `${momentText(value[0], to - from)} ${seriesName}: ${value[1]}${value[2] === null ? "" : ` (${value[2].toFixed(2)})`}`,
    },
    grid: { left: 8, right: 28, top: 36, bottom: 24, containLabel: true },
    xAxis: timeAxis(from, to, ticks()),
    yAxis: { type: "category", data: [...classes, ...(isComplete ? [] : [unfit])] },
    series: [
      { ...lane("truth", "rect", "line", ({ truth }) => truth), symbolSize: [6, 22] },
      lane("verdict acted on", "circle", "series0", ({ decided, verdict }) => (decided === "node" ? verdict : null)),
      lane("deferred", "circle", "series1", ({ decided, verdict }) => (decided === "node" ? null : verdict), true),
      lane("decision of the cloud", "triangle", "series2", ({ decision }) => decision),
      ...(isComplete ? [] : [lane("not fit", "diamond", "alarm", ({ isFit }) => (isFit ? null : unfit))]),
    ],
  };
}

const readings = ({ sensors, times, from, to, everySeconds }: RecordedDay): Option =>
  smallMultiples(
    sensors.map(({ name, unit, values }) => ({
      name: `${name} (${unit})`,
      points: withHoles(times, values, everySeconds),
    })),
    timeAxis(from, to, ticks()),
    (time) => momentText(time, to - from),
  );

/** What the node did with a held-out recording. */
export function Day({ day, classes }: { day: RecordedDay; classes: readonly string[] }) {
  const { recording, why, from, to, windows, sensors, totals } = day;
  const span = spanText(from, to);
  const verdicts = useCallback(() => lanes(day, classes), [day, classes]);
  const measured = useCallback(() => readings(day), [day]);
  return (
    <section id="day" aria-labelledby="day-title">
      <h2 id="day-title">A recording on the node: {recording}</h2>
      <p class="muted">
        {span}. Chosen: {why}.
      </p>
      <Facts totals={totals} />
      <Chart
        name={`Truth, verdicts and decisions of ${windows.length} windows by time, ${span}; ${totals.verdicts} verdicts, ${totals.deferrals} of them deferred`}
        option={verdicts}
        height={Math.max(240, 90 + 34 * classes.length)}
        isLarge={3 * windows.length > many}
      />
      <Chart
        name={`Readings of ${sensors.map(({ name }) => name).join(", ")} by time, ${span}; holes are where nothing was recorded`}
        option={measured}
        height={multiplesHeight(sensors.length)}
        isLarge={sensors.length * day.times.length > many}
      />
    </section>
  );
}
