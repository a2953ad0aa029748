import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import { Chart, colour, seriesColour, type Option } from "../../web/chart.js";
import { percent, whole } from "../../web/format.js";
import { Table } from "../../web/table.js";
import { momentText } from "../../web/timeaxis.js";
import type { PageData } from "../pack.js";
import { titleOf, WindowView, type ShownWindow } from "./windowview.js";

/** Rows of the list of wrong windows. */
const mostRows = 200;
/** Not a colour alone tells classes apart. */
const symbols = ["circle", "triangle", "rect", "diamond", "roundRect", "arrow", "pin"];
const shownSeries = "the window below";

const isWrong = ({ truth, verdict }: ShownWindow): boolean => truth !== verdict;

/** Places in the list of windows, by class. */
const byClass = (windows: readonly ShownWindow[], classes: readonly string[]): Map<string, number[]> =>
  new Map(
    classes.map((name) => [name, windows.flatMap(({ truth }, index) => (truth === name ? [index] : []))] as const),
  );

function cloud(windows: readonly ShownWindow[], groups: Map<string, number[]>, shown: ShownWindow): Option {
  return {
    grid: { left: 8, right: 16, top: 56, bottom: 30, containLabel: true },
    xAxis: {
      ...{ type: "value", scale: true, axisLine: { onZero: false } },
      ...{ name: "first component", nameLocation: "middle", nameGap: 24 },
    },
    yAxis: {
      ...{ type: "value", scale: true, axisLine: { onZero: false } },
      ...{ name: "second component", nameTextStyle: { color: colour("muted"), align: "left" } },
    },
    tooltip: {
      formatter: ({ value }: { value: [number, number, string] }) => value[2],
    },
    series: [
      ...[...groups].map(([name, places], index) => ({
        ...{ type: "scatter", name, symbol: symbols[index % symbols.length], symbolSize: 8 },
        itemStyle: { color: seriesColour(index), opacity: 0.8 },
        data: places.map((place) => {
          const window = windows[place]!;
          const text = `${titleOf(window)}<br>${window.truth}${isWrong(window) ? `, verdict ${window.verdict}` : ""}`;
          return {
            value: [window.x, window.y, text.replaceAll(/<(?!br>)/g, "&lt;")],
            ...(isWrong(window) && {
              symbolSize: 12,
              itemStyle: { color: seriesColour(index), borderColor: colour("alarm"), borderWidth: 2, opacity: 1 },
            }),
          };
        }),
      })),
      {
        ...{ type: "scatter", name: shownSeries, symbol: "circle", symbolSize: 22, silent: true, z: 3 },
        itemStyle: { color: "transparent", borderColor: colour("text"), borderWidth: 2 },
        data: [[shown.x, shown.y]],
      },
    ],
  };
}

/** Held-out windows by their features, and each of them closely. */
export function Explorer({ explorer, classes }: { explorer: PageData["explorer"]; classes: readonly string[] }) {
  const { windows, held, wrong, explained, seconds } = explorer;
  // The most confident ones first: they tell most, of a label that is wrong or of a class that is not learnt.
  const failures = useMemo(
    () =>
      windows
        .flatMap((window, index) => (isWrong(window) ? [{ window, index }] : []))
        .sort((a, b) => b.window.confidence - a.window.confidence),
    [windows],
  );
  const [at, show] = useState(failures[0]?.index ?? 0);
  const panel = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => byClass(windows, classes), [windows, classes]);
  const shown = windows[at]!;
  const option = useCallback(() => cloud(windows, groups, shown), [windows, groups, shown]);
  const showRow = (index: number): void => {
    show(index);
    panel.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  return (
    <section id="explorer" aria-labelledby="explorer-title">
      <h2 id="explorer-title">Held-out windows</h2>
      <p>
        {windows.length < held ? `${whole(windows.length)} of ${whole(held)}` : whole(held)} windows by their features:
        the two principal components hold {percent(explained[0] + explained[1])} of their variance. {whole(wrong)} have
        a wrong verdict of the int8 network, drawn larger, with a rim. Click a point to see its window.
      </p>
      <Chart
        name={`${windows.length} held-out windows in the plane of the two principal components of their features, by class; ${wrong} verdicts are wrong. The buttons and the list below show each window`}
        option={option}
        height={420}
        onPoint={(series, index) => {
          const place = groups.get(series)?.[index];
          if (place !== undefined) show(place);
        }}
      />
      <div class="buttons">
        <button onClick={() => show((at + windows.length - 1) % windows.length)}>Previous window</button>
        <button onClick={() => show((at + 1) % windows.length)}>Next window</button>
      </div>
      <div ref={panel}>
        <WindowView window={shown} seconds={seconds} />
      </div>
      {failures.length > 0 && (
        <div id="wrong">
          <h3>Wrong windows</h3>
          <p class="muted">
            The most confident ones first: look there for labels that are wrong, too.
            {failures.length > mostRows && ` These are the first ${mostRows} of ${whole(failures.length)}.`}
          </p>
          <div class="tall">
            <Table columns={["truth", "verdict", "confidence", "recording", "start", "window"]} stays="last">
              {failures.slice(0, mostRows).map(({ window, index }) => (
                <tr key={index} aria-current={index === at ? "true" : undefined}>
                  <td>{window.truth}</td>
                  <td>{window.verdict}</td>
                  <td>{percent(window.confidence)}</td>
                  <td>{window.recording}</td>
                  <td>{momentText(window.time)}</td>
                  <td>
                    <button aria-label={`Show ${titleOf(window)}`} onClick={() => showRow(index)}>
                      Show
                    </button>
                  </td>
                </tr>
              ))}
            </Table>
          </div>
        </div>
      )}
    </section>
  );
}
