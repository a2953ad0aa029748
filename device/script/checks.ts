/** What a script hands to the API, checked. The guest passes what JSON cannot hold as `{ is: TEXT }`. */

const shown = (value: unknown): string => {
  const { is } = Object(value) as { is?: unknown };
  return typeof is === "string" ? is : JSON.stringify(value);
};

export function checkText(what: string, value: unknown, least: number, most: number): string {
  if (typeof value !== "string") throw new TypeError(`${what} ${shown(value)}: a text expected`);
  const { byteLength } = ArrayBuffer.fromString(value);
  if (byteLength < least || byteLength > most)
    throw new RangeError(`${what}: ${byteLength} bytes, ${least} to ${most} expected`);
  return value;
}

export function checkChoice<T extends string>(what: string, value: unknown, choices: readonly T[]): T {
  const text = checkText(what, value, 1, 64) as T;
  if (!choices.includes(text)) throw new RangeError(`${what} ${text}: ${choices.join(" or ")} expected`);
  return text;
}

export function checkFlag(what: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new TypeError(`${what} ${shown(value)}: true or false expected`);
  return value;
}

export function checkNumber(what: string, value: unknown, least: number, most: number): number {
  if (typeof value !== "number") throw new TypeError(`${what} ${shown(value)}: a number expected`);
  if (!(value >= least && value <= most)) throw new RangeError(`${what} ${value}: ${least} to ${most} expected`);
  return value;
}

export function checkWhole(what: string, value: unknown, least: number, most: number): number {
  const number = checkNumber(what, value, least, most);
  if (!Number.isInteger(number)) throw new RangeError(`${what} ${number}: a whole number expected`);
  return number;
}
