/** What mcconfig would compile for an ESP32: the native sources of every manifest of native/ and device/. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { defineFlags, findNatives, identifiersHeader } from "../../host-tools/xs/builder/natives.js";
import type { Dependency } from "../../host-tools/xs/manifest/dependencies.js";
import { includeFolders, modulesOf, type NamedFile } from "../../host-tools/xs/manifest/files.js";
import { loadManifest } from "../../host-tools/xs/manifest/load.js";

export interface Firmware {
  /** Relative to the project, as all files here are. */
  manifest: string;
  sources: string[];
  /** By module name, with absolute paths. */
  scripts: NamedFile[];
  /** Names of the modules that its manifests preload. */
  preload: string[];
  /** Folders that its C may include from. */
  folders: string[];
  dependencies: Dependency[];
  /** What mcconfig generates. */
  headers: { "mc.xs.h": string; "mc.defines.h": string };
}

const relative = (file: string): string => path.relative(loamRoot, file);

/** Files under a folder of the project whose name matches. */
export const filesUnder = (folder: string, pattern: RegExp): string[] =>
  readdirSync(path.join(loamRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(path.basename(name)))
    .map((name) => path.join(folder, name))
    .sort();

/** {"a": {"b": 1}} is MODDEF_A_B (1), as mcconfig writes it. */
const definesHeader = (defines: Record<string, unknown>): string =>
  defineFlags(defines)
    .map((flag) => flag.replace(/^-D(\w+)=([^]*)$/, "#define $1 $2\n"))
    .join("");

/** @param platform as mcconfig names it: esp32, or esp32/esp32c3 */
export function firmwareOf(manifest: string, platform: string): Firmware {
  // No SDK at that place: its own modules are not ours to compile.
  const sdk = "/the-moddable-sdk";
  const variables = { MODDABLE: sdk, MODULES: `${sdk}/modules`, LOAM: loamRoot };
  const loaded = loadManifest(path.join(loamRoot, manifest), platform, variables, { withoutSdk: true });
  const { scripts, sources, headers } = modulesOf(loaded.modules, { cxx: true });
  return {
    manifest,
    sources: sources.map(relative),
    scripts,
    preload: loaded.preload,
    folders: includeFolders(headers).map(relative),
    dependencies: loaded.dependencies,
    headers: {
      "mc.xs.h": identifiersHeader(findNatives(scripts, sources)),
      "mc.defines.h": definesHeader(loaded.defines),
    },
  };
}

/** Each manifest is taken for that of a whole firmware. */
export const firmwares = (platform: string): Firmware[] =>
  ["manifest.json", ...["native", "device"].flatMap((folder) => filesUnder(folder, /^manifest\w*\.json$/))]
    .map((manifest) => firmwareOf(manifest, platform))
    .filter(({ sources }) => sources.length > 0);
