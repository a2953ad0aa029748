import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { run } from "../lib/exec.js";
import { cacheRoot } from "../lib/paths.js";
import { buildCompiler } from "../xs/compiler/compiler.js";
import { hashOf, hashOfFile } from "../xs/builder/hash.js";
import type { NamedFile } from "../xs/manifest/files.js";

/**
 * For the SDK's compiler `native("name")` is the function itself, in flash. Here a module asks for each when it is loaded, instead of at each
 * call; the lines stay where they are.
 */
function withNatives(script: string): string {
  const names = new Set<string>();
  const rest = script.replace(/\bnative\("(\w+)"\)/g, (_, name: string) => {
    names.add(name);
    return `native_${name}`;
  });
  if (names.size === 0) return script;
  return `const ${[...names].map((name) => `native_${name} = native("${name}")`).join(", ")}; ${rest}`;
}

/**
 * JavaScript modules as byte code, cached.
 * @throws UserError with the line of a syntax error
 */
export async function compileScripts(modules: readonly NamedFile[]): Promise<NamedFile[]> {
  const compiler = await buildCompiler();
  const folder = path.join(cacheRoot, "chip", "bytecode");
  await mkdir(folder, { recursive: true });
  const result = modules.map(({ name, file }) => ({
    name,
    source: file,
    file: path.join(
      folder,
      `${path.parse(file).name}-${hashOf(compiler, withNatives.toString(), hashOfFile(file) ?? "")}.xsb`,
    ),
  }));
  const missing = result.filter(({ file }) => !existsSync(file));
  if (missing.length) {
    const temporary = (file: string): [text: string, code: string] => [
      `${file}.${process.pid}.js`,
      `${file}.${process.pid}`,
    ];
    try {
      for (const { source, file } of missing)
        await writeFile(temporary(file)[0], withNatives(await readFile(source, "utf8")));
      await run(
        compiler,
        missing.flatMap(({ file }) => temporary(file)),
      );
      for (const { file } of missing) await rename(temporary(file)[1], file);
    } finally {
      for (const { file } of missing) await rm(temporary(file)[0], { force: true });
    }
  }
  return result;
}
