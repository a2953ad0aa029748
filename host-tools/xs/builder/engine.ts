import { readdirSync } from "node:fs";
import path from "node:path";
import { loamRoot, packageFolder } from "../../lib/paths.js";
import type { CompileJob } from "./compile.js";

export const xsRoot = path.join(loamRoot, "host-tools/xs");
const moddable = path.join(packageFolder("@agoric/xsnap"), "moddable");
export const engineRoot = path.join(moddable, "xs");

/** The SDK's modules that come with the engine's package. */
export const engineModules = path.join(moddable, "modules");

/** Build options besides the sources. */
export interface Flavour {
  /** The address and undefined behaviour sanitizers in our C. */
  sanitize: boolean;
  /** Whenever XS takes memory it may collect garbage (Host.stress), and then moves each chunk into memory of its own: a pointer that is kept too long is an error of the address sanitizer. */
  stress: boolean;
}

const sanitizer = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer", "-g"];

/** Third-party headers are exempt from warnings. */
export const engineIncludes = ["includes", "platforms", "sources"].map(
  (folder) => `-isystem${path.join(engineRoot, folder)}`,
);

/** Of the language: products and remainders are -0 where ECMAScript has it, as in the firmware (native/script/manifest.json). */
export const language = ["-DmxMinusZero=1"];

/** Include paths of every C file of a program. */
const includes = (flavour: Flavour): string[] => [
  "-DINCLUDE_XSPLATFORM",
  '-DXSPLATFORM="hostPlatform.h"',
  "-DmxDebug=1",
  "-DmxNoConsole=1",
  "-DmxParse=1",
  "-DmxRun=1",
  "-DmxBoundsCheck=1",
  "-DmxMetering=1",
  ...language,
  ...(flavour.stress ? ["-DmxStress=1", "-DmxNoChunks=1"] : []),
  `-I${path.join(xsRoot, "platform")}`,
  `-I${path.join(xsRoot, "sim")}`,
  ...engineIncludes,
];

export const linkFlags = (flavour: Flavour): string[] => [
  ...(flavour.sanitize ? sanitizer : []),
  "-rdynamic",
  "-lm",
  "-ldl",
  "-lpthread",
];

const cFiles = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".c"))
    .sort()
    .map((name) => path.join(directory, name));

/** Third-party code is compiled without our warnings and sanitizers: XS scans strings by whole words, past their ends, by design. */
export const engineFlags = (flavour: Flavour): string[] => [
  "-std=gnu99",
  "-O2",
  "-w",
  "-fno-common",
  ...includes(flavour),
];

/** Of the table of functions that code for syntax calls. */
export const limited = ["-DfxBigIntDecode=hostBigIntDecode"];
/** Of xsMapSet.c, which makes 0 of the number -0 and reads it as an integer then: two keys otherwise. */
export const punned = ["-fno-strict-aliasing"];
/** Functions of a file of XS in whose place the platform has its own, by the name that they get. */
const replaced: Record<string, readonly string[]> = {
  "xsCommon.c": ["-DfxCStackLimit=xsCStackLimit"],
  "xsDebug.c": [
    "-DfxDebugLine=xsDebugLine",
    "-DfxDebugLoop=xsDebugLoop",
    "-DfxDebugThrow=xsDebugThrow",
    "-DfxLogin=xsLogin",
  ],
  "xsDefaults.c": limited,
  "xsMapSet.c": punned,
  "xsPlatforms.c": ["-DfxParseScript=xsParseScript"],
};
/** Of XS, compiled by way of files of ours: xsRun.c by metered/meteredRun.c, xsScript.c by parser/blocksScript.c, xsJSON.c by amended/amendedJSON.c. */
export const parserBlocks = path.join(xsRoot, "parser/blocksScript.c");
/** Where the package's XS has other values than the SDK's. */
export const amended = cFiles(path.join(xsRoot, "amended"));
const ways = [...cFiles(path.join(xsRoot, "metered")), ...amended, parserBlocks];
/** The name of XS's file that a file of ours has in it. */
export const wayOf = (file: string): string => path.basename(file).replace(/^metered|^blocks|^amended/, "xs");
const hasWay = (source: string): boolean => ways.some((file) => path.basename(source) === wayOf(file));

/** The XS engine. */
export const engineJobs = (flavour: Flavour): CompileJob[] => {
  const flags = engineFlags(flavour);
  const sources = cFiles(path.join(engineRoot, "sources")).filter((source) => !hasWay(source));
  return [...sources, ...ways].map((source) => ({
    source,
    flags: [...flags, ...(replaced[path.basename(source)] ?? [])],
  }));
};

const ours = ["-O2", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off"];

/** The platform and the counterparts of SDK modules: our C, written against XS's internals. */
export const platformFlags = (flavour: Flavour): string[] => [
  "-std=gnu99",
  ...ours,
  "-Wno-unused-parameter",
  "-Wno-sign-compare",
  ...(flavour.sanitize ? sanitizer : []),
  ...includes(flavour),
];

/** The sources of every program that are not in its manifest. */
export function platformJobs(flavour: Flavour): CompileJob[] {
  const flags = platformFlags(flavour);
  return [...cFiles(path.join(xsRoot, "platform")), ...cFiles(path.join(xsRoot, "sim"))].map((source) => ({
    source,
    flags,
  }));
}

/** Native sources of the manifest. */
export function nativeFlags(flavour: Flavour, generated: string, directories: string[], defines: string[]): string[] {
  return [
    "-std=c99",
    "-D_GNU_SOURCE",
    ...ours,
    ...(flavour.sanitize ? sanitizer : []),
    ...includes(flavour),
    `-I${generated}`,
    ...directories.map((directory) => `-I${directory}`),
    ...defines,
  ];
}
