import ts from "typescript";
import type { Most } from "./depth.js";

/** Bytes of a word or of the text of a literal in a script: the node's parser has 2,048 for one (SCRIPT_LONGEST_WORD of native/script/scriptHal.h), with what ends it. */
export const mostWordBytes = 2000;

/** As XS keeps text: UTF-8 by UTF-16 code unit, NUL in two bytes. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    bytes += unit > 0x7ff ? 3 : unit > 0x7f || unit === 0 ? 2 : 1;
  }
  return bytes;
}

/** Bytes of a regular expression in a script: the node compiles it on its stack, a letter within another. */
export const mostPatternBytes = 400;

type Texts = (node: ts.Node) => readonly (string | undefined)[];

function longest(source: ts.SourceFile, textsOf: Texts): Most {
  let most: Most = { amount: 0, position: 0 };
  const visit = (node: ts.Node): void => {
    for (const text of textsOf(node)) {
      const bytes = bytesOf(text ?? "");
      if (bytes > most.amount) most = { amount: bytes, position: node.getStart(source) };
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return most;
}

/** The longest name, number, string or part of a template in a source, and where it is. */
export const longestWord = (source: ts.SourceFile): Most =>
  longest(source, (node) => {
    if (ts.isTemplateLiteralToken(node)) return [node.text, node.rawText];
    if (ts.isRegularExpressionLiteral(node)) return [];
    return ts.isLiteralExpression(node) || ts.isMemberName(node) ? [node.text] : [];
  });

/** The longest regular expression in a source, and where it is. */
export const longestPattern = (source: ts.SourceFile): Most =>
  longest(source, (node) => (ts.isRegularExpressionLiteral(node) ? [node.text] : []));
