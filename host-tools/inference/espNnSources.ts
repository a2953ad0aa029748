import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { projectRoot } from "../lib/paths.js";
import type { CompileJob } from "../xs/builder/compile.js";

const shim = path.join(projectRoot, "native/inference/espnn/microEspNn.c");

/** The one line for whoever wants to try esp-nn's kernels on this machine. */
export const whereToGetEspNn = "set ESP_NN_DIR to a checkout of esp-nn: git clone https://github.com/espressif/esp-nn && export ESP_NN_DIR=$PWD/esp-nn";

/** The checkout that ESP_NN_DIR names, undefined when it is not set. @throws UserError when it is set and holds something else */
export function espNnFolder(): string | undefined {
  const folder = process.env["ESP_NN_DIR"];
  if (!folder) return undefined;
  if (!existsSync(path.join(folder, "include/esp_nn.h"))) throw new UserError(`ESP_NN_DIR=${folder}: there is no include/esp_nn.h in it; ${whereToGetEspNn}`);
  return path.resolve(folder);
}

/**
 * Jobs of the shim and of esp-nn's kernels in C; those in a chip's assembler stay out.
 * @param flags of the engine
 * @param optimized the kernels for chips without vectors, instead of the plain ones
 * @throws UserError when ESP_NN_DIR is not set
 */
export function espNnJobs(flags: readonly string[], optimized: boolean): CompileJob[] {
  const root = espNnFolder();
  if (!root) throw new UserError(whereToGetEspNn);
  const includes = [`-isystem${path.join(root, "include")}`, `-isystem${path.join(root, "src/common")}`];
  const theirs = ["-std=gnu11", "-O2", "-w", "-fwrapv", ...includes];
  const kernels = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) => /_(ansi|opt)\.c$/.test(name));
  return [
    { source: shim, flags: [...flags, ...includes, ...(optimized ? ["-DCONFIG_NN_OPTIMIZED=1"] : [])] },
    ...kernels.map((name) => ({ source: path.join(root, "src", name), flags: theirs })),
  ];
}
