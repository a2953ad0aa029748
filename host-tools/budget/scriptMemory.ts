import { readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { loamRoot } from "../lib/paths.js";
import type { CheckedNode } from "../node/schema/node.js";
import { bundleScript, hasScript } from "../script/bundle.js";
import { scriptDefaults } from "../../device/config.js";
import { compileMemory } from "../script/compileMemory.js";
import { startMemory } from "../script/startMemory.js";
import { freeBeforeArena, memoryOfChip, systemUse } from "./chipMemory.js";
import { measuredNode } from "./measuredNode.js";

/** Bytes that the C heap's free blocks may be too small for: a parser's block has 4 KB, and the heap is of several pieces. */
const splinters = 8192;

interface Manifest {
  platforms: { esp32: { creation: { static: number } } };
}

/** Bytes that XS has (device/manifest.json). */
export const xsBytes = (): number =>
  (JSON.parse(readFileSync(path.join(loamRoot, "device/manifest.json"), "utf8")) as Manifest).platforms.esp32.creation
    .static;

export interface ScriptMemory {
  /** Of the minified text. */
  bytes: number;
  /** Of the C heap to compile it, at most. */
  compile: number;
  /** What is free then: when the node begins, before the network has its arena. */
  room: number;
  /** Of the script's own memory to start it. */
  start: number;
  /** What it may have: `app.limits.bytes`. */
  limit: number;
}

const limitOf = ({ app }: CheckedNode): number => app.limits?.bytes ?? scriptDefaults.bytes;

/** What is free of the node's RAM when a script is compiled. The figures are of a script with the usual memory. */
export function compileRoom(config: CheckedNode): number {
  const { chip } = config;
  const free =
    freeBeforeArena[chip] ?? memoryOfChip[chip].ram - systemUse(chip).ram - measuredNode().natives - xsBytes();
  return free - splinters - Math.max(0, limitOf(config) - scriptDefaults.bytes);
}

/** Of an app script's minified text. @throws UserError for one that needs more memory than any node has */
export const scriptMemory = async (config: CheckedNode, text: string): Promise<ScriptMemory> => ({
  bytes: Buffer.byteLength(text),
  compile: await compileMemory(text),
  room: compileRoom(config),
  start: await startMemory(config, text),
  limit: limitOf(config),
});

const n = (value: number): string => value.toLocaleString("en-US");

/** What does not fit, and what would help. */
function problemsOf({ bytes, compile, room, start, limit }: ScriptMemory, chip: string): string[] {
  return [
    ...(compile > room
      ? [
          `to compile its ${n(bytes)} bytes takes up to ${n(compile)} bytes of the node's memory, an ${chip} has ${n(room)} then (${n(compile - room)} short): shorten it; functions, classes and array elements take most`,
        ]
      : []),
    ...(start > limit
      ? [
          `to start it takes ${n(start)} bytes of its own memory, app.limits.bytes is ${n(limit)} (${n(start - limit)} short): raise that, or shorten it`,
        ]
      : []),
  ];
}

/** @throws UserError for a script that the node could not compile, or not start */
export async function requireScriptMemory(config: CheckedNode, what: string, text: string): Promise<ScriptMemory> {
  const memory = await scriptMemory(config, text);
  const problems = problemsOf(memory, config.chip);
  if (problems.length > 0) throw new UserError(`${what}: ${problems.join("; ")}`);
  return memory;
}

/** Of the app script in a node's folder; undefined: there is none. `problems` are those of a node that takes packages: else the script is compiled with the firmware. */
export async function ownScriptMemory(
  config: CheckedNode,
  directory: string,
): Promise<{ memory: ScriptMemory; problems: string[] } | undefined> {
  if (!hasScript(directory)) return undefined;
  const memory = await scriptMemory(config, (await bundleScript(directory)).code);
  const problems = config.updates?.publicKey === undefined ? [] : problemsOf(memory, config.chip);
  return { memory, problems: problems.map((problem) => `the app script in a package: ${problem}`) };
}

export const describeScript = ({ bytes, compile, room, start, limit }: ScriptMemory): string =>
  `app script in a package: ${n(bytes)} bytes; to compile it takes up to ${n(compile)} of ${n(room)} bytes that are free when the node begins, to start it ${n(start)} of the ${n(limit)} of app.limits.bytes`;
