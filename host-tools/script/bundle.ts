import { existsSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { UserError } from "../lib/errors.js";
import { requireLanguage } from "./language/check.js";

const entries = ["app.ts", "app.js", "index.ts", "index.js"];

export interface ScriptBundle {
  /** The text of one minified ES module. */
  code: string;
  /** Source map, version 3, of files by their absolute paths. */
  map: SourceMap;
}

export interface SourceMap {
  version: 3;
  sources: string[];
  sourcesContent?: string[];
  names: string[];
  mappings: string;
}

const entryIn = (root: string): string | undefined =>
  entries.map((name) => path.join(root, name)).find((file) => existsSync(file));

/** Whether a node's folder has an app script. */
export const hasScript = (directory: string): boolean => entryIn(directory) !== undefined;

/** Checks the language of the app script of a node's folder, if there is one. @throws UserError */
export async function checkScript(directory: string): Promise<void> {
  if (hasScript(directory)) await bundleScript(directory);
}

/**
 * The folder's app.ts and what it imports, as one minified ES module.
 * @param isReadable for a debugger: all variables are there, with their names
 * @throws UserError for a folder without app.ts, a syntax error, an import from outside the folder, or what the language does not have
 */
export async function bundleScript(directory: string, isReadable = false): Promise<ScriptBundle> {
  const root = path.resolve(directory);
  const entry = entryIn(root);
  if (!entry)
    throw new UserError(`${directory}: no app script there: a folder with one of ${entries.join(", ")} expected`);
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
      minifyWhitespace: true,
      minifySyntax: !isReadable,
      minifyIdentifiers: !isReadable,
      // Not in the text.
      sourcemap: "external",
      outfile: path.join(root, "bundle.js"),
      // XS reads UTF-8; escapes are longer.
      charset: "utf8",
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
  const [mapFile, codeFile] = result.outputFiles;
  const code = codeFile!.text;
  requireLanguage(entry, code);
  const map = JSON.parse(mapFile!.text) as SourceMap;
  return { code, map: { ...map, sources: map.sources.map((source) => path.resolve(root, source)) } };
}
