import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.js";
import type { Rules } from "./load.js";

/** A file in a manifest, and its name on the device. */
export interface NamedFile {
  name: string;
  file: string;
}

function split(file: string): { directory: string; name: string; extension: string } {
  const base = path.basename(file);
  const extension = base.endsWith(".d.ts") ? ".d.ts" : path.extname(base);
  return { directory: path.dirname(file), name: base.slice(0, base.length - extension.length), extension };
}

/** The files a source matches: `dir/*`, `dir/prefix*`, `dir/name` (any extension) or `dir/name.ext`; with the part of the name that `*` matches. */
function matches(source: string): NamedFile[] {
  const pattern = split(source);
  if (!existsSync(pattern.directory))
    throw new UserError(`the manifest names ${source}: there is no folder ${pattern.directory}`);
  const star = pattern.name.lastIndexOf("*");
  const found: NamedFile[] = [];
  for (const entry of readdirSync(pattern.directory).sort()) {
    if (entry.startsWith(".")) continue;
    const file = path.join(pattern.directory, entry);
    const { name, extension } = split(file);
    if (star >= 0) {
      const prefix = pattern.name.slice(0, star);
      if (name.startsWith(prefix)) found.push({ name: name.slice(prefix.length), file });
    } else if (name === pattern.name + pattern.extension) found.push({ name, file });
    else if (name + extension === pattern.name + pattern.extension) found.push({ name, file });
  }
  return found.filter(({ file }) => statSync(file).isFile());
}

/**
 * Applies the rules of a `modules`, `data` or `resources` section: `{"*": sources}` gives each file its own name,
 * `{"x/*": sources}` puts x/ before it, `{"x": source}` names it x, `{"~": sources}` leaves files out.
 * The first file of a name and extension wins, as in mcconfig.
 * @throws UserError when a source matches nothing
 */
function applyRules(rules: Rules, kind: string): NamedFile[] {
  const excluded = new Set((rules["~"] ?? []).flatMap((source) => matches(source).map(({ file }) => file)));
  const seen = new Set<string>();
  const result: NamedFile[] = [];
  for (const [target, sources] of Object.entries(rules)) {
    if (target === "~") continue;
    const star = target.lastIndexOf("*");
    for (const source of sources) {
      const found = matches(source);
      if (found.length === 0) throw new UserError(`the manifest's ${kind} name ${source}: no file matches`);
      for (const { name, file } of found) {
        if (excluded.has(file) || seen.has(file)) continue;
        seen.add(file);
        result.push({ name: star >= 0 ? target.slice(0, star) + name : target, file });
      }
    }
  }
  return result;
}

const scripts = new Set([".ts", ".js", ".mjs", ".json"]);

const cxx = [".cc", ".cpp"];

/**
 * The modules of a program: script by module name, and native sources.
 * @param options `cxx` for a chip's; host programs take C only
 */
export function modulesOf(
  rules: Rules,
  options: { cxx?: boolean } = {},
): { scripts: NamedFile[]; sources: string[]; headers: string[] } {
  const modules = { scripts: [] as NamedFile[], sources: [] as string[], headers: [] as string[] };
  const names = new Map<string, string>();
  for (const { name, file } of applyRules(rules, "modules")) {
    const { name: base, extension } = split(file);
    if (extension === ".c" || (options.cxx && cxx.includes(extension))) modules.sources.push(file);
    else if (extension === ".h") modules.headers.push(file);
    else if (extension === ".json" && base.startsWith("manifest")) continue;
    else if (scripts.has(extension)) {
      const other = names.get(name);
      if (other) throw new UserError(`two modules have the name "${name}": ${other} and ${file}`);
      names.set(name, file);
      modules.scripts.push({ name, file });
    } else if ([...cxx, ".m", ".java"].includes(extension))
      throw new UserError(`${file}: native sources for this machine must be C`);
  }
  return modules;
}

/** Where C may include headers from besides its own folder: as in mcconfig, the folders of the headers that the manifest names. */
export const includeFolders = (headers: string[]): string[] => [...new Set(headers.map((file) => path.dirname(file)))];

/**
 * The modules in a `preload` list. As in mcconfig, a pattern matches JavaScript only; a name that the program does
 * not have is ignored, since a manifest may list modules that only some platforms include.
 * @throws UserError for a pattern that would match TypeScript, which mcconfig silently leaves out
 */
export function preloaded(patterns: string[], scripts: NamedFile[]): string[] {
  const names: string[] = [];
  for (const pattern of patterns) {
    const star = pattern.lastIndexOf("*");
    const found = scripts.filter(({ name }) =>
      star >= 0 ? name.startsWith(pattern.slice(0, star)) : name === pattern,
    );
    const skipped = star >= 0 ? found.find(({ file }) => file.endsWith(".ts")) : undefined;
    if (skipped)
      throw new UserError(
        `the manifest preloads "${pattern}": the SDK's patterns match JavaScript only and would leave out ${skipped.name}; name the modules`,
      );
    names.push(...found.map(({ name }) => name));
  }
  return [...new Set(names)];
}

/** The data of a program: resource name with its extension, and file. */
export function dataOf(...sections: Rules[]): NamedFile[] {
  return sections.flatMap((rules) =>
    applyRules(rules, "data").map(({ name, file }) => ({ name: name + path.extname(file), file })),
  );
}
