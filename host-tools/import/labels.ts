/** Labels of recordings: a class of the node for each, out of columns, names of files, and files of their own. */
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { isMissing } from "./numberText.js";

/** Instead of the index of a class. */
export const unlabelled = -1;
/** Rows of this label are left out. */
export const leftOut = -2;

/** How often a label was found, and which class it became. */
export interface LabelCount {
  label: string;
  /** null: left out. */
  class: string | null;
  rows: number;
}

/** Labels as they are in files -> classes. */
export class LabelReader {
  /** Of the node, or as found where there is no node. */
  readonly classes: string[];
  readonly #isOpen: boolean;
  readonly #labels: Readonly<Record<string, string | null>>;
  readonly #known = new Map<string, { code: number; count: LabelCount }>();

  /** @param classes undefined: every label is a class @param labels of the mapping */
  constructor(classes: readonly string[] | undefined, labels: Readonly<Record<string, string | null>> = {}) {
    this.classes = [...(classes ?? [])];
    this.#isOpen = classes === undefined;
    this.#labels = labels;
  }

  /** @param place of the label, for the error @returns index of the class, `unlabelled` or `leftOut` @throws UserError for a label of no class */
  read(text: string, place: () => string): number {
    const label = text.trim();
    let known = this.#known.get(label);
    if (!known) {
      if (isMissing(label, [])) return unlabelled;
      const code = this.#find(label, place);
      known = { code, count: { label, class: this.classes[code] ?? null, rows: 0 } };
      this.#known.set(label, known);
    }
    known.count.rows++;
    return known.code;
  }

  get counts(): LabelCount[] {
    return [...this.#known.values()].map(({ count }) => count);
  }

  #find(label: string, place: () => string): number {
    const mapped: string | null = Object.hasOwn(this.#labels, label) ? (this.#labels[label] ?? null) : label;
    if (mapped === null) return leftOut;
    const exact = this.classes.indexOf(mapped);
    if (exact >= 0) return exact;
    if (this.#isOpen) return this.classes.push(mapped) - 1;
    const small = mapped.toLowerCase();
    const alike = this.classes.filter((name) => name.toLowerCase() === small);
    if (alike.length === 1) return this.classes.indexOf(alike[0]!);
    throw new UserError(
      `${place()}: "${mapped}" is not a class of the node; the classes are ${this.classes.join(", ")}: say --class ${quoted(label)}=CLASS, or --class ${quoted(label)}= to leave its rows out`,
    );
  }
}

const quoted = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `"${text}"`);

/** The label in a file's name and folder. @throws UserError where the expression is wrong or finds none */
export function labelFromName(file: string, expression: string): string {
  let found: RegExpExecArray | null;
  try {
    found = new RegExp(expression).exec(path.resolve(file).split(path.sep).slice(-3).join("/"));
  } catch (error) {
    throw new UserError(`label.fromName: ${(error as Error).message}`);
  }
  if (found?.[1] === undefined)
    throw new UserError(
      `${file}: label.fromName "${expression}" finds no label in this name; its first group is the label`,
    );
  return found[1];
}

/** Labels by time: from each to its end, or to the next one. */
export interface LabelSpan {
  from: number;
  to: number;
  code: number;
}

/** The label at a time. @param spans ascending */
export function labelAt(spans: readonly LabelSpan[], time: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.from <= time) low = middle + 1;
    else high = middle;
  }
  const span = spans[low - 1];
  return span && time < span.to ? span.code : unlabelled;
}
