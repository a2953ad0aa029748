import path from "node:path";
import { loamRoot } from "../lib/paths.js";

export const here = path.join(loamRoot, "host-tools/board");

/** The command that installs everything that the emulated RV32IMC board needs. */
export const boardPackages = "apt-get install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc";
/** The same for the emulated LX6 board. */
export const lx6Packages = "apt-get install gcc-xtensa-lx106 picolibc-xtensa-lx106-elf qemu-system-misc";

/** Emulated boards, by their instruction set. */
export const boardNames = ["rv32", "lx6"] as const;
export type Board = (typeof boardNames)[number];
export type Target = "host" | Board;
export const isBoard = (target: Target): target is Board => target !== "host";

export interface Toolchain {
  compiler: string;
  install: string;
  compile: readonly string[];
  /** For cold code. */
  coldFlags: readonly string[];
  link: readonly string[];
  /** Of native/inference. */
  engine: readonly string[];
  /** Sources of this folder that every program has. */
  sources: readonly string[];
}

/** What computes the models: our engine, or TensorFlow Lite Micro with its reference kernels or with Espressif's. */
export const engines = ["micro", "tflm", "tflm-esp-nn"] as const;
export type Engine = (typeof engines)[number];

const linkBoard = (board: Board): string[] => [
  "-nostartfiles",
  "-Wl,--gc-sections",
  `-T${path.join(here, `${board}.ld`)}`,
  "-Wl,--no-warn-rwx-segments",
  "-lm",
];

export const toolchains: Readonly<Record<Target, Toolchain>> = {
  host: {
    compiler: process.env["CC"] ?? "cc",
    install: "apt-get install gcc",
    compile: ["-D_POSIX_C_SOURCE=199309L"],
    coldFlags: [],
    link: ["-lm"],
    engine: ["micro"],
    sources: [],
  },
  rv32: {
    compiler: "riscv64-unknown-elf-gcc",
    install: boardPackages,
    compile: ["--specs=picolibc.specs", "-misa-spec=2.2", "-march=rv32imc", "-mabi=ilp32"],
    /* Functions save registers by library calls, which saves a tenth of the code but costs a few instructions per call. */
    coldFlags: ["-Os", "-msave-restore"],
    link: linkBoard("rv32"),
    engine: ["micro"],
    sources: ["rv32.S", "rv32.c"],
  },
  lx6: {
    compiler: "xtensa-lx106-elf-gcc",
    install: lx6Packages,
    compile: ["-mtext-section-literals", "-DINFERENCE_MAC16=1"],
    coldFlags: ["-Os"],
    link: linkBoard("lx6"),
    engine: ["micro", "lx6"],
    sources: ["lx6.S", "lx6.c", "lx6Arithmetic.c"],
  },
};
