/** The server's side of TS003-2.0.0 and TS003-1.0.0: what it sends and receives. The node's is device/codec/clocksync.ts. */
import {
  clockCommandId,
  clockUplinkBytes,
  type ClockDownlink,
  type ClockUplink,
} from "../../device/codec/clocksync.js";

export function encodeClockDownlink(message: ClockDownlink): Buffer {
  const id = clockCommandId[message.command];
  switch (message.command) {
    case "version":
      return Buffer.of(id);
    case "period":
      return Buffer.of(id, message.period);
    case "resync":
      return Buffer.of(id, message.count);
    case "time": {
      const bytes = Buffer.alloc(6);
      bytes[0] = id;
      bytes.writeInt32LE(message.correction, 1);
      bytes[5] = message.token;
      return bytes;
    }
  }
}

/** The commands of an uplink, up to one that is unknown or not whole. */
export function decodeClockUplink(bytes: Uint8Array): ClockUplink[] {
  const messages: ClockUplink[] = [];
  const view = Buffer.from(bytes);
  for (let at = 0; at < view.length;) {
    const id = view[at]!;
    const length = clockUplinkBytes[id];
    if (length === undefined || at + 1 + length > view.length) break;
    if (id === clockCommandId.version)
      messages.push({ command: "version", identifier: view[at + 1]!, version: view[at + 2]! });
    else if (id === clockCommandId.period)
      messages.push({
        command: "period",
        isSupported: (view[at + 1]! & 1) === 0,
        deviceTime: view.readUInt32LE(at + 2),
      });
    else
      messages.push({
        command: "time",
        deviceTime: view.readUInt32LE(at + 1),
        isAnswerRequired: (view[at + 5]! & 0x10) !== 0,
        token: view[at + 5]! & 15,
      });
    at += 1 + length;
  }
  return messages;
}
