import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { operatorsDefine } from "../inference/operators.js";
import { MissingTool, UserError } from "../lib/errors.js";
import { run } from "../lib/exec.js";
import { cacheRoot, loamRoot } from "../lib/paths.js";
import { compileObjects } from "./objects.js";
import { harnessFlags, harnessSources } from "./sources.js";
import { buildTflm } from "./tflm.js";
import { here, toolchains, type Board, type Engine, type Target } from "./toolchains.js";

const inference = path.join(loamRoot, "native/inference");

export interface HarnessBuild {
  /** Default micro. The others are for the rv32 board. */
  engine?: Engine;
  /** BuiltinOperator names to build in; default: all. */
  operators?: readonly string[];
  /** Address and undefined-behaviour sanitizers; host only. */
  sanitize?: boolean;
  /** Further definitions, as NAME=VALUE. */
  defines?: readonly string[];
  /** Optimization, default -O3. */
  optimize?: "-O2" | "-O3" | "-Os";
}

async function engineFiles(target: Target, ending: string): Promise<string[]> {
  const folders = await Promise.all(
    toolchains[target].engine.map(async (folder) => {
      const names = await readdir(path.join(inference, folder));
      return names.sort().map((name) => path.join(inference, folder, name));
    }),
  );
  return folders.flat().filter((name) => name.endsWith(ending));
}

/** The engine does not compile, whatever the model. */
export class FailedBuild extends UserError {}

/** Builds running in this process, so that several callers wait for the same one. */
const builds = new Map<string, Promise<string>>();

/**
 * Compiles the engine and `main` (a file of this folder, or a path) once for each state of the sources and flags.
 * @returns the program's file
 * @throws MissingTool without the compiler, FailedBuild when it fails
 */
export async function buildProgram(target: Target, main: string, options: HarnessBuild = {}): Promise<string> {
  try {
    return await programOf(target, main, options);
  } catch (error) {
    throw error instanceof UserError && !(error instanceof MissingTool) ? new FailedBuild(error.message) : error;
  }
}

async function programOf(target: Target, main: string, options: HarnessBuild): Promise<string> {
  if (options.engine && options.engine !== "micro") return await buildTflm(options.engine, main, options.operators);
  const { compiler, install, compile, coldFlags, link } = toolchains[target];
  const files = [...(await engineFiles(target, ".c")), ...harnessSources(target, main)];
  const flags = [options.optimize ?? "-O3", ...harnessFlags, ...compile];
  const defines = [...(options.defines ?? [])];
  if (options.operators) defines.push(`INFERENCE_OPERATORS=${operatorsDefine(options.operators)}`);
  if (options.sanitize) flags.push("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all");
  const hash = createHash("sha256").update(JSON.stringify([compiler, flags, defines, coldFlags, link, main]));
  for (const file of [
    ...files,
    ...(await engineFiles(target, ".h")),
    path.join(inference, "backend.h"),
    path.join(inference, "inferenceOptions.h"),
    path.join(here, "harness.h"),
    ...["rv32.ld", "lx6.ld", "board.h"].map((name) => path.join(here, name)),
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
    try {
      const cold: string[] = [],
        others: string[] = [];
      for (const file of files)
        (coldFlags.length && /^#include ".*microSmall\.h"/m.test(await readFile(file, "utf8")) ? cold : others).push(
          file,
        );
      const job = { compiler, install, defines, headers: inference };
      const objects = [
        ...(await compileObjects({ ...job, flags, sources: others })),
        ...(await compileObjects({ ...job, flags: [...flags, ...coldFlags], sources: cold })),
      ];
      await run(compiler, [...flags, "-o", unfinished, ...objects, ...link], { install });
      await rename(unfinished, program);
    } catch (error) {
      // The compiler is installed without its C library, which is a separate package.
      if (error instanceof UserError && /picolibc\.specs|string\.h: No such file/.test(error.message))
        throw new MissingTool("picolibc", install);
      throw error;
    }
    return program;
  }
}

/** Bytes of code and constants that the engine adds to a program for the board, including what it needs of the C library. */
export async function engineText(options: HarnessBuild = {}, board: Board = "rv32"): Promise<number> {
  const program = await buildProgram(board, "sizeMain.c", options);
  const { compiler, install } = toolchains[board];
  const sizes = await run(compiler.replace(/gcc$/, "size"), ["-A", program], { install });
  return [...sizes.matchAll(/^\.(?:text|rodata|data)\s+(\d+)/gm)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}
