import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../lib/errors.js";
import { writeFileAtomic } from "../../lib/files.js";
import { cacheRoot } from "../../lib/paths.js";
import { hashOf, hashOfFile } from "./hash.js";

const scriptRoot = path.join(cacheRoot, "xs", "scripts");
const format = "3";

/**
 * Transpiles a TypeScript file for XS, cached. The source map names the TypeScript file by
 * its absolute path, which the debugger and stack traces show. JavaScript is used unchanged.
 * @throws UserError with the file and line of a syntax error
 */
export async function transpile(file: string): Promise<string> {
  if (file.endsWith(".json")) return await jsonModule(file);
  if (!file.endsWith(".ts")) return await withoutOldBindings(file);
  const script = path.join(
    scriptRoot,
    `${path.basename(file, ".ts")}-${hashOf(format, file, hashOfFile(file) ?? "")}.js`,
  );
  if (existsSync(script)) return script;
  const { default: ts } = await import("typescript");
  const output = ts.transpileModule(await readFile(file, "utf8"), {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ES2022,
      sourceMap: true,
      useDefineForClassFields: true,
      verbatimModuleSyntax: true,
    },
  });
  const fault = output.diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error);
  if (fault) {
    const at =
      fault.file && fault.start !== undefined
        ? `:${fault.file.getLineAndCharacterOfPosition(fault.start).line + 1}`
        : "";
    throw new UserError(
      `${path.relative(process.cwd(), file)}${at}: ${ts.flattenDiagnosticMessageText(fault.messageText, "\n")}`,
    );
  }
  const map = JSON.parse(output.sourceMapText!) as { sources: string[] };
  map.sources = [file];
  const name = path.basename(script);
  await writeFileAtomic(`${script}.map`, JSON.stringify(map));
  await writeFileAtomic(
    script,
    output.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, `//# sourceMappingURL=${name}.map\n`),
  );
  return script;
}

/** `class X @ "destructor" {`, and `method(parameters) @ "function";` inside: how older modules of the SDK name C, which only its own compiler reads. */
const oldClass = /\bclass\s+(\w+)\s*@\s*"(\w+)"\s*\{/g;
const oldMethod = /^([ \t]*)((?:static|get|set)\s+)?(#?\w+)\s*\(([^()]*)\)\s*@\s*"(\w+)"\s*;?/gm;

/** JavaScript for XS: as it is, or with today's spelling of the names of C. */
async function withoutOldBindings(file: string): Promise<string> {
  const source = await readFile(file, "utf8");
  if (!/@\s*"\w+"/.test(source)) return file;
  const text = source
    .replace(oldClass, 'class $1 extends Native("$2") {')
    .replace(oldMethod, (_, indent: string, kind = "", name: string, parameters: string, c: string) => {
      const call = `native("${c}").call(${["this", ...parameters.split(",").map((one) => one.trim())].filter(Boolean).join(", ")});`;
      return name === "constructor"
        ? `${indent}constructor(${parameters}) { super(); ${call} }`
        : `${indent}${kind}${name}(${parameters}) { return ${call} }`;
    });
  const script = path.join(scriptRoot, `${path.basename(file, ".js")}-${hashOf(format, file, text)}.js`);
  if (!existsSync(script)) await writeFileAtomic(script, text);
  return script;
}

async function jsonModule(file: string): Promise<string> {
  return await valueModule(path.basename(file, ".json"), JSON.parse(await readFile(file, "utf8")));
}

/** A module whose default export is a frozen value. */
export async function valueModule(name: string, value: unknown): Promise<string> {
  const text = `export default Object.freeze(${JSON.stringify(value)}, true);\n`;
  const script = path.join(scriptRoot, `${name.replace(/\W/g, "-")}-${hashOf(text)}.js`);
  if (!existsSync(script)) await writeFileAtomic(script, text);
  return script;
}
