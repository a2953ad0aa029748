import { mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "./errors.js";
import { systemReason } from "./systemreasons.js";

type Output = readonly [file: string, data: string | Uint8Array];

async function attempt<T>([file, data]: Output, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new UserError(`cannot write ${path.normalize(file)}: ${systemReason(error, Buffer.byteLength(data))}`);
  }
}

/** Hidden, in the same folder, so that a rename puts it in its place at once. */
const temporaryName = (file: string): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);

/** Node's own mkdir never comes back where no folder can be made and none is missing by name, as below /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(folder)).isDirectory()) return;
    if (code !== "ENOENT" || path.dirname(folder) === folder) throw error;
    await makeFolder(path.dirname(folder));
    await mkdir(folder).catch((again: NodeJS.ErrnoException) => {
      // Somebody else made it in the meantime.
      if (again.code !== "EEXIST") throw again;
    });
  }
}

const isFolder = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function writeWhole(file: string, data: string | Uint8Array): Promise<void> {
  await makeFolder(path.dirname(path.resolve(file)));
  const handle = await open(file, "w");
  try {
    // Goes on after a write that a full disk cut short, and so meets the error.
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The file itself, whatever links lead to it; one that is not there yet by its name. */
const identity = (file: string): Promise<string> => realpath(file).catch(() => path.resolve(file));

/** Nothing that a command reads may be what it writes. @throws UserError naming the file */
export async function refuseOverwriting(sources: readonly string[], files: readonly string[]): Promise<void> {
  const read = await Promise.all(sources.map(identity));
  for (const file of files)
    if (read.includes(await identity(file)))
      throw new UserError(`${path.normalize(file)} is read here and would be written over: choose another name`);
}

/**
 * Writes files that belong together: all under temporary names first, and only when all are on the disk are they renamed. Whoever looks sees the old files
 * or whole new ones; when one cannot be written, none is changed.
 * @throws UserError naming the file that failed and why.
 */
export async function writeOutputs(files: readonly Output[]): Promise<void> {
  const written: string[] = [];
  try {
    for (const output of files) {
      const temporary = temporaryName(output[0]);
      written.push(temporary);
      await attempt(output, () => writeWhole(temporary, output[1]));
    }
    // What could stop a rename half way through the files is looked for before the first.
    for (const [file] of files)
      if (await isFolder(file)) throw new UserError(`cannot write ${path.normalize(file)}: that is a folder`);
    for (const output of files) await attempt(output, () => rename(temporaryName(output[0]), output[0]));
  } finally {
    // Those that were renamed are no longer there.
    await Promise.all(written.map((temporary) => rm(temporary, { force: true }).catch(() => undefined)));
  }
}
