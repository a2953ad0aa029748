import { cp, mkdir, mkdtemp, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { boardFolder } from "../../host-tools/node/boardManifest.js";
import { firmwareSlotBytes, partitionFile } from "../../host-tools/node/partitions.js";
import {
  checkFirmware,
  debugPartitions,
  firmwareImage,
  keepProject,
  requireRoom,
  takeDataAnew,
} from "../../host-tools/xs/firmwareBuild.js";

/** Folders as mcconfig makes them. */
async function built(t: ExecutionContext, board: "lilygo-t3" | "heltec-v3", chip: string, bytes: number) {
  const output = await mkdtemp(path.join(tmpdir(), "firmware-build-"));
  t.teardown(() => rm(output, { recursive: true }));
  const build = { output, platform: `esp32:${boardFolder(board)}`, name: "mynode", isRelease: true, board };
  const project = path.join(output, "tmp/esp32", board, "release/mynode", `xsProj-${chip}`);
  await mkdir(project, { recursive: true });
  await cp(path.join(loamRoot, partitionFile(board)), path.join(project, "partitions.csv"));
  const image = firmwareImage(build);
  t.is(path.relative(output, image), `bin/esp32/${board}/release/mynode/xs_esp32.bin`);
  await mkdir(path.dirname(image), { recursive: true });
  await writeFile(image, "");
  await truncate(image, bytes);
  return { build, project, image };
}

test("an image that fits is said with its share of a slot; one that does not is refused", async (t) => {
  const { build, image } = await built(t, "lilygo-t3", "esp32", 1_500_000);
  t.is(await checkFirmware(build), `${image}: 1,500,000 bytes, 92 % of a slot for the firmware`);
  await truncate(image, firmwareSlotBytes() + 1);
  await t.throwsAsync(checkFirmware(build), { message: /has 1,638,401 bytes, a slot of .* has 1,638,400$/ });
  const large = await built(t, "heltec-v3", "esp32s3", 3_000_000);
  t.regex((await checkFirmware(large.build))!, /95 % of a slot/);
});

test("an image that is too large for ESP-IDF's build is said with its size, one of an earlier build is not", async (t) => {
  const { build, project } = await built(t, "lilygo-t3", "esp32", 1000);
  const image = path.join(project, "build/xs_esp32.bin");
  await requireRoom(build, 0);
  await mkdir(path.dirname(image));
  await writeFile(image, "");
  await truncate(image, firmwareSlotBytes() + 1000);
  await t.throwsAsync(requireRoom(build, 0), {
    message:
      /^the firmware was not flashed: its image has 1,639,400 bytes, a slot of device\/partitions\.csv has 1,638,400 \(1,000 too many\)/,
  });
  await requireRoom(build, Date.now() + 60_000);
  await requireRoom({ ...build, isRelease: false }, 0);
});

test("a debug build has the table with one slot where the flash has 4 MB", (t) => {
  const build = {
    output: "",
    platform: `esp32:${boardFolder("lilygo-t3")}`,
    name: "node",
    isRelease: false,
    board: "lilygo-t3",
  };
  const file = path.join(loamRoot, "device/partitionsDebug.csv");
  t.deepEqual(debugPartitions(build), { PARTITIONS_FILE: file });
  t.deepEqual(debugPartitions({ ...build, platform: "esp32/esp32c3", board: undefined }), { PARTITIONS_FILE: file });
  t.deepEqual(debugPartitions({ ...build, board: "heltec-v3" }), {});
  t.deepEqual(debugPartitions({ ...build, isRelease: true }), {});
  t.deepEqual(debugPartitions({ ...build, platform: "lin", board: undefined }), {});
});

test("the SDK's partition table in the place of loam's is refused", async (t) => {
  const { build, project } = await built(t, "heltec-v3", "esp32s3", 1000);
  const theirs = "nvs, data, nvs, 0x9000, 0x006000,\nphy_init, data, phy, 0xf000, 0x001000,\n";
  await writeFile(path.join(project, "partitions.csv"), `${theirs}factory, app, factory, 0x10000, 0x3F0000,\n`);
  await t.throwsAsync(checkFirmware(build), {
    message: `${path.join(project, "partitions.csv")} is not device/boards/partitions8.csv: remove the folder ${project} and build again`,
  });
});

test("before a build its project is newer than the SDK's template", async (t) => {
  const { build, project } = await built(t, "lilygo-t3", "esp32", 1000);
  const old = new Date(1e12);
  await utimes(project, old, old);
  await keepProject(build);
  t.true((await stat(project)).mtimeMs > Date.now() - 60_000);
  await keepProject({ ...build, name: "never-built" });
});

test("before a build the copies of its data are older than whatever is to be built", async (t) => {
  const { build, project } = await built(t, "lilygo-t3", "esp32", 1000);
  const copy = path.join(project, "../resources/model.tflite");
  await mkdir(path.dirname(copy));
  await writeFile(copy, "of another node");
  await takeDataAnew(build);
  t.is((await stat(copy)).mtimeMs, 0);
  await takeDataAnew({ ...build, name: "never-built" });
});
