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

/** The node that begins and ends there. */
function nodeAt(above: ts.Node, start: number, end: number): ts.Node | undefined {
  if (above.getEnd() < end || above.getFullStart() > start) return undefined;
  return ts.forEachChild(above, (node) => nodeAt(node, start, end)) ?? (above.getStart() === start ? above : undefined);
}

/** Whether a value that has one of several types has the member with some of them, as far as is known: a text or a number has a length. */
function isMemberOfSome(node: ts.Node | undefined, name: string, checker: ts.TypeChecker): boolean {
  const place = node?.parent;
  if (!place) return false;
  const owner = ts.isPropertyAccessExpression(place)
    ? place.expression
    : ts.isBindingElement(place) && ts.isVariableDeclaration(place.parent.parent)
      ? place.parent.parent.initializer
      : undefined;
  if (!owner) return false;
  const type = checker.getTypeAtLocation(owner);
  return type.isUnion() && type.types.some((each) => checker.getPropertyOfType(checker.getApparentType(each), name));
}

/** The name that a message is about when it is one of JavaScript's that the language does not have. */
export function missingName(
  { code, file, start, length = 0 }: ts.Diagnostic,
  checker: ts.TypeChecker,
): string | undefined {
  if (!file || start === undefined || (!unknownNames.has(code) && !unknownMembers.has(code))) return undefined;
  const name = file.text.slice(start, start + length).replace(/^["'`]|["'`]$/g, "");
  if (unknownMembers.has(code)) {
    if (isMemberOfSome(nodeAt(file, start, start + length), name, checker)) return undefined;
    const owner = /(\w+)\s*\??\.\s*$/.exec(file.text.slice(0, start))?.[1];
    if (owner !== undefined && hints.has(`${owner}.${name}`)) return `${owner}.${name}`;
  }
  return knownNames().has(name) ? name : undefined;
}
