import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { cacheRoot } from "../lib/paths.js";
import { hashOf } from "../xs/builder/hash.js";
import type { HostProgram } from "../xs/index.js";

const entries = ["app.ts", "app.js", "index.ts", "index.js"];

/**
 * The program with another app script: the folder's app.ts and what it imports, bundled as one module that replaces the firmware's "app", as
 * a mod does on the chip.
 * @throws UserError for a folder without app.ts, a syntax error, or an import from outside the folder
 */
export async function withScript(program: HostProgram, directory: string): Promise<HostProgram> {
  const bundle = await bundleScript(directory);
  const modules = `${await readFile(program.modules, "utf8")}archive\tapp\t${bundle}\n`;
  const file = path.join(cacheRoot, "scripts", `${hashOf(modules)}.txt`);
  await writeFileAtomic(file, modules);
  return { ...program, modules: file };
}

async function bundleScript(directory: string): Promise<string> {
  const root = path.resolve(directory);
  const entry = entries.map((name) => path.join(root, name)).find((file) => existsSync(file));
  if (!entry) throw new UserError(`${directory}: no app script there: one of ${entries.join(", ")} expected`);
  let result;
  try {
    result = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      logLevel: "silent",
      plugins: [
        {
          name: "inside",
          setup(build) {
            build.onResolve({ filter: /.*/ }, ({ path: name, importer, kind }) => {
              if (kind === "entry-point") return undefined;
              const target = path.resolve(path.dirname(importer), name);
              if (name.startsWith(".") && target.startsWith(root + path.sep)) return undefined;
              return { errors: [{ text: `an app script may import only from its own folder, not "${name}"` }] };
            });
          },
        },
      ],
    });
  } catch (error) {
    const [first] = (error as { errors?: { text: string; location?: { file: string; line: number } }[] }).errors ?? [];
    if (!first) throw error;
    throw new UserError(
      `${first.location ? `${path.resolve(first.location.file)}:${first.location.line}: ` : ""}${first.text}`,
    );
  }
  const code = result.outputFiles[0]!.text;
  const file = path.join(cacheRoot, "scripts", `app-${hashOf(code)}.js`);
  await writeFileAtomic(file, code);
  return file;
}
