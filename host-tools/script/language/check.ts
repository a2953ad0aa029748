import path from "node:path";
import ts from "typescript";
import { UserError } from "../../lib/errors.js";
import { loamRoot } from "../../lib/paths.js";
import { deepest, mostLevels, type Most } from "./depth.js";
import { hints } from "./hints.js";
import { language } from "./list.js";
import { missingName } from "./names.js";
import { refusedSyntax, type Refusal } from "./syntax.js";
import { longestPattern, longestWord, mostPatternBytes, mostWordBytes } from "./words.js";

const app = path.join(loamRoot, "device/app");
const optionsOfCheck = (): ts.CompilerOptions => ({
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ES2022,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  noLib: true,
  types: [],
  strict: true,
  // A text of JavaScript is checked for what the language does not have, and for nothing else.
  allowJs: true,
  checkJs: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  paths: { "loam/app": [path.join(app, "api.ts")] },
});

interface Problem {
  file: string;
  position: number;
  text: string;
}

const plain = (text: string): string => text.replaceAll("`", "");

function notThere(
  what: string,
  hint: string | undefined = hints.get(what) ?? hints.get(what.split(".").at(-1)!),
): string {
  return `${what}: not in the language of app scripts, level ${language.level} (docs/language.md)${hint === undefined ? "" : `; instead: ${plain(hint)}`}`;
}

const ofRefusal = (source: ts.SourceFile, { node, offset = 0, what, hint }: Refusal): Problem => ({
  file: source.fileName,
  position: node.getStart(source) + offset,
  text: notThere(what, hint),
});

const isScript = (file: string): boolean => /\.[cm]?tsx?$/.test(file);

function ofDiagnostic(diagnostic: ts.Diagnostic, checker: ts.TypeChecker): Problem[] {
  const { file, start, messageText } = diagnostic;
  if (!file || start === undefined) return [];
  const missing = missingName(diagnostic, checker);
  if (missing === undefined && !isScript(file.fileName)) return [];
  const text = missing === undefined ? ts.flattenDiagnosticMessageText(messageText, " ") : notThere(missing);
  return [{ file: file.fileName, position: start, text }];
}

/** Date without arguments is the present, which only the API knows. */
function presents(source: ts.SourceFile, checker: ts.TypeChecker): Problem[] {
  const found: Problem[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallOrNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "Date") {
      const declared = checker.getSymbolAtLocation(node.expression)?.declarations?.[0]?.getSourceFile();
      const isGlobal = declared?.isDeclarationFile ?? false;
      if (isGlobal && (ts.isCallExpression(node) || !node.arguments?.length))
        found.push(ofRefusal(source, { node, what: node.getText(source), hint: "`new Date(api.now() * 1000)`" }));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Line and column of each problem, once a place. */
function describe(program: ts.Program, problems: readonly Problem[]): string[] {
  const places = new Map<string, string>();
  const sorted = problems.toSorted((a, b) => a.file.localeCompare(b.file) || a.position - b.position);
  for (const { file, position, text } of sorted) {
    const { line, character } = program.getSourceFile(file)!.getLineAndCharacterOfPosition(position);
    const place = `${path.relative(process.cwd(), file)}:${line + 1}:${character + 1}`;
    if (!places.has(place)) places.set(place, `${place}: ${text}`);
  }
  return [...places.values()];
}

/** Of what the node's compiler takes so much, and how much a source has of it at most, and where. */
interface Limit {
  most: number;
  measure: (source: ts.SourceFile) => Most;
  say(amount: number): string;
}

const limits: readonly Limit[] = [
  {
    most: mostLevels,
    measure: deepest,
    say: (amount) => `nested ${amount} levels deep, the node's compiler takes ${mostLevels}; name parts of it`,
  },
  {
    most: mostWordBytes,
    measure: longestWord,
    say: (amount) =>
      `a text of ${amount} bytes, the node's compiler takes ${mostWordBytes}; join it from parts: [...].join("")`,
  },
  {
    most: mostPatternBytes,
    measure: longestPattern,
    say: (amount) =>
      `a regular expression of ${amount} bytes, the node's compiler takes ${mostPatternBytes}; use several`,
  },
];

/** What is too much in the text that the node gets, in which names and constants are put together. Where: at what is most in the sources. */
function tooMuch(sources: readonly ts.SourceFile[], bundle: string): Problem[] {
  const compiled = ts.createSourceFile("app.js", bundle, ts.ScriptTarget.ES2022, true);
  return limits.flatMap(({ most, measure, say }) => {
    const { amount } = measure(compiled);
    if (amount <= most) return [];
    const [source] = sources.toSorted((a, b) => measure(b).amount - measure(a).amount);
    return [{ file: source!.fileName, position: measure(source!).position, text: say(amount) }];
  });
}

/**
 * What in an app script, and in what it imports, is not in the language of app scripts, or in TypeScript wrong: by file, line and column.
 * @param entry its app.ts
 * @param bundle what the node gets of it
 */
function languageProblems(entry: string, bundle: string): string[] {
  const program = ts.createProgram([path.join(app, "language.d.ts"), entry], optionsOfCheck());
  const checker = program.getTypeChecker();
  const sources = program.getSourceFiles().filter(({ isDeclarationFile }) => !isDeclarationFile);
  const problems = sources.flatMap((source) => [
    ...refusedSyntax(source, checker).map((refusal) => ofRefusal(source, refusal)),
    ...presents(source, checker),
    ...[...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].flatMap((each) =>
      ofDiagnostic(each, checker),
    ),
  ]);
  if (problems.length === 0) problems.push(...tooMuch(sources, bundle));
  return describe(program, problems);
}

/** @throws UserError with each of them */
export function requireLanguage(entry: string, bundle: string): void {
  const problems = languageProblems(path.resolve(entry), bundle);
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}
