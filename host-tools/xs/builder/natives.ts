import { readFileSync } from "node:fs";
import type { NamedFile } from "../manifest/files.js";

/** The names that script and C of a program share. */
export interface Natives {
  /** C functions that script calls by `native("...")`. */
  functions: string[];
  /** C destructors that script names by `Native("...")`. */
  destructors: string[];
  /** Names that C uses as `xsID_...`. */
  identifiers: string[];
}

const unique = (names: Iterable<string>): string[] => [...new Set(names)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1]!);

/** Extracts the names from the sources, as the SDK's compiler does: only calls with one string literal. */
export function findNatives(scripts: NamedFile[], sources: string[]): Natives {
  const texts = scripts.filter(({ file }) => !file.endsWith(".json")).map(({ file }) => readFileSync(file, "utf8"));
  return {
    functions: unique(
      texts.flatMap((text) => [
        ...found(text, /\bnative\(\s*["'](\w+)["']\s*\)/g),
        ...found(text, /\)\s*@\s*"(\w+)"/g),
      ]),
    ),
    destructors: unique(
      texts.flatMap((text) => [
        ...found(text, /\bNative\(\s*["'](\w+)["']\s*\)/g),
        ...found(text, /\bclass\s+\w+\s*@\s*"(\w+)"/g),
      ]),
    ),
    identifiers: unique(sources.flatMap((source) => found(readFileSync(source, "utf8"), /\bxsID_(\w+)/g))),
  };
}

/** The C file that holds the tables of host.h. */
export function nativesSource(natives: Natives): string {
  return [
    '#include "host.h"',
    '#include "mc.xs.h"',
    ...natives.functions.map((name) => `extern void ${name}(txMachine *);`),
    ...natives.destructors.map((name) => `extern void ${name}(void *);`),
    "const HostNative hostNatives[] = {",
    ...natives.functions.map((name) => `\t{ "${name}", ${name} },`),
    "\t{ 0 } };",
    `const size_t hostNativeCount = ${natives.functions.length};`,
    "const HostNativeClass hostNativeClasses[] = {",
    ...natives.destructors.map((name) => `\t{ "${name}", ${name} },`),
    "\t{ 0 } };",
    `const size_t hostNativeClassCount = ${natives.destructors.length};`,
    ...natives.identifiers.map((name) => `unsigned short xsID_${name};`),
    "const HostIdentifier hostIdentifiers[] = {",
    ...natives.identifiers.map((name) => `\t{ "${name}", &xsID_${name} },`),
    "\t{ 0 } };",
    `const size_t hostIdentifierCount = ${natives.identifiers.length};`,
    "",
  ].join("\n");
}

/** The header of that name that mcconfig generates: identifiers for XS in C. */
export function identifiersHeader(natives: Natives): string {
  return [
    "#ifndef MC_XS_H",
    "#define MC_XS_H",
    ...natives.identifiers.map((name) => `extern unsigned short xsID_${name};`),
    "#endif",
    "",
  ].join("\n");
}

/** The manifest's `defines`, as mcconfig spells them: {"radio": {"pin": 4}} is MODDEF_RADIO_PIN=4. */
export function defineFlags(defines: Record<string, unknown>, prefix = "MODDEF"): string[] {
  return Object.entries(defines).flatMap(([name, value]) => {
    const full = `${prefix}_${name.toUpperCase()}`;
    if (Array.isArray(value)) return [`-D${full}={${value.join(", ")}}`];
    if (typeof value === "object" && value !== null) return defineFlags(value as Record<string, unknown>, full);
    if (typeof value === "boolean") return [`-D${full}=${value ? 1 : 0}`];
    return [`-D${full}=${String(value)}`];
  });
}
