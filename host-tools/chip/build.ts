import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { boardPackages } from "../board/toolchains.js";
import { run } from "../lib/exec.js";
import { cacheRoot, loamRoot } from "../lib/paths.js";
import { compileAll, type CompileJob } from "../xs/builder/compile.js";
import {
  amended,
  engineIncludes,
  engineModules,
  engineRoot,
  language,
  limited,
  punned,
  parserBlocks,
  wayOf,
  xsRoot,
} from "../xs/builder/engine.js";
import { hashOf, hashOfFile } from "../xs/builder/hash.js";
import type { ProgramParts } from "../xs/builder/program.js";

const here = path.join(loamRoot, "host-tools/chip");
const sources = path.join(engineRoot, "sources");
const prefix = "riscv64-unknown-elf-";
const compiler = `${prefix}gcc`;
const target = ["--specs=picolibc.specs", "-misa-spec=2.2", "-march=rv32imc", "-mabi=ilp32"];

/** As the SDK compiles for the ESP32-C3. */
const common = [...target, "-Os", "-ffunction-sections", "-fdata-sections", "-fno-common", "-ffp-contract=off"];
const engine = [
  "-std=gnu99",
  "-fno-inline-functions",
  "-fno-jump-tables",
  "-w",
  "-DINCLUDE_XSPLATFORM",
  '-DXSPLATFORM="chipPlatform.h"',
  "-DmxNoConsole=1",
  "-DmxRun=1",
  // The parser, and the meter that stops a script.
  "-DmxParse=1",
  "-DmxMetering=1",
  ...language,
  // As XS of the SDK has by default.
  "-DmxBoundsCheck=1",
  `-I${path.join(here, "platform")}`,
  `-I${path.join(here, "world")}`,
  `-I${path.join(xsRoot, "platform")}`,
  `-I${path.join(xsRoot, "sim")}`,
  `-I${path.join(xsRoot, "sim/radio")}`,
  `-I${path.join(xsRoot, "sim/flash")}`,
  `-I${path.join(xsRoot, "sim/serial")}`,
  `-I${path.join(loamRoot, "native/lora")}`,
  `-I${path.join(loamRoot, "native/instruments")}`,
  `-I${path.join(loamRoot, "native/memory")}`,
  ...engineIncludes,
];
const ours = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-Wno-sign-compare"];

/** Files of ours that each compile one of XS. */
const ways = [
  path.join(xsRoot, "metered/meteredArray.c"),
  path.join(xsRoot, "metered/meteredre.c"),
  ...amended,
  parserBlocks,
];
/** Of XS: compiled by way of those, in other ways, or for the machine that develops. */
const replaced = new Set([...ways.map(wayOf), "xsRun.c", "xsMemory.c", "xsProfile.c", "xsSnapshot.c"]);
/** Flags of single files. */
const more: Record<string, readonly string[]> = { "xsDefaults.c": limited, "xsMapSet.c": punned };
/** Parts of the host program's platform that the chip has too. */
const shared = ["abort.c", "again.c", "loop.c", "modules.c", "natives.c", "scriptMachine.c"];
/** The simulation, which is the world's in every program: the manifest's C of these folders is not the chip's, except what binds it to script. */
const simulated = ["radio", "flash", "serial"].map((name) => path.join(xsRoot, "sim", name));
const bindings = ["simFlashBinding.c", "simSerialBinding.c"];
/** The world has other means than these: files of its own stand for them. */
const elsewhere = new Set(["simFlashFile.c", "airStream.c", "simSerial.c", "serialStream.c", ...bindings]);

const filesIn = async (folder: string, extension: string): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => path.join(folder, name));

/**
 * The program of a node for the emulated chip, without its script: XS, platform, natives, and the world with C library and memory of its own.
 * @throws MissingTool without the cross compiler
 */
export async function buildChipProgram(
  { sources: natives, generated, directories, defines }: ProgramParts,
  { byteCodes = false }: { byteCodes?: boolean } = {},
): Promise<string> {
  const platform = path.join(here, "platform");
  const world = path.join(here, "world");
  const withNatives = [...engine, `-I${generated}`, ...directories.map((directory) => `-I${directory}`), ...defines];
  const job = (source: string, flags: string[]): CompileJob => ({
    source,
    flags: [...common, ...flags],
    compiler,
    install: boardPackages,
  });
  const chip = [
    ...(await filesIn(sources, ".c"))
      .filter((file) => !replaced.has(path.basename(file)))
      .map((file) => job(file, [...engine, ...(more[path.basename(file)] ?? [])])),
    ...["collectHooks.c", "runHooks.c"].map((name) =>
      job(path.join(platform, name), [...engine, `-DLOAM_BYTE_CODES=${Number(byteCodes)}`, `-I${sources}`]),
    ),
    ...ways.map((file) => job(file, [...engine, `-I${sources}`])),
    ...(await filesIn(platform, ".c"))
      .filter((file) => !file.endsWith("Hooks.c"))
      .map((file) => job(file, [...withNatives, ...ours])),
    ...(await filesIn(platform, ".S")).map((file) => job(file, [])),
    ...shared.map((name) => job(path.join(xsRoot, "platform", name), [...engine, ...ours])),
    job(path.join(xsRoot, "sim/simSleep.c"), [...withNatives, ...ours]),
    ...["instruments/esp32/instrumentsEsp32.c", "memory/esp32/memoryEsp32.c"].map((name) =>
      job(path.join(loamRoot, "native", name), [...withNatives, ...ours]),
    ),
    job(path.join(generated, "hostNatives.c"), withNatives),
    ...natives
      .filter((file) => !simulated.includes(path.dirname(file)) || bindings.includes(path.basename(file)))
      .map((file) => job(file, [...withNatives, ...(file.startsWith(engineModules) ? [] : ours)])),
  ];
  const simulation = (await Promise.all(simulated.map((folder) => filesIn(folder, ".c")))).flat();
  const others = [
    ...(await filesIn(world, ".c")),
    ...["clock.c", "powered.c", "poweredReport.c", "resets.c", "simWatchdog.c"].map((name) =>
      path.join(xsRoot, "sim", name),
    ),
    ...simulation.filter((file) => !elsewhere.has(path.basename(file))),
    path.join(loamRoot, "native/lora/airtime.c"),
  ].map((file) => job(file, [...engine, ...ours]));
  const [chipObjects, worldObjects] = [await compileAll(chip), await compileAll(others)];
  const script = path.join(platform, "chip.ld");
  const folder = path.join(cacheRoot, "chip");
  const program = path.join(
    folder,
    `${hashOf(hashOfFile(script) ?? "", ...chipObjects.map(({ state }) => state), ...worldObjects.map(({ state }) => state))}.elf`,
  );
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const worldObject = `${unfinished}.world.o`;
  const options = { install: boardPackages };
  try {
    await run(
      compiler,
      [
        ...target,
        "-r",
        "-nostdlib",
        "-Wl,--no-gc-sections",
        `-T${path.join(world, "world.ld")}`,
        "-o",
        worldObject,
        ...worldObjects.map(({ object }) => object),
        "-Wl,--start-group",
        "-lc",
        "-lm",
        "-lsemihost",
        "-lgcc",
        "-Wl,--end-group",
      ],
      options,
    );
    await run(`${prefix}objcopy`, ["--prefix-symbols=world_", "--prefix-alloc-sections=.world", worldObject], options);
    await run(
      compiler,
      [
        ...target,
        "-nostartfiles",
        `-T${script}`,
        "-Wl,--gc-sections,--no-warn-rwx-segments",
        "-o",
        unfinished,
        ...chipObjects.map(({ object }) => object),
        worldObject,
        "-lm",
      ],
      options,
    );
    await rename(unfinished, program);
  } finally {
    await rm(worldObject, { force: true });
  }
  return program;
}

/** XS's files that turn a text into code: all that a node without app scripts as text would not need. */
const parserFiles = [
  ...["Code", "Lexical", "Scope", "Syntaxical", "Tree"].map((name) => path.join(sources, `xs${name}.c`)),
  parserBlocks,
];

/** Symbols with code or constants in flash, and their bytes. */
async function symbolsIn(file: string): Promise<Map<string, number>> {
  const text = await run(`${prefix}nm`, ["--print-size", "--defined-only", file], { install: boardPackages });
  const rows = text.split("\n").map((line) => line.split(" "));
  return new Map(
    rows.flatMap(([, size, type, name]): [string, number][] =>
      name !== undefined && /^[tTrR]$/.test(type!) ? [[name, Number.parseInt(size!, 16)]] : [],
    ),
  );
}

/** Bytes of flash of XS's parser in a program that buildChipProgram has made. */
export async function parserBytes(program: string): Promise<number> {
  const jobs = parserFiles.map((source) => ({
    source,
    flags: [...common, ...engine, `-I${sources}`],
    compiler,
    install: boardPackages,
  }));
  const linked = await symbolsIn(program);
  let bytes = 0;
  for (const { object } of await compileAll(jobs))
    for (const name of (await symbolsIn(object)).keys()) bytes += linked.get(name) ?? 0;
  return bytes;
}

/** Functions of a program that buildChipProgram has made, by their addresses. */
export async function functionNames(file: string): Promise<Map<number, string>> {
  const text = await run(`${prefix}nm`, ["--defined-only", file], { install: boardPackages });
  const rows = text.split("\n").map((line) => line.split(" "));
  return new Map(
    rows.flatMap(([address, type, name]): [number, string][] =>
      name !== undefined && /^[tT]$/.test(type!) && !name.startsWith(".") && !name.startsWith("$")
        ? [[Number.parseInt(address!, 16), name]]
        : [],
    ),
  );
}
