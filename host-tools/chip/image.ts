import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { UserError } from "../lib/errors.js";
import { cacheRoot, loamRoot } from "../lib/paths.js";
import { hashOf, hashOfFile } from "../xs/builder/hash.js";
import { withLock } from "../lib/lock.js";
import { modulesIn, readProgram, type BuildOptions } from "../xs/builder/program.js";
import { buildChipProgram } from "./build.js";
import { compileScripts } from "./bytecode.js";
import { addresses, missingEmulator, startEmulator } from "./emulator.js";
import { packFiles, type ChipFile } from "./files.js";

/** What is in the chip's flash. */
export interface ChipProgram {
  /** XS, platform and natives: an ELF file. */
  program: string;
  /** The machine with the modules: made by the program itself, as `preload` of the SDK. */
  image: string;
  /** The manifest's resources, by name. */
  resources: Record<string, string>;
  /** The flash's partitions, as name=bytes,... */
  partitions: string;
}

export interface ChipBuildOptions extends Pick<BuildOptions, "manifest" | "main"> {
  /** Each byte code is counted, with its instructions; they are some more then. */
  byteCodes?: boolean;
}

/**
 * Builds a manifest for the emulated chip: what the SDK would put into the flash of an ESP32-C3.
 * @throws MissingTool without cross compiler or emulator, UserError for what is wrong in the manifest's parts
 */
export async function buildChip(options: ChipBuildOptions = {}): Promise<ChipProgram> {
  return await withLock(path.join(cacheRoot, "chip", "build.lock"), () => build(options));
}

async function build(options: ChipBuildOptions): Promise<ChipProgram> {
  const parts = await readProgram(options);
  const program = await buildChipProgram(parts, options);
  const sources = await modulesIn(parts);
  const modules = await compileScripts(sources);
  const files: ChipFile[] = [
    { kind: "setting", name: "name", data: parts.name },
    { kind: "setting", name: "root", data: loamRoot },
    { kind: "setting", name: "main", data: parts.main },
    { kind: "setting", name: "creation", data: parts.creation },
    ...(parts.isAsync ? [{ kind: "setting", name: "async", data: "true" } as const] : []),
    ...(await Promise.all(
      modules.map(async ({ name, file }): Promise<ChipFile> => ({ kind: "module", name, data: await readFile(file) })),
    )),
    ...parts.preloads.map((name): ChipFile => ({ kind: "preload", name })),
    ...sources.filter(({ isSimulated }) => isSimulated).map(({ name }): ChipFile => ({ kind: "simulated", name })),
  ];
  const image = await linkImage(program, files);
  const resources = Object.fromEntries(parts.resources.map(({ name, file }) => [name, file]));
  // The emulated chip has no room for two slots of the firmware.
  const partitions = parts.partitions.split(",").filter((entry) => !entry.startsWith("ota"));
  return { program, image, resources, partitions: partitions.join(",") };
}

async function linkImage(program: string, files: ChipFile[]): Promise<string> {
  const folder = path.join(cacheRoot, "chip");
  await mkdir(folder, { recursive: true });
  const image = path.join(folder, `${hashOf(hashOfFile(program) ?? "", packFiles(files))}.image`);
  if (existsSync(image)) return image;
  const work = await mkdtemp(path.join(tmpdir(), "loam-chip-"));
  try {
    const made = path.join(work, "image");
    const input = path.join(work, "files");
    await writeFile(input, packFiles([...files, { kind: "setting", name: "link", data: made }], true));
    const child = startEmulator(program, [{ address: addresses.files, file: input }]);
    const code = new Promise<number | null>((resolve, reject) => {
      child.on("error", () => reject(missingEmulator()));
      child.on("close", resolve);
    });
    const said = text(child.stderr!);
    if ((await code) !== 0) throw new UserError(`the emulated chip cannot link the program:\n${await said}`);
    await rename(made, `${image}.${process.pid}`).catch(async () =>
      writeFile(`${image}.${process.pid}`, await readFile(made)),
    );
    await rename(`${image}.${process.pid}`, image);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return image;
}
