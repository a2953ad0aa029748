// Slow: builds a program for the emulated chip
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { board, needs } from "../helpers/needs.js";

const ram = 0x8a000000;
const rtc = 0x8a100000;

/** Addresses of host-tools/chip/chip.md, and what the chip may do there: r, w; x is not tried where it may. */
const places: [what: string, address: number, may: "" | "r" | "rw" | "rx"][] = [
  ["the program in flash", 0x80000000, "rx"],
  ["the machine in flash", 0x81000000, "rx"],
  ["the last word of flash", 0x89fffffc, "rx"],
  ["the last word of 400 KB of RAM", ram + 400 * 1024 - 4, "rw"],
  ["behind RAM", ram + 400 * 1024, ""],
  ["RTC memory", rtc, "rw"],
  ["behind RTC memory", rtc + 8 * 1024, ""],
  ["the flash partitions", 0x8a202000, "r"],
  ["the world", 0x8b000000, "r"],
  ["before flash", 0x7ffffffc, ""],
  ["the interrupt controller", 0x0200bff8, ""],
  ["nowhere", 0, ""],
];
const faults = {
  store: ["w", "store outside RAM"],
  load: ["r", "load outside RAM and flash"],
  call: ["x", "execution outside flash"],
} as const;

needs(board)(
  "the chip's memory is 400 KB of RAM, RTC memory and flash: any other access ends the run with its address",
  async (t) => {
    t.timeout(600_000);
    const chip = await buildChip({ manifest: path.join(loamRoot, "test/xs/programs/store/manifest.json") });
    const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-faults-"));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, "address");
    for (const [what, address, may] of places)
      for (const [access, [needed, fault]] of Object.entries(faults)) {
        const isAllowed = (may as string).includes(needed);
        if (access === "call" && isAllowed) continue;
        await writeFile(file, String(address));
        const result = await runChip(chip, { resources: { address: file }, args: [access], timeoutMs: 60_000 });
        t.is(result.exitCode, isAllowed ? 0 : 70, `${access}, ${what}: ${result.stderr}`);
        t.deepEqual(result.lines, isAllowed ? ["done"] : [], `${access}, ${what}`);
        const hex = `0x${address.toString(16).padStart(8, "0")}`;
        if (!isAllowed)
          t.regex(result.stderr, new RegExp(`${fault} at 0x[0-9a-f]+, address ${hex},`), `${access}, ${what}`);
      }
  },
);

needs(board)("a manifest that gives XS more memory than RAM has does not run", async (t) => {
  t.timeout(300_000);
  const parts = path.join(loamRoot, "test/sleep");
  const chip = await buildChip({ manifest: path.join(parts, "manifest.json"), main: path.join(parts, "board.xs.ts") });
  const result = await runChip(chip, { timeoutMs: 60_000 });
  t.is(result.exitCode, 70);
  t.regex(result.stderr, /RAM has no room for the 1048576 bytes of XS/);
});
