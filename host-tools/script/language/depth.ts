import ts from "typescript";

/** What a script's text may be nested. The node's compiler calls itself for each level: test/script/nesting.test.ts holds it to a text of this depth. */
export const mostLevels = 16;

function levelsOf(node: ts.Node): number {
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) return 2;
  // A function's body is part of it.
  if (ts.isFunctionLike(node)) return 2;
  if (ts.isBlock(node)) return ts.isFunctionLike(node.parent) || ts.isIterationStatement(node.parent, false) ? 0 : 1;
  const isNested =
    ts.isParenthesizedExpression(node) ||
    ts.isCallOrNewExpression(node) ||
    ts.isArrayLiteralExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isTemplateExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isConditionalExpression(node) ||
    ts.isClassLike(node) ||
    ts.isIterationStatement(node, false) ||
    ts.isSwitchStatement(node) ||
    ts.isObjectBindingPattern(node) ||
    ts.isArrayBindingPattern(node);
  return isNested ? 1 : 0;
}

/** How much a source has of something at most. */
export interface Most {
  amount: number;
  /** Where in the text. */
  position: number;
}

/** How deeply a source is nested, and where. `a.b().c()` and `a ? b : c ? d : e` are as deep as they look. */
export function deepest(source: ts.SourceFile): Most {
  let most: Most = { amount: 0, position: 0 };
  const visit = (node: ts.Node, above: number): void => {
    const levels = above + levelsOf(node);
    if (levels > most.amount) most = { amount: levels, position: node.getStart(source) };
    ts.forEachChild(node, (child) => visit(child, levels));
  };
  visit(source, 0);
  return most;
}
