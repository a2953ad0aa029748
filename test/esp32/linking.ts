/** Whether what the objects of a firmware want is what the platform gives: test/esp32/platform.json. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { tflmCustom, tflmParser } from "tfjs-to-tflite/graph/tflmOperators.js";
import type { Compiled } from "./toolchain.js";

export interface Provider {
  name: string;
  /** A firmware has it only when its manifest names it as a dependency. */
  isDependency: boolean;
  names: string[];
}

interface List {
  always: Record<string, string[]>;
  dependencies: Record<string, string[]>;
}

const tflm = "espressif/esp-tflite-micro";

/** TensorFlow Lite Micro has a kernel for each operator, and a parser of its options. */
const operatorNames = (): string[] => [
  ...new Set([...tflmParser].flatMap(([name, parser]) => [`tflite::Register_${name}`, `tflite::${parser}`])),
  ...[...tflmCustom.values()].map((register) => `tflite::${register}`),
];

let known: Provider[] | undefined;

export function providers(): Provider[] {
  if (known) return known;
  const file = path.join(loamRoot, "test/esp32/platform.json");
  const { always, dependencies } = JSON.parse(readFileSync(file, "utf8")) as List;
  const listed = (entries: Record<string, string[]>, isDependency: boolean): Provider[] =>
    Object.entries(entries).map(([name, names]) => ({
      name,
      isDependency,
      names: name === tflm ? [...names, ...operatorNames()] : names,
    }));
  known = [...listed(always, false), ...listed(dependencies, true)];
  return known;
}

export const platformOf = (name: string): Provider | undefined => providers().find(({ names }) => names.includes(name));

/**
 * Arithmetic that a CPU lacks, calls of which the compiler makes itself: the routines of libgcc, by its naming (GCC internals, "The GCC
 * low-level runtime library"). They are in the chip's ROM, or in its compiler's library.
 */
const isArithmetic = (name: string): boolean =>
  /^__(?:u?(?:add|sub|mul|div|mod|neg|ash[lr]|lshr|cmp|eq|ne|g[te]|l[te]|unord|ffs|clz|ctz|popcount|bswap)|fix(?:uns)?|float(?:un)?|extend|trunc)[sdt][if](?:[sdt][if])?\d?$/.test(
    name,
  );

/** The names that no object of the firmware gives. */
function wantedFromOutside({ objects }: Compiled): { source: string; name: string }[] {
  const given = new Set([...objects.values()].flatMap((symbols) => [...symbols.given]));
  return [...objects].flatMap(([source, { wanted }]) =>
    [...wanted].filter((name) => !given.has(name) && !isArithmetic(name)).map((name) => ({ source, name })),
  );
}

export const missing = (compiled: Compiled): string[] =>
  wantedFromOutside(compiled)
    .filter(({ name }) => !platformOf(name))
    .map(({ source, name }) => `${compiled.firmware.manifest}: ${source} calls ${name}, which nothing gives`);

export function undeclared(compiled: Compiled): string[] {
  const { manifest, dependencies } = compiled.firmware;
  const declared = new Set(
    dependencies.map((each) => ("idf" in each ? each.idf : `${each.namespace ?? "espressif"}/${each.name}`)),
  );
  return wantedFromOutside(compiled).flatMap(({ source, name }) => {
    const provider = platformOf(name);
    return provider?.isDependency && !declared.has(provider.name)
      ? [`${manifest}: ${source} calls ${name} of ${provider.name}, which is no "dependency" of its esp32 section`]
      : [];
  });
}

export function twice({ firmware, objects }: Compiled): string[] {
  const first = new Map<string, string>();
  const found: string[] = [];
  for (const [source, { given }] of objects) {
    for (const name of given) {
      const other = first.get(name);
      if (other) found.push(`${firmware.manifest}: ${name} is in ${other} and ${source}`);
      else first.set(name, source);
    }
  }
  return found;
}

/** What the list has and no firmware on any chip wants. */
export function superfluous(all: Compiled[]): string[] {
  const wanted = new Set(all.flatMap((each) => wantedFromOutside(each).map(({ name }) => name)));
  return providers().flatMap(({ name: provider, names }) =>
    names.filter((name) => !wanted.has(name)).map((name) => `platform.json: ${provider}: nothing calls ${name}`),
  );
}
