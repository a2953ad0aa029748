/** Debian's cross compilers, with headers of our own in the place of ESP-IDF's and the SDK's. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { run } from "../../host-tools/lib/exec.js";
import { loamRoot, packageFolder } from "../../host-tools/lib/paths.js";
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
const common = ["-c", "-Os", "-D__ets__", "-U__STRICT_ANSI__", "-DESP_PLATFORM", "-ffunction-sections"];
const strict = ["-Wall", "-Wextra", "-Werror"];
/** XS 13.3's xs.h leaves <stddef.h> to who includes it; the SDK's own does not. */
const stddef = ["-include", "stddef.h"];
const strictC = ["-std=gnu17", "-Werror=implicit-function-declaration", "-Werror=int-conversion"];

/** @param options `xsHeaders`: the folder of xs.h and xsmc.h; `isDebug`: as `mcconfig -d` compiles */
export async function compile(
  toolchain: Toolchain,
  firmware: Firmware,
  source: string,
  object: string,
  options: { xsHeaders?: string; isDebug?: boolean } = {},
): Promise<void> {
  const generated = `${object}.headers`;
  await mkdir(generated, { recursive: true });
  for (const [name, text] of Object.entries(firmware.headers)) await writeFile(path.join(generated, name), text);
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
    "-o",
    object,
  ]);
}

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

/** Compiles every source of these firmwares, one that several have in the same way once. */
export async function compileAll(toolchain: Toolchain, all: Firmware[]): Promise<Compiled[]> {
  const jobs = new Map<string, { firmware: Firmware; source: string; symbols?: Symbols }>();
  const keyOf = (firmware: Firmware, source: string): string => JSON.stringify([source, firmware.headers]);
  for (const firmware of all)
    for (const source of firmware.sources) jobs.set(keyOf(firmware, source), { firmware, source });
  const queue = [...jobs.values()].entries();
  const work = async (): Promise<void> => {
    for (const [at, job] of queue) {
      const object = path.join(folder, `${at}.o`);
      await compile(toolchain, job.firmware, job.source, object);
      job.symbols = await symbolsOf(toolchain, object);
      if (!/\bmx(Debug|Instrument)\b/.test(await readFile(path.join(loamRoot, job.source), "utf8"))) continue;
      await compile(toolchain, job.firmware, job.source, object, { isDebug: true });
      for (const name of (await symbolsOf(toolchain, object)).wanted) job.symbols.wanted.add(name);
    }
  };
  const folder = await mkdtemp(path.join(tmpdir(), "loam-esp32-"));
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, work));
  } finally {
    await rm(folder, { recursive: true });
  }
  return all.map((firmware) => ({
    firmware,
    objects: new Map(firmware.sources.map((source) => [source, jobs.get(keyOf(firmware, source))!.symbols!])),
  }));
}
