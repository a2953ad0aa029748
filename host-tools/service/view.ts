import { missingNetwork } from "../cloud/missing.js";
import { printable } from "../lib/terminal.js";
import type { UplinkPayload } from "../../device/codec/codec.js";
import type { ServiceEvent } from "./service.js";

type AnyEvent = ServiceEvent | Record<string, unknown>;

const isService = (event: AnyEvent): event is ServiceEvent => "kind" in event && !("event" in event);

/** For a line of JSON: what each event is, is its "event". */
export function eventRecord(event: AnyEvent): Record<string, unknown> {
  if (!isService(event)) return event;
  const { kind, ...rest } = event;
  if (event.kind !== "received") return { event: kind, ...rest };
  // A window would fill the screen.
  const { devEui, duplicate, payload } = event;
  return { event: kind, devEui, duplicate, ...withoutWindow(payload) };
}

function withoutWindow(payload: UplinkPayload): Record<string, unknown> {
  if (payload.kind !== "deferral") return { ...payload };
  const { kind, sequence, time, label, confidence, content } = payload;
  return { kind, sequence, time, label, confidence, content };
}

/** A line for a person. */
export const describeEvent = (event: AnyEvent, classes: readonly string[]): string => printable(lineOf(event, classes));

function lineOf(event: AnyEvent, classes: readonly string[]): string {
  if (!isService(event)) {
    const { event: name, ...rest } = event;
    return `${String(name)}: ${Object.entries(rest)
      .map(([key, value]) => `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", ")}`;
  }
  const about = event.devEui === undefined ? "" : `${event.devEui} `;
  const verdict = ({ label, confidence }: { label: number; confidence: number }) =>
    `${classes[label] ?? `class ${label}`} (${confidence.toFixed(2)})`;
  switch (event.kind) {
    case "decided":
      return `${about}decision on ${event.sequence}: ${verdict(event)}`;
    case "undecided":
      return `${about}deferral ${event.sequence} is kept and not decided: ${missingNetwork(event.model)}`;
    case "refused":
      return `${about}port ${event.port} refused: ${event.reason}`;
    case "failed":
      return `${about}${event.what} failed, it is tried again: ${event.error}`;
    case "received": {
      const { payload, duplicate } = event;
      const what =
        payload.kind === "report" || payload.kind === "deferral"
          ? `${payload.kind} ${payload.sequence}: ${verdict(payload)}`
          : `${payload.kind} ${payload.sequence}`;
      return `${about}${what}${duplicate ? ", again" : ""}`;
    }
  }
}
