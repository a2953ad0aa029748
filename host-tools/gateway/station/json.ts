import { isInteger, parse, stringify } from "lossless-json";

/** A station's 64-bit numbers (xtime, rctx) do not fit into JavaScript's: integers beyond 53 bits become bigint. */
function readNumber(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !isInteger(text) ? value : BigInt(text);
}

/** @throws Error for what is not JSON */
export function readJson(text: string): unknown {
  return parse(text, undefined, readNumber);
}

/** A bigint becomes a number of as many digits. */
export function writeJson(value: unknown): string {
  return stringify(value)!;
}
