import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { boardNames, boardOf } from "../../host-tools/node/boards.js";
import {
  firmwareSlotBytes,
  packageSlotBytes,
  parsePartitions,
  partitionFile,
  partitionTable,
} from "../../host-tools/node/partitions.js";
import { idf, needs } from "../helpers/needs.js";

/** Of an app partition, and of all others: ESP-IDF's programming guide, "Partition Tables". */
const alignments = { app: 0x10000, data: 0x1000 };
const tableEnd = 0x9000;

for (const name of boardNames)
  test(`${name}: its partitions follow one another, are aligned as ESP-IDF wants, and fit the flash`, (t) => {
    let at = tableEnd;
    const table = partitionTable(name);
    for (const { name: label, type, offset, size } of table) {
      const alignment = alignments[type as keyof typeof alignments];
      t.is(offset, Math.ceil(at / alignment) * alignment, label);
      t.is(size % 0x1000, 0, label);
      at = offset + size;
    }
    t.true(at <= boardOf(name).flash * 1024 * 1024);
    const slots = table.filter(({ type }) => type === "app");
    t.deepEqual(
      slots.map(({ subtype, size }) => [subtype, size]),
      [
        ["ota_0", firmwareSlotBytes(name)],
        ["ota_1", firmwareSlotBytes(name)],
      ],
    );
    // Two entries, each in a block of its own.
    t.is(table.find(({ subtype }) => subtype === "ota")?.size, 2 * 4096);
    t.is(packageSlotBytes(name), packageSlotBytes(), "a package for one board fits all");
  });

test("the firmware of the page fits a slot of 4 MB", async (t) => {
  const page = await readFile(path.join(loamRoot, "docs/firmware.md"), "utf8");
  const bytes = /an image of ([\d,]+) bytes/.exec(page)![1]!.replaceAll(",", "");
  t.true(Number(bytes) < firmwareSlotBytes());
});

for (const board of ["esp32-devkitc", "heltec-v3"] as const)
  needs(idf)(`ESP-IDF's gen_esp32part.py takes the table of ${board}, and reads the same in it`, async (t) => {
    const tool = path.join(process.env["IDF_PATH"]!, "components/partition_table/gen_esp32part.py");
    const folder = await mkdtemp(path.join(tmpdir(), "partitions-"));
    try {
      const binary = path.join(folder, "table.bin");
      const flash = `${boardOf(board).flash}MB`;
      await execa("python3", [tool, "--flash-size", flash, path.join(loamRoot, partitionFile(board)), binary]);
      const { stdout } = await execa("python3", [tool, binary]);
      const places = (rows: ReturnType<typeof partitionTable>) =>
        rows.map(({ name, offset, size }) => ({ name, offset, size }));
      t.deepEqual(places(parsePartitions(stdout)), places(partitionTable(board)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
