import { useCallback, useState } from "preact/hooks";
import { Chart, colour, type Option } from "../../web/chart.js";
import { useJson, type FeatureTimes } from "./data.js";

const course = ({ names, windows }: FeatureTimes, feature: string): Option => ({
  yAxis: { type: "value", scale: true },
  series: [
    {
      ...{ type: "line", name: feature, showSymbol: true, itemStyle: { color: colour("series0") } },
      data: windows.map(({ at, values }) => [1000 * at, values[names.indexOf(feature)]!]),
    },
  ],
});

/** One feature at a time, as they have different units. @param title the node's */
export function Features({ devEui, title, version }: { devEui: string; title: string; version: number }) {
  const { value: data, error } = useJson<FeatureTimes>(`/api/nodes/${devEui}/features`, version);
  const [chosen, choose] = useState<string>();
  const feature = chosen !== undefined && data?.names.includes(chosen) ? chosen : (data?.names[0] ?? "");
  const option = useCallback(() => course(data!, feature), [data, feature]);
  return (
    <section aria-labelledby="features">
      <h2 id="features">Features</h2>
      {error && <p role="alert">{error}</p>}
      {data?.windows.length === 0 && (
        <p>No window yet whose network is known; nodes send one when they are not sure.</p>
      )}
      {data && data.windows.length > 0 && (
        <>
          <label>
            feature{" "}
            <select value={feature} onChange={({ currentTarget }) => choose(currentTarget.value)}>
              {data.names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <Chart name={`${feature} of ${title} by time`} option={option} />
          <p class="muted">Means over the deferred windows: reports have no features.</p>
        </>
      )}
    </section>
  );
}
