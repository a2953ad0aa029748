import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { loamRoot } from "../lib/paths.js";
import type { CompileJob } from "../xs/builder/compile.js";
import { espNnKernels, type CrossCompiler } from "./espNnSources.js";

const shim = path.join(loamRoot, "native/inference/tflm");

/** How to get TensorFlow Lite Micro on this machine. */
export const whereToGetTflm =
  "set TFLM_DIR to a checkout of TensorFlow Lite Micro: git clone https://github.com/espressif/esp-tflite-micro && export TFLM_DIR=$PWD/esp-tflite-micro";

/** Kernels that call esp-nn, each in place of the one of the same name in micro/kernels. */
const espNnKernelFolder = "tensorflow/lite/micro/kernels/esp_nn";
const marks = ["tensorflow/lite/micro/micro_interpreter.h", "CMakeLists.txt", espNnKernelFolder];

/** The checkout that TFLM_DIR names, undefined when it is not set. @throws UserError when it is set and holds something else */
export function tflmFolder(): string | undefined {
  const folder = process.env["TFLM_DIR"];
  if (!folder) return undefined;
  const missing = marks.find((mark) => !existsSync(path.join(folder, mark)));
  if (missing)
    throw new UserError(
      `TFLM_DIR=${folder}: there is no ${missing} in it, as there is in Espressif's component; ${whereToGetTflm}`,
    );
  return path.resolve(folder);
}

/** Folders whose sources the component's CMakeLists.txt compiles, as far as a model needs them; the linker drops the rest. */
const folders = [
  "micro",
  "micro/kernels",
  "micro/tflite_bridge",
  "micro/arena_allocator",
  "micro/memory_planner",
  "core/c",
  "core/api",
  "kernels",
  "kernels/internal",
  "kernels/internal/reference",
];
/** Of the signal library, whose operators are custom ones. */
const signalFolders = ["micro/kernels", "src", "src/kiss_fft_wrappers"];
const notForHosts =
  /(^|\/)(test_|fake_|mock_|kernel_runner|ethosu|hexdump|\w+_test)|_test_helpers|circular_buffer_flexbuffers|non_persistent_buffer_planner_shim/;

/** How TensorFlow Lite Micro is compiled for something else than this machine. */
export interface TflmBuild extends CrossCompiler {
  /** Of the C++ compiler, besides `compiler`, which is for C. */
  cxxCompiler: string;
  /** Definitions for the shim, as -DNAME=VALUE. */
  defines: string[];
  /** Espressif's kernels instead of the reference ones, where the component has them. */
  espNn: boolean;
}

/**
 * Jobs of the shim and of TensorFlow Lite Micro, for this machine with its reference kernels where nothing else is asked for.
 * @throws UserError when TFLM_DIR is not set, or ESP_NN_DIR with espNn
 */
export function tflmJobs(build?: TflmBuild): CompileJob[] {
  const root = tflmFolder();
  if (!root) throw new UserError(`backend tflm: ${whereToGetTflm}`);
  const includes = [
    root,
    "third_party/gemmlowp",
    "third_party/flatbuffers/include",
    "third_party/ruy",
    "third_party/kissfft",
  ].map((folder) => `-isystem${path.resolve(root, folder)}`);
  const kernels = build?.espNn ? espNnKernels(true, build) : undefined;
  const espNn = kernels ? readdirSync(path.join(root, espNnKernelFolder)).filter((name) => name.endsWith(".cc")) : [];
  const listed = readFileSync(path.join(root, "CMakeLists.txt"), "utf8");
  const theirs = [
    "-x",
    "c++",
    "-std=gnu++14",
    build ? "-O3" : "-O2",
    "-w",
    "-DTF_LITE_STATIC_MEMORY",
    "-DTF_LITE_DISABLE_X86_NEON",
    "-fno-rtti",
    "-fno-exceptions",
    "-fno-threadsafe-statics",
    ...(kernels ? ["-DESP_NN", ...kernels.flags] : []),
    ...(build?.flags ?? []),
    ...includes,
  ];
  const lite = folders.flatMap((folder) =>
    readdirSync(path.join(root, "tensorflow/lite", folder))
      // A folder that CMakeLists.txt does not glob is compiled in part: only the files that it lists.
      .filter(
        (name) =>
          name.endsWith(".cc") &&
          !notForHosts.test(name) &&
          !(folder === "micro/kernels" && espNn.includes(name)) &&
          (folder === "micro/kernels" || folder === "micro/tflite_bridge" || listed.includes(`/${name}"`)),
      )
      .map((name) => path.join(root, "tensorflow/lite", folder, name)),
  );
  const signal = signalFolders.flatMap((folder) =>
    readdirSync(path.join(root, "signal", folder))
      .filter((name) => name.endsWith(".cc"))
      .map((name) => path.join(root, "signal", folder, name)),
  );
  const schema = ["core/api/error_reporter.cc", "schema/schema_utils.cc"].map((name) =>
    path.join(root, "tensorflow/compiler/mlir/lite", name),
  );
  // As mcconfig compiles the shim: by the compiler's own standard, with type information and exceptions, which the component is without. The emulated board has no library for them.
  const ours = [
    "-x",
    "c++",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    `-I${path.dirname(shim)}`,
    ...(build ? ["-fno-rtti", "-fno-exceptions", ...build.flags, ...build.defines] : []),
    ...includes,
  ];
  const cxx = build && { compiler: build.cxxCompiler, install: build.install };
  return [
    ...readdirSync(shim)
      .filter((name) => name.endsWith(".cc"))
      .map((name) => ({ source: path.join(shim, name), flags: ours, ...cxx })),
    ...[...lite, ...signal, ...schema, ...espNn.map((name) => path.join(root, espNnKernelFolder, name))].map(
      (source) => ({
        source,
        flags: theirs,
        ...cxx,
      }),
    ),
    ...(kernels?.jobs ?? []),
  ];
}
