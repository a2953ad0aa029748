import { readFileSync } from "node:fs";
import { globalNames, language, listFile } from "./list.js";

/** Every name that is no symbol, once. */
function propertyNames(): string[] {
  const { objects, classes, intrinsics } = language;
  const members = [...classes.values(), ...intrinsics.values()].flatMap(({ statics, prototype }) => [
    ...statics,
    ...prototype,
  ]);
  const names = new Set([...globalNames, ...[...objects.values()].flat(), ...members]);
  return [...names].filter((name) => !name.startsWith("@")).sort();
}

/** native/script/builtins.ts. */
export function builtInsModule(): string {
  return [
    "/* eslint-disable */",
    "/** Generated from level1.json by npm run generate: do not edit. */",
    "",
    "/** Of constructor or object, and of prototype. */",
    "type Members = Readonly<Record<string, readonly [string, string]>>;",
    "",
    "/** A function, of which only code is in flash. */",
    "export const level1 = (): {",
    "  level: number; values: string; functions: string; objects: Readonly<Record<string, string>>; classes: Members; intrinsics: Members;",
    `} => (${readFileSync(listFile, "utf8").trim()});`,
    "",
    "/** The SDK's linker leaves out of a firmware each built-in function whose name no module reads as a property. This is never called. */",
    "void ((all: any) => [",
    `  ${propertyNames()
      .map((name) => `all.${name}`)
      .join(", ")},`,
    "]);",
    "",
  ].join("\n");
}
