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

test("a debug build for 4 MB has one slot in the place of two, and everything else where it is", (t) => {
  const [release, debug] = [partitionTable("lilygo-t3"), partitionTable("lilygo-t3", true)];
  const kept = release.filter(({ type, subtype }) => type !== "app" && subtype !== "ota");
  t.deepEqual(
    debug.filter(({ type }) => type !== "app"),
    kept,
  );
  const apps = release.filter(({ type }) => type === "app");
  t.deepEqual(
    debug.filter(({ type }) => type === "app"),
    [
      {
        name: "factory",
        type: "app",
        subtype: "factory",
        offset: apps[0]!.offset,
        size: apps[1]!.offset + apps[1]!.size - apps[0]!.offset,
      },
    ],
  );
  t.is(firmwareSlotBytes("lilygo-t3", true), 2 * firmwareSlotBytes("lilygo-t3"));
  t.is(partitionFile("heltec-v3", true), partitionFile("heltec-v3"));
});

test("the firmware of the page fits a slot of 4 MB", async (t) => {
  const page = await readFile(path.join(loamRoot, "docs/firmware.md"), "utf8");
  const bytes = /an image of ([\d,]+) bytes/.exec(page)![1]!.replaceAll(",", "");
  t.true(Number(bytes) < firmwareSlotBytes());
});

for (const [board, isDebug] of [
  ["esp32-devkitc", false],
  ["esp32-devkitc", true],
  ["heltec-v3", false],
] as const)
  needs(idf)(
    `ESP-IDF's gen_esp32part.py takes ${partitionFile(board, isDebug)}, and reads the same in it`,
    async (t) => {
      const tool = path.join(process.env["IDF_PATH"]!, "components/partition_table/gen_esp32part.py");
      const folder = await mkdtemp(path.join(tmpdir(), "partitions-"));
      try {
        const binary = path.join(folder, "table.bin");
        const flash = `${boardOf(board).flash}MB`;
        await execa("python3", [
          tool,
          "--flash-size",
          flash,
          path.join(loamRoot, partitionFile(board, isDebug)),
          binary,
        ]);
        const { stdout } = await execa("python3", [tool, binary]);
        const places = (rows: ReturnType<typeof partitionTable>) =>
          rows.map(({ name, offset, size }) => ({ name, offset, size }));
        t.deepEqual(places(parsePartitions(stdout)), places(partitionTable(board, isDebug)));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
