/** The node's side of TS003-2.0.0 (Application Layer Clock Synchronization): what it receives and sends. TS003-1.0.0 has the same bytes. Numbers are little-endian. Pure; the network's side is in the tools. */

/** PackageVersionAns: identifier and version of this package of LoRaWAN's application layer. */
export const clockPackage = { identifier: 1, version: 2 } as const;

export const clockCommandId = { version: 0, time: 1, period: 2, resync: 3 } as const;

/** Payload bytes after the identifier, in a downlink and in an uplink; undefined: there is no such command. */
export const clockDownlinkBytes: readonly (number | undefined)[] = [0, 5, 1, 1];
export const clockUplinkBytes: readonly (number | undefined)[] = [2, 5, 5];

/** AppTimeAns with one of these: the clock is off by more, and needs another. */
export const mostCorrection = 0x7fffffff;
export const leastCorrection = -0x80000000;

export type ClockDownlink =
  /** PackageVersionReq */
  | { command: "version" }
  /** AppTimeAns: `correction` seconds are to be added to the node's clock. */
  | { command: "time"; correction: number; token: number }
  /** DeviceAppTimePeriodicityReq: AppTimeReq every 128 * 2^period seconds. */
  | { command: "period"; period: number }
  /** ForceDeviceResyncCmd (1.0.0: ForceDeviceResyncReq): up to `count` AppTimeReq; 0: to be discarded. */
  | { command: "resync"; count: number };

export type ClockUplink =
  /** PackageVersionAns */
  | { command: "version"; identifier: number; version: number }
  /** AppTimeReq. `deviceTime`: seconds since the GPS epoch, modulo 2^32. */
  | { command: "time"; deviceTime: number; isAnswerRequired: boolean; token: number }
  /** DeviceAppTimePeriodicityAns */
  | { command: "period"; isSupported: boolean; deviceTime: number };

/** Seconds between two AppTimeReq. */
export const clockPeriod = (period: number): number => 128 * 2 ** period;

/** The commands of a downlink, up to one that is unknown or not whole: only its identifier says how long a command is. Bits that are reserved are ignored. */
export function decodeClockDownlink(bytes: Uint8Array): ClockDownlink[] {
  const commands: ClockDownlink[] = [];
  for (let at = 0; at < bytes.length;) {
    const id = bytes[at]!;
    const length = clockDownlinkBytes[id];
    if (length === undefined || at + 1 + length > bytes.length) break;
    const first = bytes[at + 1]!;
    if (id === clockCommandId.version) commands.push({ command: "version" });
    else if (id === clockCommandId.period) commands.push({ command: "period", period: first & 15 });
    else if (id === clockCommandId.resync) commands.push({ command: "resync", count: first & 7 });
    else {
      const correction = first | (bytes[at + 2]! << 8) | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 24);
      commands.push({ command: "time", correction, token: bytes[at + 5]! & 15 });
    }
    at += 1 + length;
  }
  return commands;
}

/** As AppTimeReq and DeviceAppTimePeriodicityAns carry it, modulo 2^32. */
function writeDeviceTime(bytes: Uint8Array, at: number, deviceTime: number): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = Math.floor(deviceTime / 256 ** i) % 256;
}

export function encodeClockUplink(message: ClockUplink): Uint8Array {
  const { command } = message;
  const id = clockCommandId[command];
  if (command === "version") return Uint8Array.of(id, message.identifier, message.version);
  const isTime = command === "time";
  const bytes = new Uint8Array(6);
  bytes[0] = id;
  if (isTime) bytes[5] = (message.isAnswerRequired ? 0x10 : 0) | message.token;
  else bytes[1] = message.isSupported ? 0 : 1;
  writeDeviceTime(bytes, isTime ? 1 : 2, message.deviceTime);
  return bytes;
}

/** Sets the time, and an AppTimeReq's token, in the commands of an uplink that was encoded. */
export function stampClockUplink(bytes: Uint8Array, deviceTime: number, token: number): void {
  for (let at = 0; at < bytes.length; at += 1 + clockUplinkBytes[bytes[at]!]!) {
    if (bytes[at] === clockCommandId.period) writeDeviceTime(bytes, at + 2, deviceTime);
    if (bytes[at] !== clockCommandId.time) continue;
    writeDeviceTime(bytes, at + 1, deviceTime);
    bytes[at + 5] = (bytes[at + 5]! & 0x10) | token;
  }
}
