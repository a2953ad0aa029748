import { readFile } from "node:fs/promises";
import path from "node:path";
import { readPackage } from "../../device/codec/package.js";
import { PackageError } from "../../device/codec/update.js";
import { writeFileAtomic } from "../lib/files.js";
import { cacheRoot } from "../lib/paths.js";
import type { ScriptBundle } from "../script/bundle.js";
import { scriptSection } from "../script/pack.js";
import { positionsOf } from "../script/positions.js";
import { mapFileOf, readSourceMap } from "../script/sourceMap.js";
import { hashOf } from "../xs/builder/hash.js";
import type { HostProgram } from "../xs/index.js";

const folder = path.join(cacheRoot, "scripts");

/** A file with this text, in the cache. */
async function cached(name: string, extension: string, text: string): Promise<string> {
  const file = path.join(folder, `${name}${hashOf(text)}.${extension}`);
  await writeFileAtomic(file, text);
  return file;
}

async function withLines(program: HostProgram, lines: readonly string[]): Promise<HostProgram> {
  const text = `${await readFile(program.modules, "utf8")}${lines.map((line) => `${line}\n`).join("")}`;
  return { ...program, modules: await cached("", "txt", text) };
}

/** Where the code of a script's text comes from, for the debugger. */
const positionsLine = async (textFile: string, { code, map }: ScriptBundle): Promise<string> =>
  `positions\t${textFile}\t${await cached("positions-", "txt", positionsOf(code, map))}`;

/**
 * The program with another app script: the folder's app.ts and what it imports as `loam script pack` packs it, whose text the node compiles in the place
 * of the firmware's own.
 * @param isDebugged it is readable, and xsbug gets the lines of the files
 * @throws UserError for a folder that cannot be packed
 */
export async function withScript(program: HostProgram, directory: string, isDebugged: boolean): Promise<HostProgram> {
  const bundle = await scriptSection(directory, isDebugged);
  const file = await cached("app-", "js", bundle.code);
  return await withLines(program, [
    `resource\tapp.js\t${file}`,
    ...(isDebugged ? [await positionsLine(file, bundle)] : []),
  ]);
}

/** The text of a package's script; undefined without one, and of what is no package: the node is to refuse that. */
function scriptIn(bytes: Uint8Array): string | undefined {
  try {
    const { script } = readPackage(bytes).sections;
    return script && Buffer.from(script).toString("utf8");
  } catch (error) {
    if (error instanceof PackageError) return undefined;
    throw error;
  }
}

/**
 * The program that knows where the code of a package's script comes from, if the package's map is beside it.
 * @throws UserError for a map of another script
 */
export async function withPackageMap(program: HostProgram, file: string, bytes: Uint8Array): Promise<HostProgram> {
  const code = scriptIn(bytes);
  if (code === undefined) return program;
  const map = await readSourceMap(file, code);
  if (map) return await withLines(program, [await positionsLine(await cached("app-", "js", code), { code, map })]);
  process.stderr.write(
    `warning: there is no ${mapFileOf(file)}, which loam script pack writes: xsbug does not know the lines of the package's script\n`,
  );
  return program;
}
