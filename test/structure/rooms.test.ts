import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";

const converter = "packages/tfjs-to-tflite/src";

/** Folders whose own folders are rooms. */
const topFolders = ["native", "device", converter, "host-tools"];
/** Imports begin with it that name files of the package by the package's name. */
const packageName = "tfjs-to-tflite/";
const page = "docs/architecture.md";

const read = (file: string): string => readFileSync(path.join(loamRoot, file), "utf8");

/** The rows of the table of rooms, from low to high. */
function tableOfRooms(text: string): string[][] {
  const section = /^## Rooms\n([^]*?)^## /m.exec(text)![1]!;
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => [...line.split("|")[1]!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
}

const floors = new Map(tableOfRooms(read(page)).flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));

const topOf = (file: string): string | undefined => topFolders.find((top) => file.startsWith(`${top}/`));

const roomOf = (file: string): string => {
  const top = topOf(file) ?? file.split("/")[0]!;
  const [folder, ...rest] = file.slice(top.length + 1).split("/");
  return rest.length === 0 ? top : `${top}/${folder}`;
};

/** Files by extension, relative to the project. */
function filesOf(top: string, extension: string): string[] {
  return readdirSync(path.join(loamRoot, top), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(extension))
    .map((name) => path.join(top, name));
}

const natives = filesOf("native", ".ts");

/** The file that an import names, relative to the project; undefined when it is none of ours. Under XS modules of our own have names without a path. */
function targetOf(file: string, name: string): string | undefined {
  if (name.startsWith(".")) return path.join(path.dirname(file), name);
  if (name.startsWith("node:")) return undefined;
  if (name.startsWith(packageName)) return path.join(converter, name.slice(packageName.length));
  return [`device/${name}.ts`, ...natives.filter((native) => path.basename(native) === `${name}.ts`)].find((own) =>
    existsSync(path.join(loamRoot, own)),
  );
}

const targetsOf = (file: string, text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap((match) => targetOf(file, match[1]!) ?? []);

/** Begins each way to name another file: import, export, require, importNow, import.meta.resolve, a URL beside this file, a reference path. */
const naming =
  /(?:\b(?:from|import|importNow|require|resolve|URL)\s*\(?|<reference\s+path=)\s*(?:\/\*[^]*?\*\/\s*)?["'`]([^"'`]+)["'`]/g;

/** What a TypeScript file imports or exports from, as a value or a type, by whatever syntax; and the files of host tools that it names in a string or in the parts of a path. */
function referencesOfScript(file: string, text: string): string[] {
  const imported = targetsOf(file, text, naming);
  const joined = text.replace(/(["'`])host-tools\1\s*,\s*["'`]/g, "$1host-tools/");
  const named = [...joined.matchAll(/["'`](host-tools\/[a-z]+\/[^"'`]*|host-tools\/[a-z]+)["'`]/g)].map(
    (match) => match[1]!,
  );
  return [...imported, ...named.map((name) => (path.extname(name) ? name : `${name}/`))];
}

/** The paths in a manifest of the host tools: what it includes, and the modules of its program. */
const referencesOfManifest = (file: string, text: string): string[] => targetsOf(file, text, /"(\.\.?\/[^"]+)"/g);

/** Headers in a folder of that name stand in for those of a system, to which the names belong. */
const sources = topFolders
  .flatMap((top) => [".c", ".cc", ".h"].flatMap((extension) => filesOf(top, extension)))
  .filter((file) => !file.includes("/headers/"));

/**
 * The files of ours that a C source includes. Of a name without folders the include path decides: where several files have it, the lowest
 * room's is meant.
 */
const referencesOfSource = (file: string, text: string): string[] =>
  [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]/gm)].flatMap(([, name]) => {
    const beside = path.join(path.dirname(file), name!);
    if (sources.includes(beside)) return beside;
    const named = sources.filter((source) => `/${source}`.endsWith(`/${name}`));
    return named.sort((a, b) => floors.get(roomOf(a))! - floors.get(roomOf(b))!).slice(0, 1);
  });

/** Imports of a file from rooms above its own. */
function climbs(file: string, references: readonly string[], floorOf = floors): string[] {
  const own = floorOf.get(roomOf(file));
  return references
    .filter((target) => topOf(target) !== undefined)
    .filter((target) => !(floorOf.get(roomOf(target))! <= own!))
    .map((target) => `${file} (${roomOf(file)}) -> ${target} (${roomOf(target)})`);
}

test("every folder is a room of the table, once, and every room of the table is a folder", (t) => {
  const folders = topFolders.flatMap((top) => [
    ...(readdirSync(path.join(loamRoot, top), { withFileTypes: true }).some((entry) => entry.name.endsWith(".ts"))
      ? [top]
      : []),
    ...readdirSync(path.join(loamRoot, top), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${top}/${entry.name}`),
  ]);
  t.deepEqual(tableOfRooms(read(page)).flat().sort(), folders.sort(), `the table of rooms in ${page}`);
});

test("no room imports from a room above it", (t) => {
  let seen = 0;
  for (const top of topFolders)
    for (const file of filesOf(top, ".ts")) {
      const references = referencesOfScript(file, read(file));
      seen += references.length;
      t.deepEqual(climbs(file, references), [], `the rooms' order is in ${page}`);
    }
  t.true(seen > 1000, `${seen} imports`);
});

test("the package that is published by itself imports nothing else of the project", (t) => {
  const outside = filesOf(converter, ".ts").flatMap((file) =>
    referencesOfScript(file, read(file))
      .filter((target) => !target.startsWith(`${converter}/`))
      .map((target) => `${file} -> ${target}`),
  );
  t.deepEqual(outside, []);
});

test("no C source includes a header of a room above", (t) => {
  let seen = 0;
  for (const file of sources) {
    const references = referencesOfSource(file, read(file));
    seen += references.length;
    t.deepEqual(climbs(file, references), [], `the rooms' order is in ${page}`);
  }
  t.true(seen > 200, `${seen} includes`);
});

test("no manifest of a host program includes a room above", (t) => {
  const manifests = filesOf("host-tools", "manifest.json");
  t.true(manifests.length >= 3);
  for (const file of manifests) t.deepEqual(climbs(file, referencesOfManifest(file, read(file))), [], file);
});

/** An import cycle, with the first file again at its end; undefined when there is none. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const target of imports.get(file) ?? []) {
      const circle = visit(target);
      if (circle) return circle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = visit(file);
    if (circle) return circle;
  }
  return undefined;
}

/** Without type imports: the type of an operator's name comes from the table of operators, whose descriptors refer to graphs, which have such names. */
const withoutTypes = (text: string): string => text.replace(/^(import|export) type [^;]*;/gm, "");

test("no import cycles", (t) => {
  const imports = new Map(
    topFolders
      .flatMap((top) => filesOf(top, ".ts"))
      .map((file) => {
        const references = referencesOfScript(file, withoutTypes(read(file)));
        return [file, references.map((name) => name.replace(/\.js$/, ".ts"))] as const;
      }),
  );
  t.true([...imports.values()].flat().filter((target) => imports.has(target)).length > 800);
  t.deepEqual(circleIn(imports)?.join(" -> "), undefined);
});

test("an import cycle of any length is found", (t) => {
  const imports = new Map([
    ["start", ["leaf", "a"]],
    ["a", ["leaf", "b"]],
    ["b", ["c"]],
    ["c", ["leaf", "a"]],
  ]);
  t.deepEqual(circleIn(imports), ["a", "b", "c", "a"]);
  imports.set("c", ["leaf"]);
  t.is(circleIn(imports), undefined);
});

/** Each imports from a room above. */
const attempts: [file: string, text: string, to: string][] = [
  [`${converter}/prune/x.ts`, 'import { a } from "../convert/translate.js";', `${converter}/convert`],
  [`${converter}/graph/x.ts`, 'import type { A } from "../quantize/range.js";', `${converter}/quantize`],
  [`${converter}/graph/x.ts`, 'import "../quantize/range.js";', `${converter}/quantize`],
  [`${converter}/graph/x.ts`, 'import { a } from "../../../../host-tools/lib/errors.js";', "host-tools/lib"],
  ["device/codec/x.ts", 'import { a } from "tfjs-to-tflite/lib/errors.js";', `${converter}/lib`],
  ["host-tools/lib/x.ts", 'export { a } from "../xs/index.js";', "host-tools/xs"],
  ["host-tools/lib/x.ts", "const a = await import('../xs/index.js');", "host-tools/xs"],
  ["host-tools/lib/x.ts", 'let a: import("../xs/index.js").A;', "host-tools/xs"],
  ["host-tools/gateway/semtech/x.ts", 'import { a } from "../../soak/soak.js";', "host-tools/soak"],
  ["host-tools/lib/x.ts", 'path.join(loamRoot, "host-tools/board")', "host-tools/board"],
  ["host-tools/commands/x.ts", 'import { a } from "../cli.js";', "host-tools"],
  ["device/main.ts", 'import { a } from "../host-tools/lib/errors.js";', "host-tools/lib"],
  ["device/codec/x.ts", 'import { Log } from "flash/log";', "device/flash"],
  ["device/lorawan/x.ts", 'import { Outbox } from "outbox/outbox";', "device/outbox"],
  ["device/lorawan/x.ts", 'import { statistics } from "../config.js";', "device"],
  ["host-tools/lib/x.ts", 'const a = require("../xs/index.js");', "host-tools/xs"],
  ["host-tools/lib/x.ts", 'import a = require("../xs/index.js");', "host-tools/xs"],
  ["host-tools/lib/x.ts", 'createRequire(import.meta.url).resolve("../xs/index.js");', "host-tools/xs"],
  ["host-tools/lib/x.ts", 'import.meta.resolve("../xs/index.js")', "host-tools/xs"],
  ["host-tools/lib/x.ts", 'new URL("../xs/index.js", import.meta.url)', "host-tools/xs"],
  ["host-tools/lib/x.ts", 'path.join(loamRoot, "host-tools", "xs", "index.ts")', "host-tools/xs"],
  ["host-tools/lib/x.ts", 'await import(/* why */ "../xs/index.js");', "host-tools/xs"],
  ["host-tools/lib/x.ts", '/// <reference path="../xs/index.ts" />', "host-tools/xs"],
  ["device/codec/x.ts", 'const { Log } = importNow("flash/log");', "device/flash"],
  ["native/lora/x.ts", 'import { regions } from "../../device/lorawan/regions/regions.js";', "device/lorawan"],
];
for (const [file, text, to] of attempts)
  test(`found: in ${file} ${text}`, (t) => {
    const found = climbs(file, referencesOfScript(file, text));
    t.is(found.length, 1);
    t.true(found[0]!.endsWith(`(${to})`), found[0]);
  });

for (const [file, text, to] of [
  ["native/lora/x.c", '#include "../../host-tools/xs/platform/host.h"', "host-tools/xs"],
  ["native/lora/x.c", '  # include "simChip.h"', "host-tools/xs"],
  ["native/fft/x.h", "#include <airPort.h>", "host-tools/xs"],
] as const)
  test(`found: in ${file} ${text}`, (t) => {
    const found = climbs(file, referencesOfSource(file, text));
    t.is(found.length, 1);
    t.true(found[0]!.endsWith(`(${to})`), found[0]);
  });

test("found: a manifest that includes a room above", (t) => {
  const found = climbs("host-tools/xs/sim/manifest.json", [
    ...referencesOfManifest("host-tools/xs/sim/manifest.json", '{ "include": ["../../radionode/manifest.json"] }'),
  ]);
  t.deepEqual(found.length, 1);
});
