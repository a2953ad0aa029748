/** The types of the language: those of TypeScript's own library, without what the language does not have. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import ts from "typescript";
import { globalNames, language } from "./list.js";

const libraries =
  "es5 es2015.core es2015.collection es2015.iterable es2015.generator es2015.promise es2015.symbol es2015.symbol.wellknown " +
  "es2016.array.include es2017.object es2017.string es2017.typedarrays es2018.asynciterable es2018.asyncgenerator es2018.promise es2018.regexp " +
  "es2019.array es2019.object es2019.string es2019.symbol es2020.promise es2020.string es2020.symbol.wellknown es2021.promise es2021.string " +
  "es2022.array es2022.error es2022.object es2022.regexp es2022.string es2023.array";

/** Folder of lib.es5.d.ts and the others. */
export const libraryFolder = path.dirname(createRequire(import.meta.url).resolve("typescript"));

/** What the list has no word for: properties of objects themselves, not of their classes. */
const own: Record<string, readonly string[]> = {
  Error: ["cause"],
  AggregateError: ["errors"],
  RegExp: ["lastIndex"],
  Function: ["length", "prototype"],
};
/** Types of one object that go by other names. */
const aliases: Record<string, string> = {
  ReadonlyArray: "Array",
  ReadonlyMap: "Map",
  ReadonlySet: "Set",
  CallableFunction: "Function",
  NewableFunction: "Function",
};
/** Of the class, but thrown by what the node has. */
const throwing = new Set(["DateConstructor.now"]);

/** XS's. */
const additions = [
  "interface ArrayBufferConstructor {",
  "  /** As UTF-8. */",
  "  fromString(text: string): ArrayBuffer;",
  "}",
  "interface StringConstructor {",
  "  /** Of UTF-8. */",
  "  fromArrayBuffer(buffer: ArrayBufferLike, offset?: number, length?: number): string;",
  "}",
];

/** Names of an interface's members that stay; undefined: all. */
function membersOf(type: string): ReadonlySet<string> | undefined {
  const { objects, classes, intrinsics } = language;
  const object = objects.get(type);
  if (object) return new Set(object);
  const isConstructor = type.endsWith("Constructor");
  const name = isConstructor ? type.slice(0, -"Constructor".length) : (aliases[type] ?? type);
  const members = classes.get(name) ?? (name === "Function" ? intrinsics.get(name) : undefined);
  if (!members) return undefined;
  const typed = members.prototype.includes("BYTES_PER_ELEMENT") ? [intrinsics.get("TypedArray")!] : [];
  const all = [members, ...typed].flatMap(({ statics, prototype }) => (isConstructor ? statics : prototype));
  return new Set([...all, ...(isConstructor ? ["prototype"] : (own[name] ?? []))]);
}

function nameOf(name: ts.PropertyName): string {
  if (!ts.isComputedPropertyName(name)) return name.getText();
  return `@${name.expression.getText().replace(/^Symbol\./, "")}`;
}

/** Without arguments a date is the present, which the node does not tell it. */
const isPresent = (type: string, member: ts.TypeElement): boolean =>
  type === "DateConstructor" &&
  (ts.isCallSignatureDeclaration(member) ||
    (ts.isConstructSignatureDeclaration(member) && member.parameters.length === 0));

function isKept(type: string, names: ReadonlySet<string> | undefined, member: ts.TypeElement): boolean {
  if (isPresent(type, member) || /\bIntl\./.test(member.getText())) return false;
  if (!member.name || !names) return true;
  const name = nameOf(member.name);
  return names.has(name) && !throwing.has(`${type}.${name}`);
}

function filter(statement: ts.Statement): ts.Statement | undefined {
  if (ts.isModuleDeclaration(statement)) return undefined;
  if (ts.isFunctionDeclaration(statement)) return globalNames.has(statement.name!.text) ? statement : undefined;
  if (ts.isVariableStatement(statement))
    return globalNames.has(statement.declarationList.declarations[0]!.name.getText()) ? statement : undefined;
  if (!ts.isInterfaceDeclaration(statement)) return statement;
  const type = statement.name.text;
  const isMissing = type.endsWith("Constructor") && !membersOf(type) && type !== "FunctionConstructor";
  if (isMissing || /^(Proxy|Big|Shared|Atomics)/.test(type)) return undefined;
  const names = membersOf(type);
  const { modifiers, name, typeParameters, heritageClauses, members } = statement;
  return ts.factory.updateInterfaceDeclaration(
    statement,
    modifiers,
    name,
    typeParameters,
    heritageClauses,
    members.filter((member) => isKept(type, names, member)),
  );
}

/** device/app/language.d.ts. */
export function languageTypes(): string {
  const printer = ts.createPrinter({ removeComments: true });
  const statements = libraries.split(" ").flatMap((name) => {
    const file = `lib.${name}.d.ts`;
    const text = readFileSync(path.join(libraryFolder, file), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    return source.statements.flatMap((statement) => {
      const kept = filter(statement);
      return kept ? [printer.printNode(ts.EmitHint.Unspecified, kept, source)] : [];
    });
  });
  return [
    `/** The language of app scripts, level ${language.level} (docs/language.md). Generated from TypeScript's library (Copyright (c) Microsoft Corporation, Apache License 2.0) by npm run generate: do not edit. */`,
    '/// <reference no-default-lib="true"/>',
    "",
    ...statements,
    ...additions,
    "",
  ].join("\n");
}
