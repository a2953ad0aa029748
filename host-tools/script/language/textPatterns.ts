/** Regular expressions that a script makes of texts: by RegExp, or by what makes one of a text that it is given. */
import ts from "typescript";
import { constantTexts, literalPattern, type PatternText } from "./constants.js";
import { refusalOfPattern } from "./patterns.js";
import { bytesOf, mostPatternBytes } from "./words.js";

/** Methods of texts that make an expression of their argument, with its flags. */
const methods: ReadonlyMap<string, string> = new Map([
  ["match", ""],
  ["matchAll", "g"],
  ["search", ""],
]);

type Call = ts.CallExpression | ts.NewExpression;

function isRegExp(node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return node.text === "RegExp";
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== "RegExp") return false;
  return ts.isIdentifier(node.expression) && node.expression.text === "globalThis";
}

function patternsOfRegExp({ arguments: given }: Call, checker: ts.TypeChecker): PatternText[] {
  if (!given?.[0]) return [];
  const literal = literalPattern(given[0], checker);
  // A literal has been looked at.
  if (literal && !given[1]) return [];
  const sources = literal ? [literal.source] : (constantTexts(given[0], checker) ?? []);
  const flags = given[1] ? (constantTexts(given[1], checker) ?? []) : [""];
  return sources.flatMap((source) => flags.map((each) => ({ source, flags: each })));
}

/** Also what nothing is known of, in JavaScript. */
function mayBeText(node: ts.Expression, checker: ts.TypeChecker): boolean {
  const type = checker.getTypeAtLocation(node);
  const types = type.isUnion() ? type.types : [type];
  return types.some(({ flags }) => flags & (ts.TypeFlags.StringLike | ts.TypeFlags.Any));
}

function patternsOfMethod({ expression, arguments: given }: Call, checker: ts.TypeChecker): PatternText[] {
  if (!given?.[0]) return [];
  if (!ts.isPropertyAccessExpression(expression) && !ts.isElementAccessExpression(expression)) return [];
  const names = ts.isPropertyAccessExpression(expression)
    ? [expression.name.text]
    : (constantTexts(expression.argumentExpression, checker) ?? []);
  const flags = names.flatMap((name) => methods.get(name) ?? []);
  if (flags.length === 0 || !mayBeText(expression.expression, checker)) return [];
  const sources = constantTexts(given[0], checker) ?? [];
  return sources.flatMap((source) => flags.map((each) => ({ source, flags: each })));
}

/** What the node does not have, or matches otherwise, of the expressions that a call makes of texts that are known beforehand. */
export function refusalOfTextPattern(node: Call, checker: ts.TypeChecker): { what: string; hint?: string } | undefined {
  const patterns = isRegExp(node.expression) ? patternsOfRegExp(node, checker) : patternsOfMethod(node, checker);
  for (const { source, flags } of patterns) {
    const bytes = bytesOf(source);
    if (bytes > mostPatternBytes)
      return { what: `a regular expression of ${bytes} bytes`, hint: `several of at most ${mostPatternBytes}` };
    const refusal = refusalOfPattern(source, flags);
    if (refusal) return { what: refusal.what, hint: refusal.hint };
  }
  return undefined;
}
