/** Dates and times in a named format: never guessed, since 05.03.2026 is the 5th of March or the 3rd of May. Zones are luxon's. */
import { DateTime, IANAZone } from "luxon";
import { escaped } from "./numberText.js";

/** What a token of a format matches, and which field it is; the names are those of Unicode (UTS #35) and luxon. */
const tokens: Record<string, [pattern: string, field: Field]> = {
  yyyy: ["\\d{4}", "year"],
  yy: ["\\d{2}", "shortYear"],
  MMM: ["[A-Za-z]{3}", "monthName"],
  MM: ["\\d{2}", "month"],
  M: ["\\d{1,2}", "month"],
  dd: ["\\d{2}", "day"],
  d: ["\\d{1,2}", "day"],
  HH: ["\\d{2}", "hour"],
  H: ["\\d{1,2}", "hour"],
  hh: ["\\d{2}", "hour"],
  h: ["\\d{1,2}", "hour"],
  mm: ["\\d{2}", "minute"],
  m: ["\\d{1,2}", "minute"],
  ss: ["\\d{2}", "second"],
  s: ["\\d{1,2}", "second"],
  S: ["\\d{1,9}", "fraction"],
  a: ["[AaPp]\\.?[Mm]\\.?", "half"],
  Z: ["Z|[+-]\\d{2}:?\\d{2}", "offset"],
};
type Field =
  | ("year" | "shortYear" | "monthName" | "month" | "day")
  | ("hour" | "minute" | "second" | "fraction" | "half" | "offset");
const tokenNames = Object.keys(tokens);

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

interface Parts {
  /** Seconds since 1970, as if the local time were UTC. */
  local: number;
  /** Seconds east of Greenwich, where the text says so. */
  offset: number | undefined;
}

/** A date with four digits of its year first means only one thing; T or a blank, fraction and offset as they are. */
const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;
const isoFields: readonly Field[] = ["year", "month", "day", "hour", "minute", "second", "fraction", "offset"];

export const isIso = (text: string): boolean => iso.test(text);

/** @throws RangeError for a format without a day or with an unknown token */
function compile(format: string): { pattern: RegExp; fields: readonly Field[] } {
  if (format === "iso") return { pattern: iso, fields: isoFields };
  const fields: Field[] = [];
  const pattern = format.replace(/'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+/g, (run, quoted: string | undefined) => {
    if (quoted !== undefined || !/^[A-Za-z]/.test(run)) return escaped(quoted ?? run).replace(/\s+/g, "\\s+");
    if (run === "T") return "T";
    const token = tokens[/^S+$/.test(run) ? "S" : /^Z+$/.test(run) ? "Z" : run];
    if (!token) throw new RangeError(`"${run}" is no part of a time format; known are ${tokenNames.join(", ")}`);
    fields.push(token[1]);
    return `(${token[0]})`;
  });
  const has = (...names: Field[]): boolean => names.some((name) => fields.includes(name));
  if (!has("year", "shortYear") || !has("month", "monthName") || !has("day"))
    throw new RangeError("a time format has a year, a month and a day, such as dd.MM.yyyy HH:mm:ss");
  return { pattern: new RegExp(`^${pattern}$`), fields };
}

function offsetOf(text: string): number {
  if (/^z$/i.test(text)) return 0;
  const minutes = 60 * Number(text.slice(1, 3)) + Number(text.slice(-2));
  return (text.startsWith("-") ? -60 : 60) * minutes;
}

function partsOf(fields: readonly Field[], match: RegExpExecArray): Parts | undefined {
  const found: Partial<Record<Field, string>> = {};
  fields.forEach((field, at) => match[at + 1] !== undefined && (found[field] = match[at + 1]));
  const year = found.year ? Number(found.year) : 2000 + Number(found.shortYear);
  const month = found.monthName ? months.indexOf(found.monthName.toLowerCase()) + 1 : Number(found.month);
  const [day, minute, second] = [Number(found.day), Number(found.minute ?? 0), Number(found.second ?? 0)];
  let hour = Number(found.hour ?? 0);
  if (found.half) hour = (hour % 12) + (/^p/i.test(found.half) ? 12 : 0);
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const local =
    date.getTime() / 1000 + 3600 * hour + 60 * minute + second + (found.fraction ? Number(`0.${found.fraction}`) : 0);
  return { local, offset: found.offset === undefined ? undefined : offsetOf(found.offset) };
}

export const isZone = (zone: string): boolean => IANAZone.isValidZone(zone);

/** Seconds in which no zone changes its offset, so that it is looked up once for each. */
const quarter = 900;

/** Offsets of a zone by local time: two where clocks were set back, none where they were set forward. */
class Offsets {
  readonly #zone: string;
  readonly #known = new Map<number, number[]>();

  constructor(zone: string) {
    this.#zone = zone;
  }

  at(local: number): number[] {
    const slot = Math.floor(local / quarter);
    let offsets = this.#known.get(slot);
    if (!offsets) this.#known.set(slot, (offsets = this.#lookUp(slot * quarter)));
    return offsets;
  }

  #lookUp(local: number): number[] {
    const { year, month, day, hour, minute } = DateTime.fromSeconds(local, { zone: "utc" });
    const there = DateTime.fromObject({ year, month, day, hour, minute }, { zone: this.#zone });
    if (there.hour !== hour || there.minute !== minute) return [];
    return there
      .getPossibleOffsets()
      .map(({ offset }) => 60 * offset)
      .sort((a, b) => b - a);
  }
}

export interface TimeReader {
  /** Seconds since 1970. @param after the time of the row before, by which one of two is chosen that a clock set back gives */
  read(text: string, after: number): number | { wrong: string };
  /** Times without an offset of their own that could be meant twice, without a row before them. */
  readonly undecided: number;
  /** Whether the texts have no offset of their own. */
  readonly isLocal: boolean;
}

/** @param format "iso", or one of tokens @throws RangeError for a format that is none */
export function dateReader(format: string, zone = "UTC"): TimeReader {
  const { pattern, fields } = compile(format);
  const offsets = new Offsets(zone);
  const reader = {
    undecided: 0,
    isLocal: false,
    read(text: string, after: number): number | { wrong: string } {
      const match = pattern.exec(text);
      const parts = match && partsOf(fields, match);
      if (!parts) return { wrong: `is not a time of the format ${format}` };
      if (parts.offset !== undefined) return parts.local - parts.offset;
      reader.isLocal = true;
      const found = offsets.at(parts.local);
      if (found.length === 0) return { wrong: `does not exist in ${zone}: clocks were set forward` };
      const [first, second] = [parts.local - found[0]!, found.length > 1 ? parts.local - found[1]! : undefined];
      if (second === undefined || first >= after) {
        if (second !== undefined && after === -Infinity) reader.undecided++;
        return first;
      }
      return second;
    },
  };
  return reader;
}

/** Formats in which this text could be read. */
export function possibleFormats(text: string): string[] {
  const match = /^(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(.*)$/.exec(text.trim());
  if (!match) return [];
  const [, first = "", mark, , third = "", rest = ""] = match;
  const clock = rest
    .replace(/[AaPp][Mm]/, "a")
    .replace(/(\d\d?):(\d\d)(?::(\d\d)(?:([.,])\d+)?)?/, (_, _hour, _minute, seconds?: string, point?: string) => {
      const hour = /[AaPp][Mm]/.test(rest) ? "h" : "H";
      return `${hour}:mm${seconds === undefined ? "" : `:ss${point === undefined ? "" : `${point}S`}`}`;
    })
    .replace(/[+-]\d{2}:?\d{2}$|Z$/, "Z");
  if (/\d/.test(clock)) return [];
  const year = third.length === 4 ? "yyyy" : "yy";
  const orders =
    first.length === 4
      ? [["yyyy", "M", "d"]]
      : [
          ["d", "M", year],
          ["M", "d", year],
        ];
  return orders.map((order) => order.join(mark) + clock);
}
