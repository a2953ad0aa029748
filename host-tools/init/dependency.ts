import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { loamRoot } from "../lib/paths.js";

interface PackageFile {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const packageFile = (folder: string): PackageFile =>
  JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as PackageFile;

/** loam's own package.json: name, version, dependencies. */
export const loamPackage = packageFile(loamRoot);

/**
 * The name by which a node's folder has loam, whatever it is published as: `loam/app` in its app script, node_modules/loam in its manifest, `npx loam`.
 * Another project is published as that, so the folder asks npm for an alias.
 */
export const localName = "loam";

const alias = `npm:${loamPackage.name}@`;

/** A path that a manifest and npm take for relative, with slashes. */
const dotted = (relative: string): string => {
  const text = relative.split(path.sep).join("/");
  return text.startsWith(".") ? text : `./${text}`;
};

/** Where Node finds this loam from a folder; undefined when it finds none there, or another one. */
export function resolvedFrom(folder: string): string | undefined {
  const require = createRequire(path.join(folder, "package.json"));
  const places = (require.resolve.paths(localName) ?? []).flatMap((place) =>
    [localName, loamPackage.name].map((name) => path.join(place, name)),
  );
  const found = places.find((place) => existsSync(place));
  return found !== undefined && realpathSync(found) === realpathSync(loamRoot) ? found : undefined;
}

/** Kinds of dependency that name a place on this machine. */
const local = /^(file|link|portal):/;

/** What a project above the folder asks for when it asks for loam. */
function askedAbove(folder: string, to: string): string | undefined {
  const file = path.join(folder, "package.json");
  const { dependencies, devDependencies } = existsSync(file) ? packageFile(folder) : ({} as Partial<PackageFile>);
  const all = { ...devDependencies, ...dependencies };
  const [byName, byAlias] = [all[loamPackage.name], all[localName]];
  const asked =
    byName ?? (byAlias !== undefined && (local.test(byAlias) || byAlias.startsWith(alias)) ? byAlias : undefined);
  if (asked !== undefined) {
    const kind = local.exec(asked)?.[0];
    if (kind) return kind + dotted(path.relative(to, path.resolve(folder, asked.slice(kind.length))));
    return asked.startsWith("npm:") ? asked : alias + asked;
  }
  const above = path.dirname(folder);
  return above === folder ? undefined : askedAbove(above, to);
}

/** What package.json asks for to get this loam: the checkout itself, the package that a project above asks for, or the version. */
export function dependencyFrom(folder: string, isInstalled: boolean): string {
  if (!isInstalled) return `file:${dotted(path.relative(folder, loamRoot))}`;
  return askedAbove(path.dirname(folder), folder) ?? `${alias}^${loamPackage.version}`;
}
