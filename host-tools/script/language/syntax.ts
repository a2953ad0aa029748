import ts from "typescript";
import { refusalOfPattern } from "./patterns.js";

/** Something that is not in the language, with what to use instead. */
export interface Refusal {
  node: ts.Node;
  /** Where in the node's text it begins. */
  offset?: number;
  what: string;
  hint?: string;
}

const isInFunction = (node: ts.Node): boolean =>
  ts.findAncestor(node, (above) => ts.isFunctionLike(above) || ts.isClassStaticBlockDeclaration(above)) !== undefined;

/** Of a literal, as it is written. */
function refusalOfLiteral(text: string): Omit<Refusal, "node"> | undefined {
  const end = text.lastIndexOf("/");
  const [source, flags] = [text.slice(1, end), text.slice(end + 1)];
  if (flags.includes("v")) return { what: "the flag v of a regular expression", hint: "the flag u" };
  if (/(?<!\\)(?:\\\\)*\\[pP]\{/.test(source))
    return { what: "\\p{...} in a regular expression", hint: "ranges of characters" };
  const refusal = refusalOfPattern(source, flags);
  return refusal && { ...refusal, offset: refusal.offset + 1 };
}

/** Of RegExp with its texts beside it; others are known to the node alone. */
function refusalOfConstruction({
  expression,
  arguments: given,
}: ts.CallExpression | ts.NewExpression): Omit<Refusal, "node"> | undefined {
  if (!ts.isIdentifier(expression) || expression.text !== "RegExp" || !given?.[0] || given.length > 2) return undefined;
  const texts = given.map((each) => (ts.isStringLiteralLike(each) ? each.text : undefined));
  if (texts.includes(undefined)) return undefined;
  const refusal = refusalOfLiteral(`/${texts[0]!}/${texts[1] ?? ""}`);
  return refusal && { what: refusal.what, hint: refusal.hint };
}

/** Of every object, so that TypeScript does not ask whether an object of JavaScript has them. */
const accessors = /^__(?:proto|(?:define|lookup)[GS]etter)__$/;

function refusalOf(node: ts.Node): Omit<Refusal, "node"> | undefined {
  if (ts.isBigIntLiteral(node)) return { what: node.text, hint: "`Number`: whole numbers to 2^53" };
  if (ts.isDecorator(node)) return { what: "a decorator", hint: "a call" };
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return { what: "import.meta" };
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return { what: "import()", hint: "`import` at the top of the file" };
  if (ts.isVariableDeclarationList(node) && node.flags & ts.NodeFlags.Using & ~ts.NodeFlags.Const)
    return { what: "using", hint: "`try` and `finally`" };
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier))
    return isInFunction(node) ? undefined : { what: "await outside of a function", hint: "an async function" };
  if (ts.isPropertyAccessExpression(node) && accessors.test(node.name.text))
    return { what: node.name.text, offset: node.name.getStart() - node.getStart() };
  if (ts.isRegularExpressionLiteral(node)) return refusalOfLiteral(node.text);
  if (ts.isCallOrNewExpression(node)) return refusalOfConstruction(node);
  return undefined;
}

/** Syntax that XS of the node or of the simulation does not have, or takes otherwise. */
export function refusedSyntax(source: ts.SourceFile): Refusal[] {
  const found: Refusal[] = [];
  const visit = (node: ts.Node): void => {
    const refusal = refusalOf(node);
    if (refusal) found.push({ node, ...refusal });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
