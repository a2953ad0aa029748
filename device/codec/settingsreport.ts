/** The settings in force, value by value: items of four bytes, and names of classes where they fit. Pure, used by the node and by the tools. */
import { limitNames, maxEverySeconds, type LimitName } from "./settings.js";
import { openPayload, readSequence, readTime, stampBytes, writeStamp } from "./stamp.js";
import { PayloadError, type Stamp } from "./types.js";
import { decodeUtf8, encodeUtf8 } from "./utf8.js";

/** All that a package of settings can change. */
export interface SettingsInForce {
  threshold: number;
  everySeconds: number;
  limits: Record<LimitName, number>;
  /** By the sensor's index. */
  offsets: number[];
  /** Names, by the class's index. */
  classes: string[];
}

/** What one payload says: the values of a report may need several. */
export interface SettingsReport extends Stamp {
  /** 0..15, the same in all payloads of a report, and mostly another one in the next one with other values. */
  report: number;
  threshold?: number;
  everySeconds?: number;
  limits?: Partial<Record<LimitName, number>>;
  /** By the sensor's index: float32 without its last 8 bits. */
  offsets?: Record<number, number>;
  /** By the class's index. */
  classes?: Record<number, string>;
  /** Of names that did not fit: `nameHash`. */
  classHashes?: Record<number, number>;
}

/** The upper four bits of an item. The lower 28 are its value, or four or eight bits of index and the value. */
const kinds = { threshold: 0, every: 1, limit: 2, offset: 3, classHash: 4, className: 5, everyLong: 6 } as const;
const itemBytes = 4;
/** Kind, index and length of a name. */
const nameHead = 3;
/** What is stored in one piece: it fits EU868's fastest data rates. */
export const mostSettingsBytes = 222;
export const leastSettingsBytes = stampBytes + itemBytes;
/** Longer periods are whole seconds: as ms they would not fit into 28 bits. */
const maxEveryMs = 86_400_000;

/** FNV-1a, folded to 20 bits. */
export function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encodeUtf8(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash >>> 20) ^ hash) & 0xfffff;
}

/** The upper 24 bits of a float32, rounded. */
function float24(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const rounded = bits + 0x80;
  return ((rounded & 0x7f800000) === 0x7f800000 ? bits : rounded) >>> 8;
}

function fromFloat24(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 8);
  return view.getFloat32(0);
}

const item = (kind: number, value: number): Uint8Array =>
  Uint8Array.of((kind << 4) | (value >> 24), value >> 16, value >> 8, value);

const hashItem = (index: number, name: string): Uint8Array => item(kinds.classHash, (index << 20) | nameHash(name));

function nameItem(index: number, name: string): Uint8Array {
  const text = encodeUtf8(name);
  if (nameHead + text.length > mostSettingsBytes - stampBytes) return hashItem(index, name);
  return Uint8Array.of(kinds.className << 4, index, text.length, ...text);
}

function itemsOf({ threshold, everySeconds, limits, offsets, classes }: SettingsInForce): Uint8Array[] {
  // Seconds may be less than one.
  const limit = (name: LimitName): number => (name === "seconds" ? Math.round(limits[name] * 1000) : limits[name]);
  return [
    item(kinds.threshold, Math.round(threshold * 65535)),
    everySeconds * 1000 <= maxEveryMs
      ? item(kinds.every, Math.round(everySeconds * 1000))
      : item(kinds.everyLong, Math.round(everySeconds)),
    ...limitNames.map((name, code) => item(kinds.limit, (code << 24) | limit(name))),
    ...offsets.map((offset, index) => item(kinds.offset, (index << 24) | float24(offset))),
    ...classes.map((name, index) => nameItem(index, name)),
  ];
}

/** In as few payloads of at most `room` bytes as possible, each with the same stamp. A name that fits none is its hash. */
function packed(items: readonly Uint8Array[], report: number, stamp: Stamp, room: number): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    const payload = new Uint8Array(stampBytes + bytes.length);
    writeStamp(payload, report, stamp);
    payload.set(bytes, stampBytes);
    payloads.push(payload);
    bytes = [];
  };
  for (const each of items) {
    const fitting = stampBytes + each.length <= room ? each : hashItem(each[1]!, nameOf(each));
    if (bytes.length > 0 && stampBytes + bytes.length + fitting.length > room) flush();
    bytes.push(...fitting);
  }
  flush();
  return payloads;
}

const nameOf = (each: Uint8Array): string => decodeUtf8(each.slice(nameHead)) ?? "";

/** @returns payloads of at most `mostSettingsBytes`, whose sequence is still to be written */
export function encodeSettingsReport(settings: SettingsInForce, time: number): Uint8Array[] {
  const items = itemsOf(settings);
  let sum = 0;
  for (const each of items) for (const byte of each) sum = (31 * sum + byte) & 0xffff;
  return packed(items, (sum ^ (sum >> 4) ^ (sum >> 8) ^ (sum >> 12)) & 15, { sequence: 0, time }, mostSettingsBytes);
}

/** One payload of a report as several of at most `room` bytes. @throws RangeError when not even an item fits */
export function splitSettingsReport(bytes: Uint8Array, room: number): Uint8Array[] {
  if (room < leastSettingsBytes)
    throw new RangeError(`settings report: ${room} bytes, at least ${leastSettingsBytes} expected`);
  const stamp = { sequence: readSequence(bytes), time: readTime(bytes) };
  return packed(readItems(bytes), bytes[0]! & 15, stamp, room);
}

function readItems(bytes: Uint8Array): Uint8Array[] {
  openPayload(bytes, "settings report", leastSettingsBytes);
  const items: Uint8Array[] = [];
  for (let at = stampBytes; at < bytes.length;) {
    const isName = bytes[at]! >> 4 === kinds.className;
    const length = isName ? nameHead + (bytes[at + 2] ?? 0) : itemBytes;
    if (at + length > bytes.length) throw new PayloadError(`settings report: it ends within an item at ${at}`);
    items.push(bytes.slice(at, at + length));
    at += length;
  }
  return items;
}

/** @throws PayloadError */
export function decodeSettingsReport(bytes: Uint8Array): SettingsReport {
  const items = readItems(bytes);
  const settings: SettingsReport = {
    sequence: readSequence(bytes),
    time: readTime(bytes),
    report: bytes[0]! & 15,
  };
  for (const each of items) take(settings, each);
  return settings;
}

function take(settings: SettingsReport, each: Uint8Array): void {
  const bad = (what: string, value: number): PayloadError => new PayloadError(`settings report: ${what} ${value}`);
  const kind = each[0]! >> 4;
  const index = each[0]! & 15;
  const low = (each[1]! << 16) | (each[2]! << 8) | each[3]!;
  const value = (index << 24) | low;
  if (kind === kinds.threshold) {
    if (value > 65535) throw bad("threshold", value);
    settings.threshold = value / 65535;
  } else if (kind === kinds.every) {
    if (value < 1 || value > maxEveryMs) throw bad("period", value);
    settings.everySeconds = value / 1000;
  } else if (kind === kinds.everyLong) {
    if (value * 1000 <= maxEveryMs || value > maxEverySeconds) throw bad("period", value);
    settings.everySeconds = value;
  } else if (kind === kinds.limit) {
    const name = limitNames[index];
    if (!name) throw bad("limit", index);
    (settings.limits ??= {})[name] = name === "seconds" ? low / 1000 : low;
  } else if (kind === kinds.offset) {
    const offset = fromFloat24(low);
    if (!(Math.abs(offset) < Infinity)) throw bad("the offset of sensor", index);
    (settings.offsets ??= {})[index] = offset;
  } else if (kind === kinds.classHash) (settings.classHashes ??= {})[value >> 20] = value & 0xfffff;
  else if (kind === kinds.className) {
    const name = index === 0 && each.length > nameHead ? decodeUtf8(each.slice(nameHead)) : undefined;
    if (name === undefined) throw bad("the name of class", each[1]!);
    (settings.classes ??= {})[each[1]!] = name;
  } else throw bad("unknown item", kind);
}
