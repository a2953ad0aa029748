import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import type { CompileJob } from "../xs/builder/compile.js";

/** How to get esp-nn's kernels on this machine. */
export const whereToGetEspNn =
  "set ESP_NN_DIR to a checkout of esp-nn: git clone https://github.com/espressif/esp-nn && export ESP_NN_DIR=$PWD/esp-nn";

/** The checkout that ESP_NN_DIR names, undefined when it is not set. @throws UserError when it is set and holds something else */
export function espNnFolder(): string | undefined {
  const folder = process.env["ESP_NN_DIR"];
  if (!folder) return undefined;
  if (!existsSync(path.join(folder, "include/esp_nn.h")))
    throw new UserError(`ESP_NN_DIR=${folder}: there is no include/esp_nn.h in it; ${whereToGetEspNn}`);
  return path.resolve(folder);
}

/** Kernels with esp-nn's API: what the shim is compiled with to see it, and what makes them. */
export interface EspNnKernels {
  flags: string[];
  jobs: CompileJob[];
}

/** A compiler for another machine than this. */
export interface CrossCompiler {
  compiler: string;
  /** The command that installs it. */
  install: string;
  /** Of the machine. */
  flags: string[];
}

/**
 * esp-nn's own kernels in C; those in a chip's assembler stay out.
 * @param optimized the ones for chips without vectors, instead of the plain ones
 * @param cross compiles them for another machine
 * @throws UserError when ESP_NN_DIR is not set
 */
export function espNnKernels(optimized: boolean, cross?: CrossCompiler): EspNnKernels {
  const root = espNnFolder();
  if (!root) throw new UserError(whereToGetEspNn);
  const includes = [`-isystem${path.join(root, "include")}`, `-isystem${path.join(root, "src/common")}`];
  // On this machine an overflow of theirs must not end a sanitized test. On a board they are compared at the other engines' -O3; the component's own -O2 takes up to 6 % more.
  const theirs = ["-std=gnu11", cross ? "-O3" : "-O2", "-w", ...(cross?.flags ?? ["-fwrapv"]), ...includes];
  const kernels = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
    /_(ansi|opt)\.c$/.test(name),
  );
  return {
    flags: [...includes, ...(optimized ? ["-DCONFIG_NN_OPTIMIZED=1"] : [])],
    jobs: kernels.map((name) => ({
      source: path.join(root, "src", name),
      flags: theirs,
      ...(cross && { compiler: cross.compiler, install: cross.install }),
    })),
  };
}
