import { visit } from "jsonc-parser";
import { UserError } from "./errors.js";
import { pathText, type Path } from "./jsonPath.js";
import { textOf } from "./text.js";

/** JavaScript quotes the text around the error, which may hold keys. */
const quotation = /, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s;

interface Duplicate {
  path: Path;
  /** Counted from 1, two or more. */
  lines: number[];
}

/** Keys that occur more than once in one object: JSON.parse would silently take the last. */
function duplicateKeys(text: string): Duplicate[] {
  /** Of the objects around the current place: the lines of each key. */
  const open: Map<string, number[]>[] = [];
  const found = new Map<number[], Path>();
  visit(text, {
    onObjectBegin: () => void open.push(new Map()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(key, _offset, _length, line, _character, parent) {
      const seen = open.at(-1)!;
      const lines = seen.get(key) ?? [];
      lines.push(line + 1);
      seen.set(key, lines);
      if (lines.length === 2) found.set(lines, [...parent(), key]);
    },
  });
  return [...found].map(([lines, path]) => ({ path, lines }));
}

function describe({ path, lines }: Duplicate): string {
  const list = lines.slice(0, -1).join(", ");
  return `${pathText(path) || '""'}: duplicate key, on lines ${list} and ${lines.at(-1)}; expected only once`;
}

/** Reads JSON that a person wrote and that may hold keys: no error text repeats any values. @throws UserError that names `file`, also for duplicate keys */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  const text = textOf(bytes, file);
  let value: unknown;
  let duplicates: string[];
  try {
    value = JSON.parse(text);
    duplicates = duplicateKeys(text).map(describe);
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${file}: nested too deeply`);
    throw new UserError(`${file}: not JSON: ${(error as Error).message.replace(quotation, "")}`);
  }
  if (duplicates.length > 0)
    throw new UserError(
      `${file}: ${duplicates.length === 1 ? duplicates[0]! : `${duplicates.length} problems:\n  ${duplicates.join("\n  ")}`}`,
    );
  return value;
}
