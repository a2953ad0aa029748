import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { boardPackages } from "../board/toolchains.js";
import { MissingTool } from "../lib/errors.js";

/** Where the loader puts files; platform/chip.h and start.S have the same. */
export const addresses = { image: 0x81000000, files: 0x82000000 } as const;

const emulator = "qemu-system-riscv32";

/** Starts the emulator. One instruction is one tick of its clock, so that each run is like any other. */
export function startEmulator(program: string, loaded: readonly { address: number; file: string }[]): ChildProcess {
  const loaders = loaded.flatMap(({ address, file }) => [
    "-device",
    `loader,file=${file},addr=0x${address.toString(16)},force-raw=on`,
  ]);
  const child = spawn(
    emulator,
    [
      ...["-machine", "virt", "-cpu", "rv32", "-m", "256M", "-bios", "none"],
      ...["-display", "none", "-monitor", "none", "-serial", "none"],
      ...["-semihosting-config", "enable=on,target=native", "-icount", "shift=0"],
      ...["-kernel", program, ...loaders],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  return child;
}

export const missingEmulator = (): MissingTool => new MissingTool(emulator, boardPackages);
