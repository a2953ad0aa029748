import { readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.js";
import { writeFileAtomic } from "../../lib/files.js";
import { cacheRoot, loamRoot } from "../../lib/paths.js";
import { parsePartitions } from "../../node/partitions.js";
import { dataOf, includeFolders, modulesOf, preloaded, type NamedFile } from "../manifest/files.js";
import { loadManifest, type Creation } from "../manifest/load.js";
import { compileAll, link } from "./compile.js";
import {
  engineJobs,
  linkFlags,
  nativeFlags,
  platformFlags,
  platformJobs,
  engineFlags,
  engineModules,
  xsRoot,
  type Flavour,
} from "./engine.js";
import { forgetHashes, hashOf } from "./hash.js";
import { withLock } from "../../lib/lock.js";
import { defineFlags, findNatives, identifiersHeader, nativesSource } from "./natives.js";
import { transpile, valueModule } from "./transpile.js";

export interface HostProgram {
  /** The program: XS, the platform, the manifest's C. */
  executable: string;
  /** Its modules, resources and sizes. */
  modules: string;
  /** Name shown by xsbug. */
  name: string;
  /** The flash's partitions, as name=bytes,... */
  partitions: string;
}

export interface BuildOptions {
  /** Default: the project's manifest.json. */
  manifest?: string;
  /** A .ts or .js file that replaces the main module. */
  main?: string;
  /** With the address and undefined behaviour sanitizers. */
  sanitize?: boolean;
  /** Sanitized, and `Host.stress(true)` makes XS collect garbage and move what is in its heap whenever it takes memory. */
  stress?: boolean;
  /** Called after each file of a build: files done, and their total. */
  onProgress?: (done: number, total: number) => void;
}

const sdk = path.join(xsRoot, "sdk");

/** Sizes where the manifest gives none: those of mcconfig for a device. */
function creationLine(creation: Creation): string {
  const { chunk, heap, keys } = creation;
  const numbers = [
    creation.static ?? 0,
    chunk?.initial ?? 32768,
    chunk?.incremental ?? 1024,
    heap?.initial ?? 2048,
    heap?.incremental ?? 64,
    creation.stack ?? 384,
    keys?.initial ?? 256,
    keys?.incremental ?? 0,
  ];
  if (numbers.some((number) => !Number.isInteger(number) || number < 0))
    throw new UserError(`the manifest's "creation" must hold whole numbers: ${JSON.stringify(creation)}`);
  return numbers.join(" ");
}

/** The SDK's define that allows top-level await in the main module. */
const isAsync = (defines: Record<string, unknown>): boolean =>
  Boolean((defines["main"] as { async?: unknown } | undefined)?.async);

/** Partitions of an ESP-IDF table that the simulated flash has, as name=bytes,...: those that loam writes, and behind them the two slots for the firmware with `otadata`. */
function partitionsOf(file: string | undefined): string {
  if (!file) return "outbox=65536,session=16384";
  const theirs = ["nvs", "phy", "coredump", "nvs_keys", "efuse"];
  const table = parsePartitions(readFileSync(file, "utf8")).filter(({ subtype }) => !theirs.includes(subtype));
  const isFirmware = ({ subtype }: { subtype: string }): boolean => subtype.startsWith("ota");
  const mine = [...table.filter((row) => !isFirmware(row)), ...table.filter(isFirmware)];
  return mine.map(({ name, size }) => `${name}=${size}`).join(",");
}

/** A manifest's parts, as both builds take them: for this machine, and for the emulated chip. */
export interface ProgramParts {
  /** Shown by xsbug. */
  name: string;
  main: string;
  /** The main module may await at its top level. */
  isAsync: boolean;
  /** The sizes of the machine. */
  creation: string;
  scripts: NamedFile[];
  /** The module mc/config. */
  config: Record<string, unknown>;
  preloads: string[];
  resources: NamedFile[];
  /** C. */
  sources: string[];
  /** Folder of the tables of natives. */
  generated: string;
  /** Folders of headers. */
  directories: string[];
  /** The manifest's `defines`, for the compiler. */
  defines: string[];
  /** The flash's partitions, as name=bytes,... */
  partitions: string;
}

/**
 * Reads a manifest, and writes the tables of its natives.
 * @throws UserError naming the manifest or module that is at fault
 */
export async function readProgram(options: Pick<BuildOptions, "manifest" | "main">): Promise<ProgramParts> {
  const root = path.resolve(options.manifest ?? path.join(loamRoot, "manifest.json"));
  const variables = {
    MODDABLE: sdk,
    MODULES: path.join(sdk, "modules"),
    BUILD: path.join(sdk, "build"),
    PLATFORM: "lin",
    ENGINE_MODULES: engineModules,
    // Before the one that a node's manifest names by default: there may be several on this machine.
    LOAM: loamRoot,
  };
  forgetHashes();
  const manifest = loadManifest(root, "lin", variables);
  const { creation, variables: chip } = loadManifest(root, "esp32", variables, { creationOnly: true });
  (manifest.modules["host"] ??= []).push(path.join(sdk, "host", "host"));
  const { scripts, sources: allSources, headers } = modulesOf(manifest.modules);
  // Files for running the simulated parts under the SDK itself.
  const sources = allSources.filter((source) => path.dirname(source) !== path.join(xsRoot, "sim/sdk"));
  const main = creation.main ?? manifest.creation.main ?? "main";
  const used = options.main
    ? [...scripts.filter(({ name }) => name !== main), { name: main, file: path.resolve(options.main) }]
    : scripts;
  if (!used.some(({ name }) => name === main))
    throw new UserError(`${root}: no module has the name "${main}", which is where a program starts`);

  const natives = findNatives(used, sources);
  const generated = path.join(cacheRoot, "xs", "generated", hashOf(nativesSource(natives)));
  await writeFileAtomic(path.join(generated, "mc.xs.h"), identifiersHeader(natives));
  await writeFileAtomic(path.join(generated, "hostNatives.c"), nativesSource(natives));
  return {
    name: path.basename(path.dirname(root)),
    main,
    isAsync: options.main !== undefined || isAsync(manifest.defines),
    creation: creationLine(creation),
    scripts: used,
    config: manifest.config,
    // As mcconfig does: the configuration is preloaded when anything is.
    preloads: [...preloaded(manifest.preload, used), "mc/config"],
    resources: dataOf(manifest.data, manifest.resources),
    sources,
    generated,
    directories: includeFolders(headers),
    defines: defineFlags(manifest.defines),
    partitions: partitionsOf(chip["PARTITIONS_FILE"]),
  };
}

/** A module as JavaScript. */
export interface ProgramModule extends NamedFile {
  /** It stands for hardware, or drives what does: it takes none of the node's time. */
  isSimulated: boolean;
}

/** A simulated part, or what sets one (a board of a test): device code imports none of them by name. */
const isSimulated = (file: string): boolean =>
  file.startsWith(path.join(xsRoot, "sim") + path.sep) || /\bfrom "sim\//.test(readFileSync(file, "utf8"));

/** The modules of a program, the configuration among them. */
export async function modulesIn({ scripts, config }: ProgramParts): Promise<ProgramModule[]> {
  const modules = await Promise.all(
    scripts.map(async ({ name, file }) => ({ name, file: await transpile(file), isSimulated: isSimulated(file) })),
  );
  return [...modules, { name: "mc/config", file: await valueModule("config", config), isSimulated: false }];
}

/**
 * Builds the host program of a manifest: what the SDK's mcconfig would put on the device, for this machine. Only what
 * has changed is built again; everything is in the cache folder, xs.
 * @throws UserError naming the manifest, module or source that is at fault
 */
export async function buildHost(options: BuildOptions = {}): Promise<HostProgram> {
  const stress = options.stress ?? false;
  const flavour: Flavour = { sanitize: options.sanitize ?? stress, stress };
  return await withLock(path.join(cacheRoot, "xs", "build.lock"), async () => {
    const parts = await readProgram(options);
    const { sources, generated } = parts;
    const flags = nativeFlags(flavour, generated, parts.directories, parts.defines);
    const platform = [...platformFlags(flavour), `-I${generated}`];
    const jobs = [
      ...engineJobs(flavour),
      ...platformJobs(flavour),
      { source: path.join(generated, "hostNatives.c"), flags: platform },
      ...sources.map((source) => ({
        source,
        flags: source.startsWith(engineModules)
          ? [...engineFlags(flavour), `-I${generated}`]
          : source.startsWith(sdk)
            ? platform
            : flags,
      })),
    ];
    let done = 0;
    const objects = await compileAll(jobs, () => options.onProgress?.(++done, jobs.length));
    const executable = await link(objects, linkFlags(flavour)).catch((error: unknown) => {
      throw unresolved(error);
    });
    const lines = [`name\t${parts.name}`, `root\t${loamRoot}`, `main\t${parts.main}`, `creation\t${parts.creation}`];
    if (parts.isAsync) lines.push("async\ttrue");
    for (const { name, file, isSimulated } of await modulesIn(parts)) {
      lines.push(`module\t${name}\t${file}`);
      if (isSimulated) lines.push(`simulated\t${name}`);
    }
    for (const name of parts.preloads) lines.push(`preload\t${name}`);
    for (const { name, file } of parts.resources) lines.push(`resource\t${name}\t${file}`);
    const text = lines.join("\n") + "\n";
    const modules = path.join(cacheRoot, "xs", "programs", `${hashOf(text)}.txt`);
    await writeFileAtomic(modules, text);
    return { executable, modules, name: parts.name, partitions: parts.partitions };
  });
}

/** Reports the linker's undefined symbols in the manifest's terms. */
function unresolved(error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  const names = [
    ...new Set([...error.message.matchAll(/undefined reference to [`'‘](\w+)/g)].map((match) => match[1]!)),
  ];
  if (names.length === 0) return error;
  return new UserError(
    `the program does not link: no C source of the manifest defines ${names.join(", ")} (named in native("...") or called from C)`,
  );
}
