import { readdirSync } from "node:fs";
import path from "node:path";
import { compileAll, link } from "../../host-tools/xs/builder/compile.js";
import { withLock } from "../../host-tools/lib/lock.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";

const folder = (name: string): string => path.join(loamRoot, name);
const lora = folder("native/lora");
const sim = folder("host-tools/xs/sim");
const bench = folder("test/radio/native");
const includes = [lora, sim, path.join(sim, "radio"), bench].map((directory) => `-I${directory}`);
const strict = [
  "-std=c99",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wno-unknown-warning-option",
  "-ffp-contract=off",
  ...includes,
];
/** The simulated board shares memory between programs by mmap. */
const forPosix = ["-D_GNU_SOURCE"];
export const sanitizers = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"];

const cFiles = (directory: string, leaveOut: RegExp): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".c") && !leaveOut.test(name))
    .map((name) => path.join(directory, name));

/** Drivers without XS, crypto, airtime. */
const driverFiles = cFiles(lora, /Binding\.c$/);
/** The simulated board and chips; without sleep, and without the part that joins a whole program to the air. */
const simFiles = [...cFiles(sim, /^simSleep\.c$/), ...cFiles(path.join(sim, "radio"), /^(airPort|simLoraHal)\.c$/)];

/** What a program is made of, beside drivers and chips. */
const parts: Record<string, string[]> = {
  driver: ["driver", "errata", "board", "windows", "chip", "chip127x", "talk", "bench"],
  fuzz: ["fuzz", "bench"],
};

let last: Promise<unknown> = Promise.resolve();

/**
 * Builds a C program of test/radio/native with the drivers and the simulated chips.
 * @param flags for all sources, e.g. sanitizers
 * @param driverFlags for the drivers only, e.g. a workaround to leave out
 * @returns the executable
 */
export async function buildProgram(name: string, flags: string[], driverFlags: string[] = []): Promise<string> {
  const own = (parts[name] ?? [name]).map((part) => path.join(bench, `${part}.c`));
  const jobs = [
    ...driverFiles.map((source) => ({ source, flags: [...strict, ...flags, ...driverFlags] })),
    ...simFiles.map((source) => ({ source, flags: [...strict, ...forPosix, ...flags] })),
    ...own.map((source) => ({ source, flags: [...strict, ...flags] })),
  ];
  const build = () =>
    withLock(
      path.join(buildRoot, "radio", "build.lock"),
      async () => await link(await compileAll(jobs), [...flags, "-lm"]),
    );
  // One at a time: the programs share objects.
  const program = last.then(build, build);
  last = program;
  return await program;
}
