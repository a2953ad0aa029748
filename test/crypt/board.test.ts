import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { runBoard } from "../../host-tools/board/index.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { board, needs, rv32Compiler } from "../helpers/needs.js";

const folder = path.join(loamRoot, "native/crypt");
const coreFiles = readdirSync(folder)
  .filter((name) => name.endsWith(".c") && !name.endsWith("Binding.c"))
  .map((name) => path.join(folder, name));
const flags = ["--specs=picolibc.specs", "-misa-spec=2.2", "-march=rv32imc", "-mabi=ilp32", "-std=c99", "-Os"];

/** As the firmware is compiled. */
function compile(args: readonly string[]): void {
  execFileSync("riscv64-unknown-elf-gcc", [...flags, `-I${folder}`, ...args]);
}

/** 10 ms at 160 MHz: as long as a step of a block's MIC takes. */
const mostOfStep = 1.6e6;
const built = path.join(buildRoot, "test");

needs(rv32Compiler)("SHA-2 and Ed25519 take at most 6.5 KB on RV32IMC, and no static RAM", (t) => {
  mkdirSync(built, { recursive: true });
  const objects = coreFiles.map((file) => {
    const object = path.join(built, `crypt-${process.pid}-${path.basename(file)}.o`);
    compile(["-c", file, "-o", object]);
    return object;
  });
  const sizes = execFileSync("riscv64-unknown-elf-size", objects, { encoding: "utf8" }).trim().split("\n").slice(1);
  const [code, data, zeroed] = [0, 1, 2].map((column) =>
    sizes.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[column]), 0),
  ) as [number, number, number];
  t.log(`${code} bytes of code and constants`);
  t.true(code > 1000 && code <= 6656);
  t.deepEqual([data, zeroed], [0, 0]);
});

needs(board)(
  "a verification takes at most 8 million instructions on RV32IMC, a step of it at most 1.6: 50 ms and 10 ms at 160 MHz",
  async (t) => {
    mkdirSync(built, { recursive: true });
    const program = path.join(built, `crypt-board-${process.pid}`);
    const harness = path.join(loamRoot, "host-tools/board");
    compile([
      ...coreFiles,
      path.join(loamRoot, "test/crypt/boardCrypt.c"),
      path.join(harness, "rv32.S"),
      "-nostartfiles",
      `-T${path.join(harness, "rv32.ld")}`,
      "-Wl,--no-warn-rwx-segments",
      "-o",
      program,
    ]);
    const [short = NaN, isValid, step = NaN, part = NaN, long = NaN, isLongValid] = (await runBoard(program, []))
      .trim()
      .split("\n")
      .map(Number);
    t.log(`${short} instructions, with 1,024 bytes of message ${long}; the longest step ${step}, 2,048 bytes ${part}`);
    t.deepEqual([isValid, isLongValid], [1, 0]);
    t.true(short > 1e6 && short < 8e6);
    t.true(long < short + 1e6);
    t.true(step > short / 20 && step < mostOfStep, `${step}`);
    t.true(part > 1e5 && part < mostOfStep, `${part}`);
  },
);
