/** Debian's cross compilers, with headers of our own in the place of ESP-IDF's and the SDK's. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { textWithHeaders } from "../../host-tools/board/objects.js";
import { run } from "../../host-tools/lib/exec.js";
import { writeFileAtomic } from "../../host-tools/lib/files.js";
import { buildRoot, loamRoot, packageFolder } from "../../host-tools/lib/paths.js";
import { hashOf } from "../../host-tools/xs/builder/hash.js";
import type { Firmware } from "./firmware.js";

export interface Toolchain {
  chip: string;
  /** As mcconfig names it. */
  platform: string;
  prefix: string;
  flags: string[];
}

/** `ESP32` is the SDK's number of the chip. */
export const toolchains: Toolchain[] = [
  { chip: "ESP32", platform: "esp32", prefix: "xtensa-lx106-elf-", flags: ["-mlongcalls", "-DESP32=1"] },
  {
    chip: "ESP32-C3",
    platform: "esp32/esp32c3",
    prefix: "riscv64-unknown-elf-",
    flags: ["--specs=picolibc.specs", "-misa-spec=2.2", "-march=rv32imc", "-mabi=ilp32", "-DESP32=4"],
  },
];

const headers = path.join(loamRoot, "test/esp32/headers");
const xs = path.join(packageFolder("@agoric/xsnap"), "moddable/xs/includes");

/** Of mcconfig's flags for this platform those that bear on meaning; but it silences implicit declarations, and we do not. */
const common = ["-Os", "-D__ets__", "-U__STRICT_ANSI__", "-DESP_PLATFORM", "-ffunction-sections"];
const strict = ["-Wall", "-Wextra", "-Werror"];
/** XS 13.3's xs.h leaves <stddef.h> to who includes it; the SDK's own does not. */
const stddef = ["-include", "stddef.h"];
const strictC = ["-std=gnu17", "-Werror=implicit-function-declaration", "-Werror=int-conversion"];

/**
 * @param output arguments that say what becomes of it
 * @param options `xsHeaders`: the folder of xs.h and xsmc.h; `isDebug`: as `mcconfig -d` compiles
 */
async function runCompiler(
  toolchain: Toolchain,
  firmware: Firmware,
  source: string,
  output: string[],
  options: { xsHeaders?: string; isDebug?: boolean } = {},
): Promise<void> {
  const generated = path.join(buildRoot, "test", "esp32", hashOf(...Object.values(firmware.headers)));
  for (const [name, text] of Object.entries(firmware.headers))
    if (!existsSync(path.join(generated, name))) await writeFileAtomic(path.join(generated, name), text);
  const isCxx = !source.endsWith(".c");
  const own = [loamRoot, ...firmware.folders.map((folder) => path.join(loamRoot, folder))];
  const others = ["idf", "kconfig", "moddable", "tflm", ...(isCxx ? ["c++"] : [])].map((folder) =>
    path.join(headers, folder),
  );
  await run(`${toolchain.prefix}${isCxx ? "g++" : "gcc"}`, [
    ...common,
    ...strict,
    ...(isCxx ? [] : [...strictC, ...stddef]),
    ...toolchain.flags,
    ...[generated, ...own, ...others, path.join(loamRoot, "test/judge/espnn")].map((folder) => `-I${folder}`),
    `-isystem${options.xsHeaders ?? xs}`,
    ...(options.isDebug ? ["-DmxDebug=1", "-DMODINSTRUMENTATION=1", "-DmxInstrument=1"] : []),
    path.resolve(loamRoot, source),
    ...output,
  ]);
}

type Options = Parameters<typeof runCompiler>[4];

const compile = (toolchain: Toolchain, firmware: Firmware, source: string, object: string, options?: Options) =>
  runCompiler(toolchain, firmware, source, ["-c", "-o", object], options);

/** Whether the compiler has a source's declarations and types for right: nothing is made of it. */
export const check = (toolchain: Toolchain, firmware: Firmware, source: string, options?: Options): Promise<void> =>
  runCompiler(toolchain, firmware, source, ["-fsyntax-only"], options);

/** What an object gives to others and what it wants from them; of C++ names without their parameters, whose types differ between chips. */
export interface Symbols {
  given: Set<string>;
  wanted: Set<string>;
}

export async function symbolsOf(toolchain: Toolchain, file: string): Promise<Symbols> {
  const symbols: Symbols = { given: new Set(), wanted: new Set() };
  const listed = await run(`${toolchain.prefix}nm`, ["--format=posix", "--extern-only", "--demangle", file]);
  for (const [, name, type] of listed.matchAll(/^(.+?) ([A-Za-z])(?: [0-9a-f]+(?: [0-9a-f]+)?)? *$/gm)) {
    const short = name!.replace(/\((?!anonymous)[^]*$/, "");
    (type === "U" || type === "w" || type === "v" ? symbols.wanted : symbols.given).add(short);
  }
  return symbols;
}

export interface Compiled {
  firmware: Firmware;
  /** By source. */
  objects: Map<string, Symbols>;
}

/** What of a firmware's headers a source depends on: those that it may include, and of the definitions those whose names it has. */
async function dependenceOf({ headers: generated }: Firmware, source: string): Promise<string> {
  const text = await textWithHeaders(path.join(loamRoot, source), loamRoot);
  const defines = text.includes('"mc.defines.h"') ? generated["mc.defines.h"] : "";
  const names = new Set(text.match(/\bMODDEF_\w+/g));
  const named = defines.split("\n").filter((line) => names.has(/^#define (\w+)/.exec(line)?.[1] ?? ""));
  return JSON.stringify([source, text.includes('"mc.xs.h"') && generated["mc.xs.h"], named]);
}

/** Compiles every source of these firmwares, one that several have in the same way once. */
export async function compileAll(toolchain: Toolchain, all: Firmware[]): Promise<Compiled[]> {
  const parts = await Promise.all(
    all.flatMap((firmware) =>
      firmware.sources.map(async (source) => ({ firmware, source, key: await dependenceOf(firmware, source) })),
    ),
  );
  const jobs = new Map(parts.map((part) => [part.key, part]));
  const symbols = new Map<string, Symbols>();
  const folder = await mkdtemp(path.join(tmpdir(), "loam-esp32-"));
  const queue = [...jobs.values()].entries();
  const work = async (): Promise<void> => {
    for (const [at, { firmware, source, key }] of queue) {
      const object = path.join(folder, `${at}.o`);
      await compile(toolchain, firmware, source, object);
      const its = await symbolsOf(toolchain, object);
      symbols.set(key, its);
      if (!/\bmx(Debug|Instrument)\b/.test(await readFile(path.join(loamRoot, source), "utf8"))) continue;
      await compile(toolchain, firmware, source, object, { isDebug: true });
      for (const name of (await symbolsOf(toolchain, object)).wanted) its.wanted.add(name);
    }
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, work));
  } finally {
    await rm(folder, { recursive: true });
  }
  return all.map((firmware) => ({
    firmware,
    objects: new Map(
      parts.filter((part) => part.firmware === firmware).map(({ source, key }) => [source, symbols.get(key)!]),
    ),
  }));
}
