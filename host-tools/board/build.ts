import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { operatorsDefine } from "../inference/operators.js";
import { MissingTool, UserError } from "../lib/errors.js";
import { run } from "../lib/exec.js";
import { cacheRoot, loamRoot } from "../lib/paths.js";

const here = path.join(loamRoot, "host-tools/board");
const inference = path.join(loamRoot, "native/inference");

/** The command that installs everything that the emulated board needs. */
export const boardPackages = "apt-get install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc";

export type Target = "host" | "rv32";

export interface HarnessBuild {
  /** BuiltinOperator names to build in; default: all. */
  operators?: readonly string[];
  /** Address and undefined-behaviour sanitizers; host only. */
  sanitize?: boolean;
  /** Further definitions, as NAME=VALUE. */
  defines?: readonly string[];
  /** Optimization, default -O3. */
  optimize?: "-O2" | "-O3" | "-Os";
}

const common = [
  "-std=c99",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-ffp-contract=off",
  "-ffunction-sections",
  "-fdata-sections",
  `-I${inference}`,
];
const toolchains = {
  host: {
    compiler: process.env["CC"] ?? "cc",
    install: "apt-get install gcc",
    compile: ["-D_POSIX_C_SOURCE=199309L"],
    coldFlags: [],
    link: ["-lm"],
  },
  rv32: {
    compiler: "riscv64-unknown-elf-gcc",
    install: boardPackages,
    compile: ["--specs=picolibc.specs", "-misa-spec=2.2", "-march=rv32imc", "-mabi=ilp32"],
    /* For cold code: functions save registers by library calls, which saves a tenth of the code but costs a few instructions per call. */
    coldFlags: ["-Os", "-msave-restore"],
    link: [
      "-nostartfiles",
      "-Wl,--gc-sections",
      `-T${path.join(here, "board.ld")}`,
      "-Wl,--no-warn-rwx-segments",
      "-lm",
    ],
  },
};

async function sources(target: Target, main: string): Promise<string[]> {
  const micro = (await readdir(path.join(inference, "micro"))).filter((name) => name.endsWith(".c")).sort();
  const own = main === "hostMain.c" || main === "boardMain.c" ? ["harness.c", main] : [main];
  return [
    ...micro.map((name) => path.join(inference, "micro", name)),
    ...own.map((name) => path.resolve(here, name)),
    ...(target === "rv32" ? [path.join(here, "start.S")] : []),
  ];
}

/** Builds running in this process, so that several callers wait for the same one. */
const builds = new Map<string, Promise<string>>();

/**
 * Compiles the engine and `main` (a file of this folder, or a path) once for each state of the sources and flags.
 * @returns the program's file
 */
export async function buildProgram(target: Target, main: string, options: HarnessBuild = {}): Promise<string> {
  const { compiler, install, compile, coldFlags, link } = toolchains[target];
  const files = await sources(target, main);
  const flags = [options.optimize ?? "-O3", ...common, ...compile];
  if (options.operators) flags.push(`-DINFERENCE_OPERATORS=${operatorsDefine(options.operators)}`);
  flags.push(...(options.defines ?? []).map((define) => `-D${define}`));
  if (options.sanitize) flags.push("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all");
  const hash = createHash("sha256").update(JSON.stringify([compiler, flags, coldFlags, link, main]));
  const headers = (await readdir(path.join(inference, "micro")))
    .filter((name) => name.endsWith(".h"))
    .map((name) => path.join(inference, "micro", name));
  for (const file of [
    ...files,
    ...headers,
    path.join(inference, "backend.h"),
    path.join(inference, "inferenceOptions.h"),
    path.join(here, "harness.h"),
    path.join(here, "board.ld"),
  ])
    hash.update(await readFile(file));
  const folder = path.join(cacheRoot, "board");
  const program = path.join(folder, `${target}-${hash.digest("hex").slice(0, 16)}`);
  const running = builds.get(program) ?? compileOnce();
  builds.set(program, running);
  return running;

  async function compileOnce(): Promise<string> {
    if (existsSync(program)) return program;
    await mkdir(folder, { recursive: true });
    const unfinished = `${program}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    const objects = `${unfinished}.objects`;
    await mkdir(objects);
    try {
      const others: string[] = [],
        cold: string[] = [];
      for (const file of files)
        (coldFlags.length && (await readFile(file, "utf8")).includes('#include "microSmall.h"') ? cold : others).push(
          file,
        );
      if (cold.length) await run(compiler, [...flags, ...coldFlags, "-c", ...cold], { install, cwd: objects });
      await run(
        compiler,
        [
          ...flags,
          "-o",
          unfinished,
          ...others,
          ...(await readdir(objects)).sort().map((name) => path.join(objects, name)),
          ...link,
        ],
        { install },
      );
      await rename(unfinished, program);
    } catch (error) {
      // The compiler is installed without its C library, which is a separate package.
      if (error instanceof UserError && error.message.includes("picolibc.specs"))
        throw new MissingTool("picolibc", install);
      throw error;
    } finally {
      await rm(objects, { recursive: true, force: true });
    }
    return program;
  }
}

/** Bytes of code and constants that the engine adds to an RV32IMC program, including what it needs of the C library. */
export async function engineText(options: HarnessBuild = {}): Promise<number> {
  const program = await buildProgram("rv32", "sizeMain.c", options);
  const sizes = await run("riscv64-unknown-elf-size", ["-A", program], { install: boardPackages });
  return [...sizes.matchAll(/^\.(?:text|rodata|data)\s+(\d+)/gm)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}
