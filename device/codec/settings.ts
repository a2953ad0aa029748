/** Settings that a package changes: a list of items, each a type and its value. Numbers are little-endian. Pure, used by the node and by the tools. */
import { checkRange } from "./stamp.js";
import { PackageError } from "./update.js";
import { decodeUtf8, encodeUtf8 } from "./utf8.js";

/** `app.limits` of the node description, in the order of their codes, each with the least and the most that it may be. */
export const limitRanges = {
  seconds: [0.05, 5],
  bytes: [8192, 131072],
  stack: [192, 4096],
  actuationsPerHour: [1, 3600],
  uplinksPerDay: [0, 5000],
  storageBytes: [0, 2048],
  calls: [10, 10000],
  timersPerHour: [1, 3600],
} as const;
export type LimitName = keyof typeof limitRanges;
export const limitNames = Object.keys(limitRanges) as LimitName[];

/** All that is left out stays as the node description says. */
export interface Settings {
  /** `policy.threshold`, in steps of 1/65535. */
  threshold?: number;
  /** `window.everySeconds`, whole seconds. */
  everySeconds?: number;
  /** Other names of classes, by their index. */
  classes?: Record<number, string>;
  /** Added to each reading of a sensor, in its unit, by the sensor's index; float32. */
  offsets?: Record<number, number>;
  limits?: Partial<Record<LimitName, number>>;
}

/** Of `window.everySeconds`. */
export const maxEverySeconds = 604_800;

const types = { threshold: 1, everySeconds: 2, className: 3, offset: 4, limit: 5 } as const;
const maxClassBytes = 64;
export const maxSettingsBytes = 512;

/** @throws RangeError naming the setting */
export function encodeSettings({
  threshold,
  everySeconds,
  classes = {},
  offsets = {},
  limits = {},
}: Settings): Uint8Array {
  const bytes: number[] = [];
  const view = new DataView(new ArrayBuffer(4));
  const put4 = (): void => {
    for (let i = 0; i < 4; i++) bytes.push(view.getUint8(i));
  };
  if (threshold !== undefined) {
    if (!(threshold >= 0 && threshold <= 1))
      throw new RangeError(`threshold ${threshold}: a number from 0 to 1 expected`);
    const value = Math.round(threshold * 65535);
    bytes.push(types.threshold, value & 255, value >> 8);
  }
  if (everySeconds !== undefined) {
    checkRange("everySeconds - 1", everySeconds - 1, maxEverySeconds - 1);
    view.setUint32(0, everySeconds, true);
    bytes.push(types.everySeconds);
    put4();
  }
  for (const [index, name] of Object.entries(classes)) {
    const text = encodeUtf8(name);
    checkRange("class", Number(index), 255);
    if (text.length < 1 || text.length > maxClassBytes)
      throw new RangeError(`class name ${name}: ${text.length} bytes, 1 to ${maxClassBytes} expected`);
    bytes.push(types.className, Number(index), text.length, ...text);
  }
  for (const [index, offset] of Object.entries(offsets)) {
    checkRange("sensor", Number(index), 255);
    if (!Number.isFinite(Math.fround(offset))) throw new RangeError(`offset ${offset}: a float32 expected`);
    view.setFloat32(0, offset, true);
    bytes.push(types.offset, Number(index));
    put4();
  }
  for (const [code, name] of limitNames.entries()) {
    const limit = limits[name];
    if (limit === undefined) continue;
    // Seconds may be less than one.
    const value = name === "seconds" ? Math.round(limit * 1000) : limit;
    checkRange(name, value, 0xffffffff);
    view.setUint32(0, value, true);
    bytes.push(types.limit, code);
    put4();
  }
  checkRange("bytes of settings", bytes.length, maxSettingsBytes);
  return Uint8Array.from(bytes);
}

/** @throws PackageError for what `encodeSettings` does not make */
export function decodeSettings(bytes: Uint8Array): Settings {
  const settings: Settings = {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bad = (what: string): PackageError => new PackageError("bad settings", what);
  if (bytes.length > maxSettingsBytes) throw bad(`${bytes.length} bytes, at most ${maxSettingsBytes}`);
  let at = 0;
  const take = (count: number): number => {
    const from = at;
    at += count;
    if (at > bytes.length) throw bad(`they end within an item at ${from}`);
    return from;
  };
  while (at < bytes.length) {
    const type = bytes[take(1)]!;
    if (type === types.threshold) settings.threshold = view.getUint16(take(2), true) / 65535;
    else if (type === types.everySeconds) {
      const seconds = view.getUint32(take(4), true);
      if (seconds < 1 || seconds > maxEverySeconds) throw bad(`everySeconds ${seconds}`);
      settings.everySeconds = seconds;
    } else if (type === types.className) {
      const index = bytes[take(1)]!;
      const length = bytes[take(1)]!;
      const from = take(length);
      const name = length >= 1 && length <= maxClassBytes ? decodeUtf8(bytes.slice(from, at)) : undefined;
      if (name === undefined) throw bad(`the name of class ${index}`);
      (settings.classes ??= {})[index] = name;
    } else if (type === types.offset) {
      const index = bytes[take(1)]!;
      const offset = view.getFloat32(take(4), true);
      if (!(Math.abs(offset) < Infinity)) throw bad(`the offset of sensor ${index}`);
      (settings.offsets ??= {})[index] = offset;
    } else if (type === types.limit) {
      const code = bytes[take(1)]!;
      const value = view.getUint32(take(4), true);
      const name = limitNames[code];
      if (!name) throw bad(`limit ${code}`);
      (settings.limits ??= {})[name] = name === "seconds" ? value / 1000 : value;
    } else throw bad(`item ${type} at ${at - 1}`);
  }
  return settings;
}
