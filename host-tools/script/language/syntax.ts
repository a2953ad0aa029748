import ts from "typescript";

/** Something that is not in the language, with what to use instead. */
export interface Refusal {
  node: ts.Node;
  what: string;
  hint?: string;
}

const isInFunction = (node: ts.Node): boolean =>
  ts.findAncestor(node, (above) => ts.isFunctionLike(above) || ts.isClassStaticBlockDeclaration(above)) !== undefined;

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
  if (ts.isRegularExpressionLiteral(node) && /v[a-z]*$/.test(node.text.slice(node.text.lastIndexOf("/"))))
    return { what: "the flag v of a regular expression", hint: "the flag u" };
  if (ts.isRegularExpressionLiteral(node) && /(?<!\\)(?:\\\\)*\\[pP]\{/.test(node.text))
    return { what: "\\p{...} in a regular expression", hint: "ranges of characters" };
  return undefined;
}

/** Syntax that XS of the node or of the simulation does not have. */
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
