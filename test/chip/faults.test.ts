// Slow: builds a program for the emulated chip
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { board, needs } from "../helpers/needs.js";

/** Addresses of host-tools/chip/chip.md, and whether the chip may write there. */
const places: [what: string, address: number, mayWrite: boolean][] = [
  ["the program in flash", 0x80000000, false],
  ["the machine in flash", 0x81000000, false],
  ["the last byte of flash's files", 0x89fffffc, false],
  ["the last word of 400 KB of RAM", 0x8a000000 + 400 * 1024 - 4, true],
  ["behind RAM", 0x8a000000 + 400 * 1024, false],
  ["RTC memory", 0x8a100000, true],
  ["behind RTC memory", 0x8a100000 + 8 * 1024, false],
  ["the flash partitions", 0x8a202000, false],
  ["the world", 0x8b000000, false],
  ["nowhere", 0, false],
];

needs(board)(
  "the chip can write to RAM and RTC memory, and a store elsewhere ends the run with its address",
  async (t) => {
    t.timeout(300_000);
    const chip = await buildChip({ manifest: path.join(loamRoot, "test/xs/programs/store/manifest.json") });
    const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-faults-"));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    for (const [what, address, mayWrite] of places) {
      const file = path.join(folder, "address");
      await writeFile(file, String(address));
      const result = await runChip(chip, { resources: { address: file }, timeoutMs: 60_000 });
      t.is(result.exitCode, mayWrite ? 0 : 70, `${what}: ${result.stderr}`);
      t.deepEqual(result.lines, mayWrite ? ["stored"] : [], what);
      const hex = `0x${address.toString(16).padStart(8, "0")}`;
      if (!mayWrite) t.regex(result.stderr, new RegExp(`store outside RAM at 0x[0-9a-f]+, address ${hex},`), what);
    }
  },
);
