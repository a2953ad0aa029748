import {
  decodeDeferral,
  decodeHealth,
  decodeUpdateStatus,
  encodeDeferral,
  encodeHealth,
  encodeUpdateStatus,
  ports,
  type Health,
} from "../codec/codec.js";
import type { UpdateStatus } from "../codec/update.js";
import type { OutboxItem } from "./outbox.js";

/** The payload in `room` bytes; deferrals, health reports and update status can be made smaller. */
export function fit(item: OutboxItem, room: number): Uint8Array {
  if (item.port === ports.health && item.payload.length > room)
    return encodeHealth(decodeHealth(item.payload) as Health, room);
  if (item.port === ports.update && item.payload.length > room)
    return encodeUpdateStatus(decodeUpdateStatus(item.payload) as UpdateStatus, room);
  if (item.port !== ports.deferral || item.payload.length <= room) return item.payload;
  return encodeDeferral(decodeDeferral(item.payload), room);
}
