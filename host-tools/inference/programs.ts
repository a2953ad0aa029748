import { existsSync, readdirSync } from "node:fs";
import { arch, platform } from "node:os";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { projectRoot } from "../lib/paths.js";
import { compileAll, link, type CompileJob } from "../xs/builder/compile.js";
import { tflmJobs } from "./tflmSources.js";

/** Who computes: our engine, TensorFlow Lite Micro, or desktop TensorFlow Lite. */
export type Backend = "micro" | "tflm" | "tflite";
export const backends: readonly Backend[] = ["micro", "tflm", "tflite"];

const here = path.join(projectRoot, "host-tools/inference");
const engine = path.join(projectRoot, "native/inference");
const judgeRoot = path.join(projectRoot, "node_modules/tfjs-tflite-node/cc_deps");
const strict = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off"];

/** Where npm put TensorFlow Lite's library for this machine. */
function judgeLibrary(): string {
  const folder = `${platform()}_${arch() === "x64" ? "amd64" : arch()}`;
  const library = path.join(judgeRoot, folder, platform() === "darwin" ? "libtensorflowlite_c.dylib" : "libtensorflowlite_c.so");
  if (!existsSync(library)) throw new UserError(`backend tflite: tfjs-tflite-node has no TensorFlow Lite library for ${platform()} on ${arch()} (it has linux x64 and arm64, and darwin arm64)`);
  return library;
}

const sourcesIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith(".c")).map((name) => path.join(folder, name));

function recipe(backend: Backend): { jobs: CompileJob[]; flags: string[] } {
  if (backend === "tflite") {
    const library = judgeLibrary();
    const flags = [...strict, `-isystem${path.join(judgeRoot, "include")}`];
    return { jobs: [{ source: path.join(here, "judge.c"), flags }], flags: [library, `-Wl,-rpath,${path.dirname(library)}`] };
  }
  const runner = { source: path.join(here, "runner.c"), flags: [...strict, `-I${engine}`] };
  if (backend === "tflm") return { jobs: [runner, ...tflmJobs()], flags: ["-lstdc++", "-lm"] };
  const jobs = sourcesIn(path.join(engine, "micro")).map((source) => ({ source, flags: [...strict, `-I${engine}`] }));
  return { jobs: [runner, ...jobs], flags: ["-lm"] };
}

const built = new Map<Backend, Promise<string>>();

/**
 * The program that runs models with a backend, compiled at its first use into build/.
 * @throws UserError when tflm is wanted and TFLM_DIR is not set; MissingTool without a C compiler
 */
export function inferenceProgram(backend: Backend): Promise<string> {
  const known = built.get(backend);
  if (known) return known;
  const program = (async () => {
    const { jobs, flags } = recipe(backend);
    return link(await compileAll(jobs), flags);
  })();
  program.catch(() => built.delete(backend));
  built.set(backend, program);
  return program;
}
