import { existsSync, readdirSync } from "node:fs";
import { arch, platform } from "node:os";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { loamRoot, packageFolder } from "../lib/paths.js";
import { compileAll, link, type CompileJob } from "../xs/builder/compile.js";
import type { EspNnKernels } from "./espNnSources.js";
import { tflmJobs } from "./tflmSources.js";

/** The backends: our engine, TensorFlow Lite Micro, or desktop TensorFlow Lite. */
export type Backend = "micro" | "tflm" | "tflite";
export const backends: readonly Backend[] = ["micro", "tflm", "tflite"];

const here = path.join(loamRoot, "host-tools/inference");
const engine = path.join(loamRoot, "native/inference");
const tfliteRoot = path.join(packageFolder("tfjs-tflite-node"), "cc_deps");
const strict = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off"];

/** Where npm put TensorFlow Lite's library for this machine. */
function tfliteLibrary(): string {
  const folder = `${platform()}_${arch() === "x64" ? "amd64" : arch()}`;
  const library = path.join(
    tfliteRoot,
    folder,
    platform() === "darwin" ? "libtensorflowlite_c.dylib" : "libtensorflowlite_c.so",
  );
  if (!existsSync(library))
    throw new UserError(
      `backend tflite: tfjs-tflite-node has no TensorFlow Lite library for ${platform()} on ${arch()} (it has linux x64 and arm64, and darwin arm64)`,
    );
  return library;
}

const sourcesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".c"))
    .map((name) => path.join(folder, name));

interface Recipe {
  jobs: CompileJob[];
  flags: string[];
}

function recipe(backend: Backend): Recipe {
  if (backend === "tflite") {
    const library = tfliteLibrary();
    const flags = [...strict, `-isystem${path.join(tfliteRoot, "include")}`];
    return {
      jobs: [{ source: path.join(here, "tfliteRunner.c"), flags }],
      flags: [library, `-Wl,-rpath,${path.dirname(library)}`],
    };
  }
  const runner = { source: path.join(here, "runner.c"), flags: [...strict, `-I${engine}`] };
  if (backend === "tflm") {
    // Signals are POSIX, not C99.
    const flags = [...runner.flags, "-DRUNNER_TFLM=1", "-D_POSIX_C_SOURCE=200809L"];
    return { jobs: [{ ...runner, flags }, ...tflmJobs()], flags: ["-lstdc++", "-lm"] };
  }
  const jobs = sourcesIn(path.join(engine, "micro")).map((source) => ({ source, flags: [...strict, `-I${engine}`] }));
  return { jobs: [runner, ...jobs], flags: ["-lm"] };
}

/** The engine's planner as a program: see microPlan.c. */
function planRecipe(): Recipe {
  const folder = path.join(engine, "micro");
  const flags = [...strict, `-I${engine}`, `-I${folder}`];
  return {
    jobs: [path.join(here, "microPlan.c"), ...sourcesIn(folder)].map((source) => ({ source, flags })),
    flags: ["-lm"],
  };
}

const built = new Map<Backend | "plan", Promise<string>>();

function program(name: Backend | "plan"): Promise<string> {
  const known = built.get(name);
  if (known) return known;
  const building = (async () => {
    const { jobs, flags } = name === "plan" ? planRecipe() : recipe(name);
    return link(await compileAll(jobs), flags);
  })();
  building.catch(() => built.delete(name));
  built.set(name, building);
  return building;
}

/**
 * The program that runs models with a backend, compiled at its first use into build/.
 * @throws UserError when tflm is wanted and TFLM_DIR is not set; MissingTool without a C compiler
 */
export const inferenceProgram = (backend: Backend): Promise<string> => program(backend);

/** The same for micro with esp-nn's convolutions, whichever kernels these are. */
export async function espNnProgram({ flags, jobs }: EspNnKernels): Promise<string> {
  const ours = [...strict, `-I${engine}`, "-DINFERENCE_ESP_NN=1"];
  const micro = [path.join(here, "runner.c"), ...sourcesIn(path.join(engine, "micro"))].map((source) => ({
    source,
    flags: ours,
  }));
  const shim = sourcesIn(path.join(engine, "espnn")).map((source) => ({ source, flags: [...ours, ...flags] }));
  return link(await compileAll([...micro, ...shim, ...jobs]), ["-lm"]);
}

/** The program that prints micro's arena layout of a model. @throws MissingTool without a C compiler */
export const planProgram = (): Promise<string> => program("plan");
