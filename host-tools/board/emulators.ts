import { run } from "../lib/exec.js";
import { toolchains, type Board } from "./toolchains.js";

interface Emulator {
  command: string;
  args: readonly string[];
  /** Where the emulator's loader finds RAM; a core may see it elsewhere. */
  memory: number;
}

const emulators: Readonly<Record<Board, Emulator>> = {
  rv32: {
    command: "qemu-system-riscv32",
    args: ["-machine", "virt", "-cpu", "rv32", "-m", "256M", "-bios", "none", "-serial", "stdio", "-icount", "shift=0"],
    memory: 0x80000000,
  },
  lx6: {
    command: "qemu-system-xtensa",
    args: ["-machine", "sim", "-cpu", "dc232b", "-m", "128M", "-semihosting", "-serial", "none", "-icount", "shift=6"],
    memory: 0,
  },
};

/**
 * Runs a program on an emulated board, with files in its memory. One instruction is one tick of the clock that the program reads, so that it counts
 * instructions exactly, and every run gives the same count.
 * @param files by their distance from the start of RAM
 * @returns what it writes
 */
export async function runBoard(
  program: string,
  files: readonly [offset: number, file: string][],
  board: Board = "rv32",
): Promise<string> {
  const { command, args, memory } = emulators[board];
  const loaders = files.flatMap(([offset, file]) => [
    "-device",
    `loader,file=${file},addr=0x${(memory + offset).toString(16)},force-raw=on`,
  ]);
  return await run(command, [...args, "-nographic", "-monitor", "none", "-kernel", program, ...loaders], {
    install: toolchains[board].install,
    timeout: 300_000,
    stdin: "ignore",
  });
}
