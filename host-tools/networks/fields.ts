/** Values in events of network servers, in the JSON form of Protocol Buffers: 64-bit numbers may be strings, bytes are base64, an absent field is its default. */
import { z } from "zod";
import { pathText, type Path } from "../lib/jsonPath.js";

/** Of a LoRaWAN frame's payload: RP002-1.0.4, the longest of any region. */
const longestPayload = 242;

const digits = /^-?\d{1,16}$/;

/** A whole number, by default 0. */
export function count(most: number, least = 0) {
  const right = `a whole number from ${least} to ${most}`;
  return z
    .union([z.number(), z.string().regex(digits).transform(Number)], right)
    .nullish()
    .transform((value) => value ?? 0)
    .refine((value) => Number.isInteger(value) && value >= least && value <= most, right);
}

/** A number, by default 0. */
export function real(most: number) {
  const right = `a number from ${-most} to ${most}`;
  return z
    .number(right)
    .nullish()
    .transform((value) => value ?? 0)
    .refine((value) => Math.abs(value) <= most, right);
}

export const eui = () => {
  const right = "16 hexadecimal digits";
  return z
    .string(right)
    .regex(/^[0-9a-fA-F]{16}$/, right)
    .transform((value) => value.toLowerCase());
};

/** Without NUL, which PostgreSQL's texts have not. */
export const word = (most: number) =>
  z
    .string("a text")
    .max(most, `a text of at most ${most} characters`)
    .regex(/^[^\0]*$/, "a text without NUL");

/** A frame's payload, by default empty. */
export function payload() {
  const right = `at most ${longestPayload} bytes in base64`;
  return z
    .string(right)
    .max(4 * Math.ceil(longestPayload / 3), right)
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/, right)
    .nullish()
    .transform((value) => new Uint8Array(Buffer.from(value ?? "", "base64")))
    .refine((bytes) => bytes.length <= longestPayload, right);
}

/** google.protobuf.Timestamp in its JSON form (RFC 3339), as seconds since 1970. */
export function timestamp() {
  const right = "a time such as 2026-11-29T02:00:00.123Z";
  return z
    .string(right)
    .max(40, right)
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/, right)
    .transform((text) => Date.parse(text) / 1000)
    .refine(Number.isFinite, right);
}

/** Not later than now: what comes from a clock that is ahead came now. */
export const notAhead = (seconds: number | null | undefined): number =>
  Math.min(seconds ?? Infinity, Date.now() / 1000);

export const bestFirst = <T extends { rssi: number; snr: number }>(receptions: readonly T[]): T[] =>
  receptions.toSorted((a, b) => b.snr - a.snr || b.rssi - a.rssi);

/** @throws Error naming what is wrong first */
export function checked<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${pathText(issue!.path as Path) || "the event"}: expected ${issue!.message}`);
}

/** @throws Error for what is no JSON object */
export function jsonObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Error(`${bytes.length} bytes that are no JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("JSON, but no object");
  return value as Record<string, unknown>;
}
