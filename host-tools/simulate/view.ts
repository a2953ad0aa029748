import { printable } from "../lib/terminal.js";
import type { ReceivedHealth, UplinkPayload } from "../../device/codec/codec.js";
import type { SettingsReport } from "../../device/codec/settingsreport.js";
import type { ReceivedUpdateStatus } from "../../device/codec/update.js";
import { reasonsText } from "../features/unfit.js";
import { formatTable } from "../lib/table.js";
import { describeCycle } from "./cycle.js";
import type { SimulationEvent } from "./events.js";
import type { SimulationSummary } from "./summary.js";

const clock = (time: number): string => new Date(time * 1000).toISOString().slice(11, 19);
const seconds = (count: number): string => `${count.toLocaleString("en-US", { maximumFractionDigits: 1 })} s`;
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function describeHealth(health: Omit<ReceivedHealth, "sequence" | "time">): string {
  const level =
    health.battery === 255 ? "unknown" : health.battery === 0 ? "external power" : percent((health.battery - 1) / 253);
  const parts = [
    `battery ${level}${health.millivolts ? ` (${health.millivolts} mV)` : ""}`,
    `${health.restarts} restarts`,
    `heap ${health.heapPeak.toLocaleString("en-US")} bytes`,
    ...(health.stackPeak === undefined ? [] : [`stack ${health.stackPeak} slots`]),
    `duty ${(100 * health.duty).toFixed(1)} %`,
    ...(health.airtime === undefined ? [] : [`airtime ${health.airtime.toFixed(1)} s`]),
    ...(health.erases === undefined ? [] : [`${health.erases} erases`]),
    ...(health.firmware === undefined ? [] : [`firmware ${health.firmware}, script ${health.script}`]),
  ];
  return (health.safeMode ? "safe mode, " : "") + parts.join(", ");
}

function describeUpdate({
  event,
  reason,
  subject,
  script,
  model,
  settings,
}: Omit<ReceivedUpdateStatus, "sequence" | "time">): string {
  const inForce = Object.entries({ script, model, settings })
    .filter(([, part]) => part?.sequence)
    .map(([name, part]) => `${name} ${part!.sequence}`);
  const why = reason === "none" ? "" : ` (${reason})`;
  return `package ${subject} ${event}${why}${inForce.length > 0 ? `; in force: ${inForce.join(", ")}` : ""}`;
}

function describeValues({ threshold, everySeconds, limits, ...byIndex }: SettingsReport): string {
  const numbered = (["offsets", "classes", "classHashes"] as const).flatMap((group) =>
    Object.entries(byIndex[group] ?? {}).map(([index, value]) => [`${group}.${index}`, value] as const),
  );
  return [...Object.entries({ threshold, everySeconds, ...limits }), ...numbered]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === "number" ? Number(value.toPrecision(5)) : value}`)
    .join(", ");
}

/** What an uplink of the node about itself says. */
function describeContent(payload: UplinkPayload): string {
  if (payload.kind === "health") return `: ${describeHealth(payload)}`;
  if (payload.kind === "update") return `: ${describeUpdate(payload)}`;
  if (payload.kind === "app") return `: ${payload.text ?? payload.values!.join(" ")}`;
  if (payload.kind === "settings") return `: ${describeValues(payload)}`;
  if (payload.kind !== "fault") return "";
  return `: ${payload.faults.map(({ kind, cause, count }) => `${kind}${cause ? ` (${cause})` : ""} ${count}`).join(", ")}`;
}

/** One line per event; undefined for events that are not shown. */
export function describeEvent(event: SimulationEvent): string | undefined {
  const line = (text: string): string => `${clock(event.time)}  ${printable(text)}`;
  switch (event.event) {
    case "start":
      return line(
        `node "${event.node}" starts, arena ${event.arenaUsed.toLocaleString("en-US")} bytes, ${event.waiting} in its outbox`,
      );
    case "verdict":
      return line(
        `verdict ${event.name} ${percent(event.confidence)}${event.decided === "defer" ? ", unsure: deferred to the cloud" : ""}`,
      );
    case "window":
      return event.isFit ? undefined : line("window not usable: too many bad samples");
    case "actuation":
      return line(`  ${event.actuator} ${event.on ? "on" : "off"}`);
    case "uplink":
      return line(
        `  up   #${event.payload.sequence} ${event.payload.kind}, ${event.bytes} bytes, DR${event.dataRate}, ${event.rssi.toFixed(0)} dBm${event.duplicate ? " (duplicate)" : ""}${describeContent(event.payload)}`,
      );
    case "downlink":
      return line(`  down #${event.sequence} decision ${event.name} ${percent(event.confidence)}`);
    case "decision":
      return line(`  decision ${event.name} for #${event.sequence}: ${event.outcome}`);
    case "fault":
      return line(
        `  fault: ${event.kind}${event.sensor ? ` (${event.sensor})` : ""}${event.count ? `, ${event.count} times` : ""}`,
      );
    case "restarted":
    case "safe mode":
      return line(`  ${event.event}: ${event.cause}`);
    case "script failed":
      return line(`  app script failed (${event.failure}, strike ${event.strikes}): ${event.error}`);
    case "script replaced":
      return line(`  app script replaced by ${event.by}`);
    case "interlock":
      return line(`  interlock: ${event.actuator}, ${event.reason}`);
    case "flash failed":
      return line(`  flash of ${event.partition}: ${event.what} failed: ${event.error}`);
    case "health":
      return line(`  health: ${describeHealth(event)}`);
    case "update":
      return line(`  ${describeUpdate({ ...event, event: event.what })}${event.detail ? `: ${event.detail}` : ""}`);
    case "link":
      return line(`  link ${event.state}`);
    case "log":
      return line(`  app: ${event.text}`);
    case "end":
    case "radio":
    case "sent":
    case "stored":
    case "sleep":
      return undefined;
    default:
      return line(`  ${event.event}: ${[event.sensor, event.error].filter(Boolean).join(": ")}`);
  }
}

export function describeSummary(summary: SimulationSummary): string {
  const share = (count: number): string =>
    summary.labelled > 0 ? `${count} of ${summary.labelled} (${percent(count / summary.labelled)})` : "no labels";
  return formatTable(
    [summary.ended ? "a part of a day of the node" : "a day of the node", ""],
    [
      ...(summary.ended ? [["ended early", summary.ended.how]] : []),
      [
        "windows",
        `${summary.windows}${summary.ended ? ` of ${summary.ended.windows}` : ""}, ${summary.unfit} not usable${reasonsText(summary.unfitReasons)}`,
      ],
      [
        "verdicts",
        Object.entries(summary.verdicts)
          .map(([name, count]) => `${name} ${count}`)
          .join(", "),
      ],
      ["right, the node alone", share(summary.nodeCorrect)],
      ["right, with the cloud's decisions", share(summary.finalCorrect)],
      ["deferrals", `${summary.deferrals}, ${summary.decisions} decided in time`],
      ["actuations", String(summary.actuations)],
      ["payloads in the cloud", `${summary.uplinks}, ${summary.waiting} waiting in the node`],
      ["frames", `${summary.framesUp} up (${summary.joins} of them joins), ${summary.framesDown} down`],
      ["airtime", `${(summary.airtimeMs / 1000).toFixed(1)} s`],
      [
        "processor",
        `${seconds(summary.power.deepSleep)} in deep sleep, ${seconds(summary.power.lightSleep)} in light sleep, ${seconds(summary.power.active)} active; ${summary.power.sleeps} deep sleeps`,
      ],
      ["", describeCycle(summary.cycle)],
      ["radio", `${seconds(summary.power.transmit)} sending, ${seconds(summary.power.receive)} listening`],
      ["faults met", String(summary.faults)],
      // A program that was killed has not said it.
      ...(summary.heapLimitBytes > 0
        ? [
            [
              "XS heap, peak",
              `${summary.heapPeakBytes.toLocaleString("en-US")} of ${summary.heapLimitBytes.toLocaleString("en-US")} bytes`,
            ],
            ["XS stack, peak", `${summary.stackPeakSlots} of ${summary.stackLimitSlots} slots`],
          ]
        : []),
      ["arena", `${summary.arenaUsed.toLocaleString("en-US")} bytes`],
    ],
  );
}
