import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.js";
import { textOf } from "../../lib/text.js";
import { dependenciesOf, type Dependency } from "./dependencies.js";

/** Sources of one target name, resolved to absolute paths that may hold a `*`. */
export type Rules = Record<string, string[]>;

/** The machine's sizes, in mcconfig's units: bytes, slots, keys. */
export interface Creation {
  static?: number;
  chunk?: { initial?: number; incremental?: number };
  heap?: { initial?: number; incremental?: number };
  stack?: number;
  keys?: { initial?: number; incremental?: number };
  main?: string;
}

/** All manifests of a program merged, for one platform. */
export interface Manifest {
  modules: Rules;
  data: Rules;
  resources: Rules;
  config: Record<string, unknown>;
  creation: Creation;
  defines: Record<string, unknown>;
  /** Names of modules that run when the program is built, patterns included. */
  preload: string[];
  /** Components that ESP-IDF links with the firmware. */
  dependencies: Dependency[];
  warnings: string[];
  /** The final variables: those given and those of the manifests' `build` sections. */
  variables: Record<string, string>;
  /** Every file read, the root manifest first. */
  files: string[];
}

interface Section {
  build?: Record<string, string | number>;
  include?: string | string[];
  modules?: Record<string, string | string[]>;
  data?: Record<string, string | string[]>;
  resources?: Record<string, string | string[]>;
  config?: Record<string, unknown>;
  creation?: Record<string, unknown>;
  defines?: Record<string, unknown>;
  preload?: string | string[];
  dependency?: unknown;
  error?: string;
  warning?: string;
  platforms?: Record<string, Section>;
}

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

function mergeTree(into: Tree, from: Tree | undefined): void {
  for (const [key, value] of Object.entries(from ?? {})) {
    const present = into[key];
    if (isTree(present) && isTree(value)) mergeTree(present, value);
    else into[key] = isTree(value) ? structuredClone(value) : value;
  }
}

const asArray = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

// mcconfig's order: the exact name and the patterns head/* and */tail, from the longest name to the shortest, then "...".
export function matchPlatform<T>(platforms: Record<string, T> | undefined, platform: string): T | undefined {
  if (!platforms) return undefined;
  const parts = platform.split("/");
  for (; parts.length > 0; parts.length--) {
    const partial = parts.join("/");
    for (const [name, section] of Object.entries(platforms)) {
      if (
        name.endsWith("/*")
          ? partial.startsWith(name.slice(0, -1))
          : name.startsWith("*/")
            ? partial.endsWith(name.slice(1))
            : partial === name
      )
        return section;
    }
  }
  return platforms["..."];
}

/**
 * Reads a manifest and all it includes, as mcconfig does: an included manifest comes before the one that includes it;
 * each is read once; `build` variables are defined from there on.
 * @param variables the initial variables, e.g. MODDABLE
 * @param options for a platform whose SDK parts this machine does not have: `withoutSdk` leaves out the SDK's manifests that are missing;
 *   `creationOnly` reads the sizes, skips everything else, and any include that is missing
 * @throws UserError with file and cause
 */
export function loadManifest(
  root: string,
  platform: string,
  variables: Record<string, string>,
  options: { creationOnly?: boolean; withoutSdk?: boolean } = {},
): Manifest {
  const manifest: Manifest = {
    modules: {},
    data: {},
    resources: {},
    config: {},
    creation: {},
    defines: {},
    preload: [],
    dependencies: [],
    warnings: [],
    files: [],
    variables: { ...variables },
  };
  const known = manifest.variables;
  const seen = new Set<string>();

  const resolve = (text: string, from: string): string =>
    text.replace(/\$\(([^)]+)\)/g, (_, name: string) => {
      const value = known[name] ?? process.env[name];
      if (value === undefined)
        throw new UserError(
          `${from}: $(${name}) is not defined: neither a "build" variable of the manifest nor an environment variable`,
        );
      return value;
    });

  const rules = (
    into: Rules,
    section: Record<string, string | string[]> | undefined,
    directory: string,
    from: string,
  ) => {
    for (const [target, sources] of Object.entries(section ?? {})) {
      for (const source of asArray(sources)) {
        if (typeof source !== "string")
          throw new UserError(`${from}: "${target}": ${JSON.stringify(source)} is not supported here, only paths`);
        (into[target] ??= []).push(inSdk(path.resolve(directory, resolve(source, from)), variables["MODDABLE"]));
      }
    }
  };

  const merge = (section: Section, directory: string, from: string, isPlatform: boolean) => {
    mergeTree(manifest.creation as Tree, section.creation);
    if (options.creationOnly) return;
    if (section.error) throw new UserError(`${from}: ${section.error}`);
    if (section.warning) manifest.warnings.push(section.warning);
    rules(manifest.modules, section.modules, directory, from);
    rules(manifest.data, section.data, directory, from);
    rules(manifest.resources, section.resources, directory, from);
    mergeTree(manifest.config, section.config);
    mergeTree(manifest.defines, section.defines);
    manifest.preload.push(...asArray(section.preload));
    manifest.dependencies.push(...dependenciesOf(section.dependency, from, isPlatform));
  };

  const read = (file: string, from: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    if (!existsSync(file)) {
      if (options.creationOnly || (options.withoutSdk && isOfSdk(file, known["MODDABLE"]))) return;
      throw new UserError(missing(file, from, known["MODDABLE"]));
    }
    let content: Section;
    try {
      content = JSON.parse(textOf(readFileSync(file), file)) as Section;
    } catch (error) {
      throw new UserError(`${file}: not JSON: ${(error as Error).message}`);
    }
    manifest.files.push(file);
    const directory = path.dirname(file);
    const section = matchPlatform(content.platforms, platform);
    for (const part of [content, section]) {
      for (const [key, value] of Object.entries(part?.build ?? {})) {
        // As in a makefile: only what is not known yet, from the environment either.
        const [name, isDefault] = key.endsWith(" ?=") ? [key.slice(0, -3), true] : [key, false];
        const given = isDefault ? (known[name] ?? process.env[name]) : undefined;
        const text = given ?? resolve(String(value), file);
        known[name] = given === undefined && text.startsWith("./") ? path.resolve(directory, text) : text;
      }
    }
    for (const part of [content, section]) {
      for (const include of asArray(part?.include)) {
        if (typeof include !== "string")
          throw new UserError(`${file}: include of ${JSON.stringify(include)} is not supported here, only paths`);
        read(inSdk(path.resolve(directory, resolve(include, file)), variables["MODDABLE"]), file);
      }
    }
    merge(content, directory, file, false);
    if (section) merge(section, directory, file, true);
  };

  read(path.resolve(root), "the command line");
  return manifest;
}

const isOfSdk = (file: string, sdk: string | undefined): sdk is string =>
  sdk !== undefined && file.startsWith(`${sdk}/`);

/** The SDK's sensor drivers run here unchanged: their files are taken from the SDK itself, where $MODDABLE of the environment names it. */
function inSdk(file: string, counterpart: string | undefined): string {
  const real = process.env["MODDABLE"];
  const drivers = path.join(counterpart ?? "", "modules/drivers/");
  return real && counterpart && file.startsWith(drivers) ? path.join(real, path.relative(counterpart, file)) : file;
}

function missing(file: string, from: string, sdk: string | undefined): string {
  if (sdk && file.startsWith(path.join(sdk, "modules/drivers/")))
    return `${from} includes $(MODDABLE)/${path.relative(sdk, file)}, a driver of the SDK: set MODDABLE to the folder of the Moddable SDK`;
  if (isOfSdk(file, sdk))
    return `${from} includes $(MODDABLE)/${path.relative(sdk, file)}, a part of the SDK that has no counterpart on this machine yet (those that have one are under ${sdk})`;
  return `${from} includes ${file}: there is no such file`;
}
