import { RegExpParser, RegExpSyntaxError, type AST } from "@eslint-community/regexpp";
import { hasSomeDescendant } from "regexp-ast-analysis";
import { misfits } from "./repetitions.js";

/** Something in a regular expression that a node does not have, or matches otherwise than ECMAScript. */
export interface PatternRefusal {
  /** Where it begins in the pattern, in UTF-16 units. Absent: it is the whole. */
  offset?: number;
  what: string;
  hint?: string;
}

interface Misuse {
  what: string;
  hint?: string;
}

const parser = new RegExpParser({ ecmaVersion: 2022 });

/** A hyphen beside a class such as `\w`, which is no range. */
const isLooseHyphen = ({ elements }: AST.CharacterClass): boolean =>
  elements.some(
    ({ type, raw }, at) =>
      type === "Character" &&
      raw === "-" &&
      at > 0 &&
      at < elements.length - 1 &&
      [elements[at - 1]!, elements[at + 1]!].some((beside) => beside.type === "CharacterSet"),
  );

/** What only browsers' JavaScript has (ECMAScript, Annex B.1.2), and XS does not, or has otherwise. */
function misuseOf(node: AST.Node): Misuse | undefined {
  if (node.type === "Quantifier" && node.element.type === "Assertion")
    return { what: "a repeated look-around", hint: "the look-around once" };
  if (node.type === "CharacterClass" && isLooseHyphen(node))
    return { what: "a - beside a class of characters", hint: "`\\-`" };
  if (node.type !== "Character") return undefined;
  if (/^\\(?:[1-9]|0\d)/.test(node.raw)) return { what: `the octal escape ${node.raw}`, hint: "`\\x..`" };
  if (node.raw === "\\" || /^\\c[^A-Za-z]/.test(node.raw)) return { what: "\\c without a letter", hint: "`\\\\c`" };
  if (/^\\[pP]/.test(node.raw)) return { what: node.raw, hint: node.raw.slice(1) };
  return undefined;
}

function firstMisuse(pattern: AST.Pattern): PatternRefusal | undefined {
  let found: PatternRefusal | undefined;
  hasSomeDescendant(pattern, (node) => {
    const misuse = misuseOf(node);
    if (misuse) found = { offset: node.start, ...misuse };
    return misuse !== undefined;
  });
  return found;
}

/** @param flags letters */
export function refusalOfPattern(source: string, flags: string): PatternRefusal | undefined {
  if (flags.includes("v")) return { what: "the flag v of a regular expression", hint: "the flag u" };
  if (/(?<!\\)(?:\\\\)*\\[pP]\{/.test(source))
    return { what: "\\p{...} in a regular expression", hint: "ranges of characters" };
  try {
    const parsed = parser.parseFlags(flags);
    const pattern = parser.parsePattern(source, undefined, undefined, { unicode: parsed.unicode });
    const misuse = firstMisuse(pattern);
    if (misuse) return misuse;
    const [misfit] = misfits(pattern, parsed);
    if (!misfit) return undefined;
    const { quantifier, why, hint } = misfit;
    return { offset: quantifier.start, what: `${why}, ${quantifier.raw}`, hint };
  } catch (error) {
    if (!(error instanceof RegExpSyntaxError)) throw error;
    return { offset: 0, what: `/${source}/${flags}, ${error.message.split(": ").at(-1)!.toLowerCase()}` };
  }
}
