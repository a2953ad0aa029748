import { createHash } from "node:crypto";
import type { UplinkPayload } from "../../device/codec/codec.js";

/** What distinguishes payloads of a kind that have the same time. */
function distinctive(payload: UplinkPayload): unknown[] {
  switch (payload.kind) {
    case "fault":
      return [payload.faults];
    case "health":
      return [payload.battery, payload.restarts, payload.heapPeak, payload.duty];
    case "app":
      return [payload.values ?? payload.text];
    case "update":
      return [
        payload.event,
        payload.reason,
        payload.subject,
        ...(payload.part ? [payload.part, payload[payload.part]] : []),
      ];
    case "settings":
      return [{ ...payload, sequence: 0 }];
    case "report":
      return [payload.label, payload.confidence, [payload.actions, payload.count]];
    case "deferral":
      return [payload.label, payload.confidence, []];
  }
}

/** Of the verdict; not of the sequence number, nor of the window's compression. */
export function digestOf(payload: UplinkPayload): string {
  const content = JSON.stringify([payload.kind, payload.time, ...distinctive(payload)]);
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
