/** What mcconfig makes for an ESP32: ESP-IDF's project with its partition table, and the firmware's image. */
import { existsSync } from "node:fs";
import { readdir, readFile, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { loamRoot } from "../lib/paths.js";
import { debugTable, firmwareSlotBytes, parsePartitions, partitionFile, partitionTable } from "../node/partitions.js";

export interface FirmwareBuild {
  /** $MODDABLE/build, or that of --output. */
  output: string;
  /** As for mcconfig's -p. */
  platform: string;
  /** Name of the manifest's folder. */
  name: string;
  isRelease: boolean;
  board: string | undefined;
}

function folderOf(kind: "tmp" | "bin", { output, platform, name, isRelease }: FirmwareBuild): string {
  const [family = "", below = family === "esp32" ? "" : "mc"] = platform.split(/[/:](.*)/);
  return path.join(output, kind, family, path.basename(below), isRelease ? "release" : "debug", name);
}

async function projectOf(build: FirmwareBuild): Promise<string | undefined> {
  const folder = folderOf("tmp", build);
  const project = existsSync(folder) && (await readdir(folder)).find((entry) => entry.startsWith("xsProj-"));
  return project ? path.join(folder, project) : undefined;
}

/** The file of the firmware that `loam device` has built. */
export const firmwareImage = (build: FirmwareBuild): string => path.join(folderOf("bin", build), "xs_esp32.bin");

/** Before a build: where the SDK's template is newer than a project, its makefile copies the template over it, with another partition table. */
export async function keepProject(build: FirmwareBuild): Promise<void> {
  const project = await projectOf(build);
  if (project) await utimes(project, new Date(), new Date());
}

/**
 * Before a build: description and network are copied into the firmware again. mcconfig's makefile goes by the times of files alone, and would leave an earlier copy, of another node of that
 * folder's name perhaps, in the place of an older file.
 */
export async function takeDataAnew(build: FirmwareBuild): Promise<void> {
  const copies = path.join(folderOf("tmp", build), "resources");
  const names = existsSync(copies) ? await readdir(copies) : [];
  await Promise.all(names.map((name) => utimes(path.join(copies, name), 0, 0)));
}

/** For mcconfig: the partition table of a debug build, whose image has no room in one of two slots of 4 MB. */
export function debugPartitions({ platform, isRelease, board }: FirmwareBuild): Record<string, string> {
  const isOwn = !platform.startsWith("esp32") || isRelease || partitionFile(board, true) !== debugTable;
  return isOwn ? {} : { PARTITIONS_FILE: path.join(loamRoot, debugTable) };
}

/** Of a firmware with a slot for the next one, for a description without a key: undefined when there is nothing to say. */
export function keylessWarning(
  { platform, isRelease, board }: FirmwareBuild,
  updates: { publicKey: string } | undefined,
): string | undefined {
  const slots = partitionTable(board, !isRelease).filter(({ subtype }) => subtype.startsWith("ota_")).length;
  if (updates || slots < 2 || !platform.startsWith("esp32")) return undefined;
  return `warning: the flash has ${slots} slots for the firmware, but the description has no updates.publicKey: the node will refuse every update, of firmware and packages, and this firmware never confirms itself when it comes as one (loam script keygen, docs/packages.md)`;
}

const n = (value: number): string => value.toLocaleString("en-US");

/** After a build that failed: nothing was flashed. @param since ms, when it was begun @throws UserError when it failed because the image does not fit, as ESP-IDF checks it */
export async function requireRoom(build: FirmwareBuild, since: number): Promise<void> {
  const { board, isRelease } = build;
  const project = await projectOf(build);
  const image = project && path.join(project, "build/xs_esp32.bin");
  if (!image || !existsSync(image)) return;
  const { size, mtimeMs } = await stat(image);
  const slot = firmwareSlotBytes(board, !isRelease);
  if (mtimeMs < since || size <= slot) return;
  throw new UserError(
    `the firmware was not flashed: its image has ${n(size)} bytes, a slot of ${partitionFile(board, !isRelease)} has ${n(slot)} (${n(size - slot)} too many). npx loam budget shows what takes them`,
  );
}

/** After a build. @returns how full a slot is, for people @throws UserError when the firmware has another partition table, or does not fit */
export async function checkFirmware(build: FirmwareBuild): Promise<string | undefined> {
  const { board, isRelease } = build;
  const project = await projectOf(build);
  const file = project && path.join(project, "partitions.csv");
  if (!file || !existsSync(file)) return undefined;
  const table = parsePartitions(await readFile(file, "utf8"));
  const wanted = partitionFile(board, !isRelease);
  if (JSON.stringify(table) !== JSON.stringify(partitionTable(board, !isRelease)))
    throw new UserError(`${file} is not ${wanted}: remove the folder ${project} and build again`);
  const image = firmwareImage(build);
  if (!existsSync(image)) return undefined;
  const { size } = await stat(image);
  const slot = firmwareSlotBytes(board, !isRelease);
  if (size > slot) throw new UserError(`${image} has ${n(size)} bytes, a slot of ${wanted} has ${n(slot)}`);
  return `${image}: ${n(size)} bytes, ${Math.round((100 * size) / slot)} % of a slot for the firmware`;
}
