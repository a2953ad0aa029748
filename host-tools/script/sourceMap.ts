import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { jsonKind } from "../lib/fileKinds.js";
import { readUserFile } from "../lib/files.js";
import { parseJson } from "../lib/json.js";
import type { ScriptBundle, SourceMap } from "./bundle.js";

/** Beside a package: the source map of its app script, for the debugger. */
interface MapFile extends SourceMap {
  file: string;
  /** Of the script's text: a map of another one would lead astray. */
  x_sha256: string;
}

export const sourceMapKind = jsonKind(
  "a source map",
  ({ version, mappings }) => version === 3 && typeof mappings === "string",
);

export const mapFileOf = (packageFile: string): string => `${packageFile}.map`;

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Beside the package, with paths relative to itself. */
export function sourceMapOf(packageFile: string, { code, map }: ScriptBundle): [file: string, content: string] {
  const folder = path.dirname(path.resolve(packageFile));
  const content: MapFile = {
    ...map,
    file: path.basename(packageFile),
    sources: map.sources.map((source) => path.relative(folder, source).split(path.sep).join("/")),
    x_sha256: hashOf(code),
  };
  return [mapFileOf(packageFile), JSON.stringify(content)];
}

/**
 * The map that was written beside a package, with absolute paths; undefined without one.
 * @param code the package's script
 * @throws UserError for a map of another script
 */
export async function readSourceMap(packageFile: string, code: string): Promise<SourceMap | undefined> {
  const file = mapFileOf(packageFile);
  if (!existsSync(file)) return undefined;
  const map = (await sourceMapKind.matches(file))
    ? (parseJson(await readUserFile(file, "the source map"), file) as MapFile)
    : undefined;
  if (map?.x_sha256 !== hashOf(code))
    throw new UserError(
      `${file} is no source map of the app script in ${packageFile}: pack it again, or remove the map`,
    );
  return { ...map, sources: map.sources.map((source) => path.resolve(path.dirname(file), source)) };
}
