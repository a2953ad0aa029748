import ts from "typescript";
import { constantTexts, patternOfLiteral } from "./constants.js";
import { refusalOfPattern } from "./patterns.js";
import { refusalOfTextPattern } from "./textPatterns.js";

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

function refusalOfLiteral(node: ts.RegularExpressionLiteral): Omit<Refusal, "node"> | undefined {
  const { source, flags } = patternOfLiteral(node);
  const refusal = refusalOfPattern(source, flags);
  return refusal && { ...refusal, offset: refusal.offset === undefined ? 0 : refusal.offset + 1 };
}

/** Of every object, so that TypeScript does not ask whether an object of JavaScript has them. */
const accessors = /^__(?:proto|(?:define|lookup)[GS]etter)__$/;

/** The names, known beforehand, of the member that an expression or a pattern takes from an object, and the node that has them. */
function memberOf(node: ts.Node, checker: ts.TypeChecker): [name: ts.Node, texts: readonly string[]] | undefined {
  if (ts.isPropertyAccessExpression(node)) return [node.name, [node.name.text]];
  if (ts.isElementAccessExpression(node))
    return [node.argumentExpression, constantTexts(node.argumentExpression, checker) ?? []];
  if (!ts.isBindingElement(node) || !ts.isObjectBindingPattern(node.parent)) return undefined;
  const name = node.propertyName ?? node.name;
  if (ts.isComputedPropertyName(name)) return [name, constantTexts(name.expression, checker) ?? []];
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? [name, [name.text]] : undefined;
}

function refusalOfMember(node: ts.Node, checker: ts.TypeChecker): Omit<Refusal, "node"> | undefined {
  const [name, texts] = memberOf(node, checker) ?? [];
  const what = texts?.find((text) => accessors.test(text));
  return what === undefined ? undefined : { what, offset: name!.getStart() - node.getStart() };
}

function refusalOf(node: ts.Node, checker: ts.TypeChecker): Omit<Refusal, "node"> | undefined {
  if (ts.isBigIntLiteral(node)) return { what: node.text, hint: "`Number`: whole numbers to 2^53" };
  if (ts.isDecorator(node)) return { what: "a decorator", hint: "a call" };
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return { what: "import.meta" };
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return { what: "import()", hint: "`import` at the top of the file" };
  if (ts.isVariableDeclarationList(node) && node.flags & ts.NodeFlags.Using & ~ts.NodeFlags.Const)
    return { what: "using", hint: "`try` and `finally`" };
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier))
    return isInFunction(node) ? undefined : { what: "await outside of a function", hint: "an async function" };
  if (ts.isRegularExpressionLiteral(node)) return refusalOfLiteral(node);
  if (ts.isCallOrNewExpression(node)) return refusalOfTextPattern(node, checker);
  return refusalOfMember(node, checker);
}

/** Syntax that XS of the node or of the simulation does not have, or takes otherwise. */
export function refusedSyntax(source: ts.SourceFile, checker: ts.TypeChecker): Refusal[] {
  const found: Refusal[] = [];
  const visit = (node: ts.Node): void => {
    const refusal = refusalOf(node, checker);
    if (refusal) found.push({ node, ...refusal });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
