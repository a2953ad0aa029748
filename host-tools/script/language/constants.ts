import ts from "typescript";

/** More than this many texts are not followed. */
const mostTexts = 64;

/** Of a literal, as it is written. */
export interface PatternText {
  source: string;
  flags: string;
}

export function patternOfLiteral({ text }: ts.RegularExpressionLiteral): PatternText {
  const end = text.lastIndexOf("/");
  return { source: text.slice(1, end), flags: text.slice(end + 1) };
}

function join(left: readonly string[] | undefined, right: readonly string[] | undefined): string[] | undefined {
  if (!left || !right || left.length * right.length > mostTexts) return undefined;
  return left.flatMap((begin) => right.map((end) => begin + end));
}

function either(left: readonly string[] | undefined, right: readonly string[] | undefined): string[] | undefined {
  return left && right && [...left, ...right];
}

/** The expression in parentheses and type assertions. */
function inner(node: ts.Expression): ts.Expression {
  const isAround =
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node);
  return isAround ? inner(node.expression) : node;
}

/** What a name is declared to be for good: the initializer of its `const`, here or where it is imported from. */
function constantOf(node: ts.Identifier, checker: ts.TypeChecker): ts.Expression | undefined {
  const symbol = checker.getSymbolAtLocation(node);
  const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target?.valueDeclaration;
  return declaration &&
    ts.isVariableDeclaration(declaration) &&
    ts.isVariableDeclarationList(declaration.parent) &&
    declaration.parent.flags & ts.NodeFlags.Const
    ? declaration.initializer
    : undefined;
}

/** A literal, or the `const` that is one. */
export function literalPattern(node: ts.Expression, checker: ts.TypeChecker): PatternText | undefined {
  const expression = inner(node);
  if (ts.isRegularExpressionLiteral(expression)) return patternOfLiteral(expression);
  const constant = ts.isIdentifier(expression) ? constantOf(expression, checker) : undefined;
  return constant && ts.isRegularExpressionLiteral(inner(constant))
    ? patternOfLiteral(inner(constant) as ts.RegularExpressionLiteral)
    : undefined;
}

function textsOfType(type: ts.Type): string[] | undefined {
  const types = type.isUnion() ? type.types : [type];
  const texts = types.map((each) =>
    each.isStringLiteral() || each.isNumberLiteral() ? String(each.value) : undefined,
  );
  return texts.includes(undefined) ? undefined : (texts as string[]);
}

/** The texts that an expression may be, if they are known beforehand: literals, constants, and what is put together of them. */
export function constantTexts(node: ts.Expression, checker: ts.TypeChecker): readonly string[] | undefined {
  const texts = (each: ts.Expression): readonly string[] | undefined => constantTexts(each, checker);
  const expression = inner(node);
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression))
    return expression.templateSpans.reduce<readonly string[] | undefined>(
      (before, { expression: value, literal }) => join(join(before, texts(value)), [literal.text]),
      [expression.head.text],
    );
  if (ts.isTaggedTemplateExpression(expression))
    return expression.tag.getText() === "String.raw" && ts.isNoSubstitutionTemplateLiteral(expression.template)
      ? [expression.template.rawText ?? expression.template.text]
      : undefined;
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return join(texts(expression.left), texts(expression.right));
  if (ts.isConditionalExpression(expression)) return either(texts(expression.whenTrue), texts(expression.whenFalse));
  if (ts.isPropertyAccessExpression(expression) && expression.name.text === "source") {
    const pattern = literalPattern(expression.expression, checker);
    if (pattern) return [pattern.source];
  }
  const constant = ts.isIdentifier(expression) ? constantOf(expression, checker) : undefined;
  return (constant && texts(constant)) ?? textsOfType(checker.getTypeAtLocation(expression));
}
