import { printable } from "../lib/terminal.js";
import type { ReceivedInForce, ReceivedUpdateStatus } from "../../device/codec/update.js";
import type { SettingsReport } from "../../device/codec/settingsreport.js";
import type { NodeConfig } from "../../device/config.js";
import type { DeliveryState } from "./delivery.js";
import type { DeliveryPlan } from "./plan.js";
import { describeSettings, expectedSettings, type SentSettings } from "./settingsView.js";

const n = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 1 });

const some = (count: number, what: string): string => `${n(count)} ${what}${count === 1 ? "" : "s"}`;

function duration(hours: number): string {
  if (hours < 1) return some(Math.max(1, Math.round(hours * 60)), "minute");
  return some(hours, "hour");
}

/** What sending a package takes. */
export function describePlan(plan: DeliveryPlan, region: string, everySeconds: number): string {
  const { bytes, fragments, expected, size, dataRate, downlinkSeconds, uplinkSeconds, hours, isUnheard } = plan;
  const unheard = isUnheard ? ", the slowest, as it has sent no uplink yet" : "";
  return [
    `${n(bytes)} bytes: ${some(fragments, "fragment")} of ${size} bytes at DR${dataRate} of ${region}${unheard}: some ${expected} with a tenth lost`,
    `airtime ${n(downlinkSeconds)} s of the gateway, ${n(uplinkSeconds)} s of the node's uplinks: about ${duration(hours)} within its duty cycle, from its next uplink on (at most ${some(everySeconds / 60, "minute")})`,
  ].join("\n");
}

const time = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/** @param package_ that it is about */
export function describeStatus(
  status: Omit<ReceivedUpdateStatus, "kind" | "sequence" | "time" | "settingsHash">,
  package_ = String(status.subject),
): string[] {
  const { event, reason, newest, script, model, settings } = status;
  const part = (name: string, known: ReceivedInForce | undefined): string => {
    if (known === undefined) return `${name}: not reported`;
    if (known.sequence === 0) return `${name}: the ${name === "settings" ? "description's" : "firmware's own"}`;
    const { sequence, version } = known;
    return `${name}: package ${sequence}${version === undefined ? "" : `, version ${version}`}`;
  };
  const why = reason === "none" ? "" : ` (${reason})`;
  const latest = newest === undefined ? "" : `; newest ${newest}`;
  const isPartial = [newest, script, model, settings].some((known) => known === undefined);
  return [
    event === "state" ? `newest package ${newest ?? "not reported"}` : `package ${package_} ${event}${why}${latest}`,
    part("script", script),
    part("model", model),
    part("settings", settings),
    ...(isPartial
      ? [
          "what is not reported comes one by one, as the node's data rate has little room; over its serial line it says all (--to)",
        ]
      : []),
  ];
}

/** What is still to come, by a plan. */
function describeRest(sent: number, { expected, hours }: DeliveryPlan): string {
  if (sent >= expected) return `, more than the ${n(expected)} that were expected`;
  return ` of some ${n(expected)}, about ${duration((hours * (expected - sent)) / expected)} left`;
}

/** @param plan what it takes in all */
export function describeDelivery(state: DeliveryState, plan?: DeliveryPlan): string {
  const { name, sequence, phase, reason, sent, size, missing } = state;
  const what = `package ${sequence} "${printable(name)}"`;
  const lacks =
    missing === undefined ? "" : `, ${missing === 255 ? "255 or more" : missing} missing by its last report`;
  switch (phase) {
    case "setup":
      return `${what}: waits for the node's next uplinks`;
    case "sending":
      return `${what}: ${some(sent, "fragment")} of ${size} bytes sent${plan ? describeRest(sent, plan) : ""}${lacks}`;
    case "complete":
      return `${what}: the node has all of it, and checks it`;
    case "probation":
      return `${what}: in force, on probation`;
    case "confirmed":
      return `${what}: in force, confirmed`;
    case "failed":
      return `${what}: ${printable(reason ?? "")}`;
  }
}

/** The package of a status by its whole sequence: that of the package on its way, or of the newest one, where the short form, which has no `settingsHash`, says the lower half of it. */
function packageOf(
  { subject, newest, settingsHash }: ReceivedUpdateStatus,
  delivery: DeliveryState | undefined,
): string {
  if (settingsHash !== undefined || subject === 0) return String(subject);
  const whole = [delivery?.sequence, newest].find(
    (sequence) => sequence !== undefined && (sequence & 0xffff) === subject,
  );
  return whole !== undefined ? String(whole) : `with ${subject} in the lower 16 bits of its sequence`;
}

/** What a gateway knows of a node. */
interface Known {
  devEui: string;
  status?: ReceivedUpdateStatus;
  statusAt?: number;
  settings?: SettingsReport;
  settingsAt?: number;
  sentSettings?: SentSettings[];
  delivery?: DeliveryState;
}

/** What is known of a node, line by line. @param config its description, when that is known */
export function describeRecord(record: Readonly<Known>, config?: NodeConfig): string[] {
  const { devEui, status, statusAt, settings, settingsAt, sentSettings, delivery } = record;
  return [
    `node ${devEui}`,
    ...(status
      ? [
          `reported ${time(statusAt!)}:`,
          ...describeStatus(status, packageOf(status, delivery)).map((line) => `  ${line}`),
        ]
      : ["has reported nothing about its packages yet"]),
    settings
      ? `settings in force, reported ${time(settingsAt!)}:`
      : "settings: not reported, loam script status --refresh asks for them",
    ...describeSettings(settings, config, expectedSettings(sentSettings)).map((line) => `  ${line}`),
    ...(delivery ? [describeDelivery(delivery)] : ["nothing is on its way"]),
  ];
}
