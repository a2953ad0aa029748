/** native/script/level1.json: what of JavaScript's built-in objects an app script may rely on, as tables. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { loamRoot } from "../../lib/paths.js";

interface ListFile {
  level: number;
  values: string;
  functions: string;
  objects: Record<string, string>;
  classes: Record<string, [statics: string, prototype: string]>;
  /** Without a global name. */
  intrinsics: Record<string, [statics: string, prototype: string]>;
}

/** Names of properties; those of symbols begin with "@". */
interface Members {
  statics: readonly string[];
  prototype: readonly string[];
}

export interface Language {
  level: number;
  values: readonly string[];
  functions: readonly string[];
  objects: ReadonlyMap<string, readonly string[]>;
  classes: ReadonlyMap<string, Members>;
  intrinsics: ReadonlyMap<string, Members>;
}

export const listFile = path.join(loamRoot, "native/script/level1.json");

const names = (text: string): string[] => text.split(" ").filter((name) => name !== "");
const members = (table: ListFile["classes"]): Map<string, Members> =>
  new Map(
    Object.entries(table).map(([name, [statics, prototype]]) => [
      name,
      { statics: names(statics), prototype: names(prototype) },
    ]),
  );

function read(): Language {
  const file = JSON.parse(readFileSync(listFile, "utf8")) as ListFile;
  return {
    level: file.level,
    values: names(file.values),
    functions: names(file.functions),
    objects: new Map(Object.entries(file.objects).map(([name, text]) => [name, names(text)])),
    classes: members(file.classes),
    intrinsics: members(file.intrinsics),
  };
}

export const language: Language = read();

/** Every global name. */
export const globalNames: ReadonlySet<string> = new Set([
  ...language.values,
  ...language.functions,
  ...language.objects.keys(),
  ...language.classes.keys(),
]);
