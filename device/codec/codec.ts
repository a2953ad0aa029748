/** The payload formats; pure TypeScript, used by the node and by the cloud. */
import { decodeAppMessage } from "./app.js";
import { decodeDeferral } from "./deferral.js";
import { decodeFaultReport } from "./fault.js";
import { decodeHealth } from "./health.js";
import { decodeReport } from "./report.js";
import { decodeSettingsReport } from "./settingsreport.js";
import { PayloadError, ports, type UplinkPayload } from "./types.js";
import { decodeUpdateStatus } from "./update.js";

export * from "./types.js";
export { decodeAppMessage, encodeAppMessage, mostAppBytes, mostAppValues } from "./app.js";
export { decodeReport, encodeReport, mergeReports } from "./report.js";
export { decodeDeferral, encodeDeferral } from "./deferral.js";
export { decodeDecision, encodeDecision } from "./decision.js";
export { decodeFaultReport, encodeFaultReport, faultsThatFit } from "./fault.js";
export { decodeCommand, encodeCommand } from "./command.js";
export { decodeHealth, encodeHealth } from "./health.js";
export { decodeReceived, encodeReceived, isReceived, type Received } from "./received.js";
export { decodePackagePart, encodePackageParts } from "./packagepart.js";
export { decodeUpdateStatus, encodeUpdateStatus } from "./update.js";
export { decodeSettingsReport, encodeSettingsReport, splitSettingsReport } from "./settingsreport.js";
export * from "./importance.js";

/** Decodes by port. @throws PayloadError */
export function decodeUplink(port: number, bytes: Uint8Array): UplinkPayload {
  switch (port) {
    case ports.report:
      return { kind: "report", ...decodeReport(bytes) };
    case ports.deferral:
      return { kind: "deferral", ...decodeDeferral(bytes) };
    case ports.fault:
      return { kind: "fault", ...decodeFaultReport(bytes) };
    case ports.health:
      return { kind: "health", ...decodeHealth(bytes) };
    case ports.update:
      return { kind: "update", ...decodeUpdateStatus(bytes) };
    case ports.app:
      return { kind: "app", ...decodeAppMessage(bytes) };
    case ports.settings:
      return { kind: "settings", ...decodeSettingsReport(bytes) };
    default:
      throw new PayloadError(
        `port ${port} carries no uplink payload: ${ports.report} reports, ${ports.deferral} deferrals, ${ports.fault} faults, ${ports.health} health, ${ports.update} update status, ${ports.app} app messages, ${ports.settings} settings`,
      );
  }
}
