/** TensorFlow Lite Micro from TFLM_DIR on the emulated RV32IMC board, in the same harness as our engine. */
import path from "node:path";
import { MissingTool } from "../lib/errors.js";
import { run } from "../lib/exec.js";
import { loamRoot } from "../lib/paths.js";
import { operatorsDefine } from "../inference/operators.js";
import { tflmJobs } from "../inference/tflmSources.js";
import { compileAll, link, type CompileJob } from "../xs/builder/compile.js";
import { harnessFlags, harnessSources } from "./sources.js";
import { here, toolchains, type Engine } from "./toolchains.js";

/**
 * Folders of the C++ library's headers of this machine. Debian's compiler for RISC-V comes without any; only templates are used of these.
 * @throws MissingTool when there is no compiler here, or one with another library than GNU's
 */
async function cxxHeaders(): Promise<string[]> {
  const install = "apt-get install g++";
  const text = await run("c++", ["-E", "-x", "c++", "-include", "new", "/dev/null"], { install });
  const folders = ["new", "bits/c++config.h"].map(
    (name) =>
      text
        .split("\n")
        .find((line) => line.startsWith("# ") && line.includes(`/${name}"`))
        ?.split('"')[1],
  );
  if (folders.includes(undefined)) throw new MissingTool("the GNU C++ library", install);
  return folders.map((file, i) => file!.slice(0, -["/new", "/bits/c++config.h"][i]!.length));
}

/**
 * Compiles TensorFlow Lite Micro and `main` once for each state of the sources; minutes at the first time.
 * @param operators BuiltinOperator names to build in; default: all
 * @returns the program's file
 * @throws UserError when TFLM_DIR is not set, or ESP_NN_DIR for tflm-esp-nn; MissingTool without a compiler
 */
export async function buildTflm(
  engine: Exclude<Engine, "micro">,
  main: string,
  operators?: readonly string[],
): Promise<string> {
  const { compiler, install, compile, link: linking } = toolchains.rv32;
  const cxxCompiler = compiler.replace(/gcc$/, "g++");
  const sections = ["-ffunction-sections", "-fdata-sections"];
  const library = [path.join(here, "tflm/headers"), ...(await cxxHeaders())];
  // -I: they include the C library's headers as the next ones of the same name.
  const flags = [...compile, ...sections, ...library.map((folder) => `-I${folder}`)];
  const theirs = tflmJobs({
    compiler,
    cxxCompiler,
    install,
    flags,
    defines: operators ? [`-DINFERENCE_OPERATORS=${operatorsDefine(operators)}`] : [],
    espNn: engine === "tflm-esp-nn",
  });
  const ours = `-I${path.join(loamRoot, "native/inference")}`;
  const harness = harnessSources("rv32", main).map((source): CompileJob => ({
    source,
    flags: ["-O3", ...harnessFlags, ours, ...compile],
    compiler,
    install,
  }));
  const runtime = {
    source: path.join(here, "tflm/runtime.cc"),
    flags: ["-O3", "-fno-rtti", "-fno-exceptions", `-I${here}`, ours, ...flags],
    compiler: cxxCompiler,
    install,
  };
  return await link(await compileAll([...harness, runtime, ...theirs]), [...compile, ...linking], compiler);
}
