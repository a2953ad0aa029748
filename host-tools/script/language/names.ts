import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { libraryFolder } from "./types.js";
import { hints } from "./hints.js";

/** Of TypeScript: cannot find a name or namespace. */
const unknownNames = new Set([2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2585, 2591, 2592, 2593, 2693]);
/** A type has no such member; nor by its name in brackets, nor globalThis. */
const unknownMembers = new Set([2339, 2550, 2551, 2568, 2576, 7015, 7017]);

/** Of XS, which a script may know from elsewhere. */
const ofXs = ["Compartment", "ModuleSource", "Native", "TypedArray", "global", "harden", "lockdown", "native"];

let known: Set<string> | undefined;

/** Names that JavaScript has: of global objects, and of members. */
function knownNames(): Set<string> {
  if (known) return known;
  const names = new Set([...ofXs, ...[...hints.keys()].filter((name) => !name.includes("."))]);
  for (const file of readdirSync(libraryFolder).filter((name) => /^lib\.es.*\.d\.ts$/.test(name)))
    for (const [, name] of readFileSync(path.join(libraryFolder, file), "utf8").matchAll(
      /^(?:declare (?:var|function) | {4}(?:readonly )?)(\w+)/gm,
    ))
      names.add(name!);
  return (known = names);
}

/** The name that a message is about when it is one of JavaScript's that the language does not have. */
export function missingName({ code, file, start, length }: ts.Diagnostic): string | undefined {
  if (!file || start === undefined || (!unknownNames.has(code) && !unknownMembers.has(code))) return undefined;
  const name = file.text.slice(start, start + (length ?? 0)).replace(/^["'`]|["'`]$/g, "");
  if (unknownMembers.has(code)) {
    const owner = /(\w+)\s*\??\.\s*$/.exec(file.text.slice(0, start))?.[1];
    if (owner !== undefined && hints.has(`${owner}.${name}`)) return `${owner}.${name}`;
  }
  return knownNames().has(name) ? name : undefined;
}
