/** Numbers as people and loggers write them. */
import type { Cell } from "./table.js";

/** How a column writes numbers. */
export interface NumberForm {
  decimal: "." | ",";
  /** Between groups of three digits; "": no such mark. */
  thousands: string;
}

/** Texts that stand for a missing value in every file, in small letters. */
const missingTexts = new Set(["", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "?", "missing"]);

/** Whether a text is a number in some form or other. */
export const isNumberLike = (text: string): boolean => /^[+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?$/.test(text);

/** Text as a regular expression that matches it alone. */
export const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export const isMissing = (cell: Cell, missing: readonly string[]): boolean =>
  cell === null ||
  (typeof cell === "number"
    ? Number.isNaN(cell) || missing.some((text) => text.trim() !== "" && Number(text) === cell)
    : missingTexts.has(cell.trim().toLowerCase()) || missing.includes(cell.trim()));

/** @returns reads a cell that is not missing; NaN: it is no decimal number (hexadecimal is none) */
export function numberReader({ decimal, thousands }: NumberForm): (cell: Cell) => number {
  const point = escaped(decimal);
  const plain = new RegExp(`^[+-]?(?:\\d+(?:${point}\\d*)?|${point}\\d+)(?:[eE][+-]?\\d+)?$`);
  const grouped = thousands && new RegExp(`^[+-]?\\d{1,3}(?:${escaped(thousands)}\\d{3})+(?:${point}\\d*)?$`);
  return (cell) => {
    if (typeof cell === "number") return cell;
    let text = (cell ?? "").trim();
    if (grouped && grouped.test(text)) text = text.replaceAll(thousands, "");
    const value = plain.test(text) ? Number(decimal === "." ? text : text.replace(",", ".")) : NaN;
    return Number.isFinite(value) ? value : NaN;
  };
}

/** What the cells of a column say of its marks. `undecided`: one of these cells, which may be read in two ways. */
export type FormFound = { form: NumberForm } | { undecided: string } | undefined;

const unsigned = (text: string): string => text.replace(/^[+-]/, "").replace(/[eE][+-]?\d+$/, "");

/** A mark followed by other than three digits, or after a leading 0, or after more than three digits, is a decimal mark. */
const isDecimal = (text: string, mark: string): boolean => {
  const [before = "", after = "", ...more] = unsigned(text).split(mark);
  return more.length === 0 && (after.length !== 3 || before.length > 3 || /^0|^$/.test(before));
};
const isGrouped = (text: string, mark: string): boolean => unsigned(text).split(mark).length > 2;

/** @returns undefined: the cells are no numbers, or whole ones without a mark */
export function formOf(cells: readonly string[], othersUseComma = false): FormFound {
  const texts = cells.filter((text) => /^[+-]?[\d.,' \u00a0]*\d[\d.,]*(?:[eE][+-]?\d+)?$/.test(text));
  const both = texts.find((text) => text.includes(".") && text.includes(","));
  if (both !== undefined)
    return both.lastIndexOf(".") > both.lastIndexOf(",")
      ? { form: { decimal: ".", thousands: "," } }
      : { form: { decimal: ",", thousands: "." } };
  const commas = texts.filter((text) => text.includes(","));
  if (commas.length > 0) {
    if (commas.some((text) => isGrouped(text, ","))) return { form: { decimal: ".", thousands: "," } };
    if (commas.some((text) => isDecimal(text, ","))) return { form: { decimal: ",", thousands: "" } };
    return { undecided: commas[0]! };
  }
  const points = texts.filter((text) => text.includes("."));
  if (points.some((text) => isGrouped(text, "."))) return { form: { decimal: ",", thousands: "." } };
  if (points.length === 0) return undefined;
  // A point is a decimal mark, unless the rest of the file has commas for it and nothing here says so.
  if (othersUseComma && !points.some((text) => isDecimal(text, "."))) return { undecided: points[0]! };
  return { form: { decimal: ".", thousands: "" } };
}
