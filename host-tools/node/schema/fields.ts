/** The types of values in a node description. Each has one error text, which says what a valid value is. */
import { z } from "zod";
import { nearest } from "tfjs-to-tflite/lib/nearest.js";

/** What the reference page shows about a key besides type, range and default. */
interface Notes {
  unit?: string;
  /** What happens without the key, when no value can be shown as its default. */
  absent?: string;
  /** Required, but a description that names a board has it from there. */
  fromBoard?: true;
}

export const key = <T extends z.ZodType>(schema: T, meaning: string, notes: Notes = {}): T =>
  schema.meta({ description: meaning, ...notes });

/** An object with these keys and no others. An unknown key's message is the list of the known ones. */
export const section = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? Object.keys(shape).join(", ") : "an object"),
  });

/** One of several sections, told apart by `by`. */
export function variants<const T extends [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(
  by: string,
  options: T,
  names: readonly string[],
) {
  return z.discriminatedUnion(by, options, {
    error: ({ code, input }) =>
      (code as string) === "invalid_union" ? oneOf(names) + misspelt(by, input as object) : "an object",
  });
}

/** Which keys there are depends on `by`: without it, none but a misspelt `by` itself can be called unknown. */
function misspelt(by: string, input: object): string {
  if (Object.hasOwn(input, by)) return "";
  const wrong = Object.keys(input).find((name) => nearest(name, [by]) !== undefined);
  return wrong === undefined ? "" : `; there is "${wrong}", did you mean "${by}"?`;
}

const oneOf = (names: readonly unknown[]): string => `one of ${names.join(", ")}`;

export const choice = <const T extends readonly string[]>(names: T) => z.enum(names, oneOf(names));

export const numberChoice = <const T extends readonly number[]>(numbers: T, shown: string = oneOf(numbers)) =>
  z.literal(numbers, shown);

export function whole(least: number, most: number) {
  const right = `a whole number from ${least} to ${most}`;
  return z.number(right).min(least, right).max(most, right).int(right);
}

export function multiple(of: number, least: number, most: number) {
  const right = `a multiple of ${of} from ${least} to ${most}`;
  return z.number(right).min(least, right).max(most, right).multipleOf(of, right);
}

export function between(least: number, most: number) {
  const right = `a number from ${least} to ${most}`;
  return z.number(right).min(least, right).max(most, right);
}

export const anyNumber = () => z.number("a number");

export const flag = () => z.boolean("true or false");

export const text = () => z.string("a non-empty string").min(1, "a non-empty string");

/** Used in recordings as a column header or a cell: it must survive CSV, where blanks around a cell are trimmed. */
const inCsv = /^[^\s",;\u0000-\u001f]([^",;\u0000-\u001f]*[^\s",;\u0000-\u001f])?$/;

export const name = () =>
  text().regex(
    inCsv,
    "a name without comma, semicolon, quotation mark, tab or line break, and without leading or trailing blanks",
  );

export function hex(bytes: number) {
  const right = `${2 * bytes} hexadecimal digits`;
  return z.string(right).regex(new RegExp(`^[0-9a-fA-F]{${2 * bytes}}$`), right);
}

export function list<T extends z.ZodType>(item: T, least: number, most: number) {
  const right = `a list of ${least} to ${most}`;
  return z.array(item, right).min(least, right).max(most, right);
}

export const pair = <T extends z.ZodType>(item: T) => z.tuple([item, item], "a list of 2");

export const interval = () => pair(anyNumber()).refine(([low, high]) => low < high, "two numbers, the lower first");
