import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomic } from "../lib/files.js";
import { cacheRoot } from "../lib/paths.js";
import { bundleScript } from "../script/bundle.js";
import { hashOf } from "../xs/builder/hash.js";
import type { HostProgram } from "../xs/index.js";

/**
 * The program with another app script: the folder's app.ts and what it imports, bundled as one module, whose text the node compiles in the place
 * of the firmware's own.
 * @throws UserError for a folder without app.ts, a syntax error, or an import from outside the folder
 */
export async function withScript(program: HostProgram, directory: string): Promise<HostProgram> {
  const code = await bundleScript(directory);
  const bundle = path.join(cacheRoot, "scripts", `app-${hashOf(code)}.js`);
  await writeFileAtomic(bundle, code);
  const modules = `${await readFile(program.modules, "utf8")}resource\tapp.js\t${bundle}\n`;
  const file = path.join(cacheRoot, "scripts", `${hashOf(modules)}.txt`);
  await writeFileAtomic(file, modules);
  return { ...program, modules: file };
}
