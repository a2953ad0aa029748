import { checkRange, openPayload, readSequence, readTime, stampBytes, writeStamp } from "./stamp.js";
import { PayloadError, restartCauses, type Health, type ReceivedHealth, type RestartCause } from "./types.js";

/** Lower four bits of the first byte. */
const shortForm = 1;
const inSafeMode = 2;

const longBytes = stampBytes + 23;
const shortBytes = stampBytes + 4;
/** The heap's peak is sent in these units, rounded up: bytes. */
const longHeapUnit = 16;
const shortHeapUnit = 1024;

/** The long form, or the short one where it does not fit. */
export function encodeHealth(health: Health, room: number): Uint8Array {
  const isShort = room < longBytes;
  const bytes = new Uint8Array(isShort ? shortBytes : longBytes);
  if (room < bytes.length) throw new RangeError(`health report: ${room} bytes, at least ${shortBytes} expected`);
  checkRange("battery", health.battery, 255);
  if (!(health.duty >= 0 && health.duty <= 1))
    throw new RangeError(`duty ${health.duty}: a number from 0 to 1 expected`);
  writeStamp(bytes, (isShort ? shortForm : 0) | (health.safeMode ? inSafeMode : 0), health);
  bytes[7] = health.battery;
  if (isShort) {
    bytes[8] = Math.min(health.restarts, 255);
    bytes[9] = Math.min(Math.ceil(health.heapPeak / shortHeapUnit), 255);
    bytes[10] = Math.round(health.duty * 255);
    return bytes;
  }
  let at = 8;
  const put = (count: number, value: number): void => {
    const most = 256 ** count - 1;
    const capped = Math.min(Math.max(0, Math.round(value)), most);
    for (let i = count - 1; i >= 0; i--) bytes[at++] = Math.floor(capped / 256 ** i);
  };
  put(2, health.millivolts);
  for (const cause of restartCauses) put(1, health.resets[cause]);
  put(2, Math.ceil(health.heapPeak / longHeapUnit));
  put(2, health.stackPeak);
  put(1, health.duty * 255);
  put(2, health.airtime * 10);
  put(3, health.erases);
  for (const part of versionParts(health.firmware)) put(1, part);
  put(2, health.script);
  return bytes;
}

/** @throws PayloadError */
export function decodeHealth(bytes: Uint8Array): ReceivedHealth {
  openPayload(bytes, "health report", shortBytes);
  const flags = bytes[0]! & 15;
  if (flags & ~(shortForm | inSafeMode)) throw new PayloadError(`health report: unknown flags ${flags}`);
  const length = flags & shortForm ? shortBytes : longBytes;
  if (bytes.length !== length) throw new PayloadError(`health report: ${bytes.length} bytes, ${length} expected`);
  const stamp = { sequence: readSequence(bytes), time: readTime(bytes) };
  const safeMode = (flags & inSafeMode) !== 0;
  const battery = bytes[7]!;
  if (flags & shortForm)
    return {
      ...stamp,
      safeMode,
      battery,
      restarts: bytes[8]!,
      heapPeak: bytes[9]! * shortHeapUnit,
      duty: bytes[10]! / 255,
    };
  let at = 8;
  const take = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + bytes[at++]!;
    return value;
  };
  const millivolts = take(2);
  const resets = {} as Record<RestartCause, number>;
  let restarts = 0;
  for (const cause of restartCauses) restarts += resets[cause] = take(1);
  return {
    ...stamp,
    safeMode,
    battery,
    restarts,
    millivolts,
    resets,
    heapPeak: take(2) * longHeapUnit,
    stackPeak: take(2),
    duty: take(1) / 255,
    airtime: take(2) / 10,
    erases: take(3),
    firmware: `${take(1)}.${take(1)}.${take(1)}`,
    script: take(2),
  };
}

/** "1.2.3" or "1.2.3-rc.1"; 0.0.0 for anything else. */
export function versionParts(text: string): number[] {
  const parts = text
    .split("-")[0]!
    .split(".")
    .map((part) => Number(part));
  return parts.length === 3 && parts.every((part) => part >= 0 && part <= 255) ? parts : [0, 0, 0];
}
