import { decodeDeferral, decodeHealth, encodeDeferral, encodeHealth, ports, type Health } from "../codec/codec.js";
import { leastSettingsBytes, splitSettingsReport } from "../codec/settingsreport.js";
import { splitUpdateStatus } from "../codec/update.js";
import type { OutboxItem } from "./outbox.js";

/** What does not fit `room` bytes, as several payloads, of which the last one matters most: settings in force, and an update status; undefined: it stays one. */
export function split({ port, payload }: OutboxItem, room: number): Uint8Array[] | undefined {
  if (payload.length <= room || room < leastSettingsBytes) return undefined;
  if (port === ports.settings) return splitSettingsReport(payload, room);
  return port === ports.update ? splitUpdateStatus(payload, room) : undefined;
}

/** The payload in `room` bytes; deferrals and health reports can be made smaller. */
export function fit(item: OutboxItem, room: number): Uint8Array {
  if (item.port === ports.health && item.payload.length > room)
    return encodeHealth(decodeHealth(item.payload) as Health, room);
  if (item.port !== ports.deferral || item.payload.length <= room) return item.payload;
  return encodeDeferral(decodeDeferral(item.payload), room);
}
