/** The example's description, changed, and the problems of a description. */
import { readFileSync } from "node:fs";
import { checkConfig } from "../../host-tools/node/check.js";
import { ConfigError } from "../../host-tools/node/findings.js";
import { exampleNode } from "../../host-tools/node/nodeFolder.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const text = readFileSync(exampleNode.description, "utf8");

/** As it stands in the file. */
export const example = (): Record<string, Json> => JSON.parse(text) as Record<string, Json>;

/** The example with values at paths such as "sensors.0.rate"; undefined removes what is there. */
export function withValues(values: Record<string, unknown>): unknown {
  const description = example();
  for (const [path, value] of Object.entries(values)) put(description, path.split("."), value);
  return description;
}

export function put(description: unknown, path: readonly string[], value: unknown): void {
  const owner = path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], description);
  if (value === undefined) delete (owner as Record<string, unknown>)[path.at(-1)!];
  else (owner as Record<string, unknown>)[path.at(-1)!] = value;
}

/** All problems of a description; none when it is valid. */
export function problemsOf(description: unknown): readonly string[] {
  try {
    checkConfig(description);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** The paths to all objects in a value. */
export function objectsIn(value: unknown, way: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, part]) => objectsIn(part, [...way, key]));
  return Array.isArray(value) ? inner : [way, ...inner];
}

/** The paths to all values in a value, objects and lists included. */
export function valuesIn(value: unknown, way: string[] = []): string[][] {
  const here = way.length > 0 ? [way] : [];
  if (typeof value !== "object" || value === null) return here;
  return [...here, ...Object.entries(value).flatMap(([key, part]) => valuesIn(part, [...way, key]))];
}
