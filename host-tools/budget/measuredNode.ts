import { readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { loamRoot } from "../lib/paths.js";

/** Of the example node on the emulated ESP32-C3, bytes. */
export interface MeasuredNode {
  /** RAM that natives reserve: heap, C stack, the radio driver's stack, statics. */
  natives: number;
  /** Flash of XS, natives and scripts. */
  image: number;
}

const page = "docs/benchmarks.md";
const parts = ["native heap", "C stack", "radio driver's stack", "statics"];

/** The figures that `npm run bench:node` wrote. @throws UserError when the page lacks one */
export function measuredNode(): MeasuredNode {
  const text = readFileSync(path.join(loamRoot, page), "utf8");
  const number = (pattern: RegExp, what: string): number => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new UserError(`${page}: no figure of ${what}: npm run bench:node writes it`);
    return Number(found.replaceAll(",", ""));
  };
  return {
    natives: parts.reduce(
      (sum, part) => sum + number(new RegExp(`^\\| ${part} \\|.*\\| ([\\d,]+) \\|$`, "m"), part),
      0,
    ),
    image: number(/takes ([\d,]+) bytes of flash/, "the machine with its modules"),
  };
}
