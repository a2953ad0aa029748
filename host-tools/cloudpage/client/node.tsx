import { useCallback } from "preact/hooks";
import { Chart, colour, type Option } from "../../web/chart.js";
import { AlarmTable } from "./alarms.js";
import { airtimeSince, changes, onTimes } from "./actuations.js";
import { useJson, type NodeKind, type NodeRow, type Timeline } from "./data.js";
import { Features } from "./features.js";
import { MissingNetworks } from "./missing.js";
import { battery, className, networkName, networkOf, share, when } from "./text.js";

const ms = (seconds: number): number => seconds * 1000;

function verdicts(kind: NodeKind, { verdicts: own, deferrals }: Timeline): Option {
  const points = (name: string, symbol: string, series: number, data: [number, number, number][]) => ({
    ...{ type: "scatter", name, symbol, symbolSize: 9, itemStyle: { color: colour(`series${series}`) } },
    data: data.map(([at, label, confidence]) => [ms(at), className(kind, label), confidence]),
  });
  const decided = deferrals.filter(({ decidedLabel }) => decidedLabel !== null);
  return {
    yAxis: { type: "category", data: kind.classes },
    tooltip: {
      formatter: ({ seriesName, value }: { seriesName: string; value: [number, string, number] }) =>
        `${when(value[0] / 1000)} ${seriesName}: ${value[1]} (${share(value[2])})`,
    },
    series: [
      points(
        "decided by the node",
        "circle",
        0,
        own.map(({ at, label, confidence }) => [at, label, confidence]),
      ),
      points(
        "deferred",
        "emptyCircle",
        1,
        deferrals.map(({ at, label, confidence }) => [at, label, confidence]),
      ),
      points(
        "decision of the cloud",
        "triangle",
        2,
        decided.map(({ at, decidedLabel, decidedConfidence }) => [at, decidedLabel!, decidedConfidence!]),
      ),
    ],
  };
}

const line = (name: string, series: number, data: (number | null)[][]) => ({
  ...{ type: "line", name, showSymbol: data.length < 60, itemStyle: { color: colour(`series${series}`) } },
  data,
});

function confidence(kind: NodeKind, { verdicts: own, deferrals }: Timeline): Option {
  const all = [...own, ...deferrals].sort((a, b) => a.at - b.at);
  return {
    yAxis: { type: "value", min: 0, max: 1 },
    series: [
      {
        ...line(
          "confidence of the node",
          0,
          all.map((one) => [ms(one.at), one.confidence]),
        ),
        markLine: {
          symbol: "none",
          data: [{ yAxis: kind.threshold }],
          label: { position: "insideEndTop" },
          lineStyle: { color: colour("alarm") },
        },
      },
    ],
  };
}

const link = ({ link: frames }: Timeline): Option => ({
  yAxis: { type: "value", scale: true },
  series: [
    line(
      "RSSI, dBm",
      2,
      frames.map(({ received, rssi }) => [ms(received), rssi]),
    ),
    line(
      "SNR, dB",
      1,
      frames.map(({ received, snr }) => [ms(received), snr]),
    ),
    line(
      "data rate",
      3,
      frames.map(({ received, dataRate }) => [ms(received), dataRate]),
    ),
  ],
});

const health = ({ health: reports }: Timeline): Option => ({
  yAxis: { type: "value", scale: true },
  series: [
    line(
      "battery, V",
      0,
      reports.map(({ at, millivolts }) => [ms(at), millivolts === null ? null : millivolts / 1000]),
    ),
    line(
      "duty cycle used, %",
      1,
      reports.map(({ at, duty }) => [ms(at), Math.round(1000 * duty) / 10]),
    ),
  ],
});

interface BarApi {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
  size(extent: [number, number]): [number, number];
}

/** A bar for each time at which an actuator was on. */
function actuations(kind: NodeKind, { verdicts: own }: Timeline, until: number): Option {
  const data = onTimes(own, kind.actuators.length, until).map(({ actuator, from, to }) => [ms(from), ms(to), actuator]);
  return {
    yAxis: { type: "category", data: kind.actuators },
    // Without this a node whose actuators were never on would have no time axis.
    xAxis: { type: "time", min: ms(own[0]?.at ?? until), max: ms(Math.max(until, own.at(-1)?.at ?? until)) },
    tooltip: {
      formatter: ({ value: [from, to, actuator] }: { value: [number, number, number] }) =>
        `${kind.actuators[actuator]}: ${when(from / 1000)} to ${when(to / 1000)}`,
    },
    series: [
      {
        ...{ type: "custom", name: "on", encode: { x: [0, 1], y: 2 }, itemStyle: { color: colour("series0") }, data },
        renderItem: (_: unknown, api: BarApi) => {
          const [x, y] = api.coord([api.value(0), api.value(2)]);
          const [end] = api.coord([api.value(1), api.value(2)]);
          const height = api.size([0, 1])[1] * 0.5;
          return {
            type: "rect",
            shape: { x, y: y - height / 2, width: Math.max(2, end - x), height },
            style: { fill: colour("series0") },
          };
        },
      },
    ],
  };
}

function actuators(kind: NodeKind, { verdicts: own }: Timeline): string {
  const last = own.at(-1);
  if (!last) return "unknown";
  return kind.actuators.filter((_, i) => (last.actions >> i) & 1).join(", ") || "all off";
}

export function NodePage({ kind, devEui, version }: { kind: NodeKind; devEui: string; version: number }) {
  const { value: node, error } = useJson<NodeRow>(`/api/nodes/${devEui}`, version);
  const { value: data } = useJson<Timeline>(`/api/nodes/${devEui}/timeline`, version);
  const charts = {
    verdicts: useCallback(() => verdicts(kind, data!), [kind, data]),
    confidence: useCallback(() => confidence(kind, data!), [kind, data]),
    link: useCallback(() => link(data!), [data]),
    health: useCallback(() => health(data!), [data]),
    actuations: useCallback(() => actuations(kind, data!, node?.lastSeen ?? 0), [kind, data, node]),
  };
  if (error) return <p role="alert">{error}</p>;
  if (!node || !data) return <p class="muted">...</p>;
  const title = node.name ?? devEui;
  const until = node.lastSeen ?? 0;
  const [hour, day] = [3600, 86400].map((seconds) => airtimeSince(data.link, until - seconds)) as [number, number];
  const versions = changes(data.health, "firmware", "script");
  const networks = changes(
    data.deferrals.filter(({ model }) => model !== null),
    "model",
  );
  return (
    <>
      <section aria-labelledby="node">
        <h2 id="node">{title}</h2>
        <p class="muted">
          {devEui}; last heard {when(node.lastSeen)}; battery {battery(node.battery, node.millivolts)}; actuators:{" "}
          {actuators(kind, data)}
          {node.safeMode ? "; in safe mode" : ""}
        </p>
        <Chart name={`Verdicts of ${title} by time`} option={charts.verdicts} />
        <h3>Confidence</h3>
        <Chart name={`Confidence of ${title} by time, with the threshold`} option={charts.confidence} />
      </section>
      {kind.actuators.length > 0 && (
        <section aria-labelledby="actuators">
          <h2 id="actuators">Actuators</h2>
          <Chart name={`When the actuators of ${title} were on`} option={charts.actuations} />
          <p class="muted">By what the node said with its verdicts.</p>
        </section>
      )}
      <Features devEui={devEui} title={title} version={version} />
      <section aria-labelledby="link">
        <h2 id="link">Link</h2>
        <Chart name={`RSSI, SNR and data rate of ${title} by time`} option={charts.link} />
        <p class="muted">
          {data.link.length} payloads, {airtimeSince(data.link, 0).toFixed(2)} s of airtime; in the hour before it was
          last heard {hour.toFixed(2)} s ({((100 * hour) / 3600).toFixed(2)} %), in the day {day.toFixed(2)} s (
          {((100 * day) / 86400).toFixed(2)} %), of these payloads and as far as gateways received the frames
        </p>
      </section>
      <section aria-labelledby="health">
        <h2 id="health">Battery and duty cycle</h2>
        {data.health.length === 0 ? (
          <p>No health report yet; nodes send one a day.</p>
        ) : (
          <Chart name={`Battery and duty cycle of ${title} by time`} option={charts.health} />
        )}
      </section>
      <section aria-labelledby="versions">
        <h2 id="versions">Firmware, network and app script</h2>
        <MissingNetworks deferrals={data.deferrals} />
        <p>Network: {networkOf(node)}</p>
        {versions.length === 0 && <p>No health report yet; nodes send one a day.</p>}
        <ul>
          {versions.map(({ at, firmware, script }) => (
            <li key={at}>
              since {when(at)}: firmware {firmware ?? "unknown"}, app script {script ?? "unknown"}
            </li>
          ))}
          {networks.map(({ at, model }) => (
            <li key={`network ${at}`}>
              windows since {when(at)}: network {networkName(model!)}
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="alarms">
        <h2 id="alarms">Alarms</h2>
        <AlarmTable version={version} devEui={devEui} />
      </section>
      <section aria-labelledby="faults">
        <h2 id="faults">Faults</h2>
        {data.faults.length === 0 && <p>None.</p>}
        <ul>
          {data.faults.toReversed().map(({ at, kind: fault, sensor, cause, count }) => (
            <li key={`${at} ${fault} ${sensor}`}>
              {when(at)}: {fault}
              {sensor === null ? "" : `, ${kind.sensors[sensor] ?? `sensor ${sensor}`}`}
              {cause === null ? "" : `, ${cause}`}, {count} times
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
