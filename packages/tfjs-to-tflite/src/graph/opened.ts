/** The file that a model begins with, once it has been read. */
import { kerasKind } from "../keras/kind.js";
import { namesInZip, readZipped } from "../lib/zip.js";
import type { ModelFiles } from "./modelJson.js";
import { filesGiven } from "./webFiles.js";

export interface Opened {
  files: ModelFiles;
  bytes: Uint8Array;
}

/** What macOS adds beside the files. */
const isAside = (name: string): boolean => name.endsWith("/") || name.startsWith("__MACOSX/");

/** A model's folder or file in a zip archive, as Teachable Machine gives it; undefined for a .keras file, which is an archive itself, and for bytes of other kinds. */
function zippedModel(file: string, bytes: Uint8Array): ModelFiles | undefined {
  const names = namesInZip(bytes).filter((name) => !isAside(name));
  if (!names.some((name) => /(?:^|\/)model\.json$|\.(?:keras|h5|hdf5)$/i.test(name)) || names.includes("config.json"))
    return undefined;
  return filesGiven(
    names.map((name) => ({
      name: name.split("/").at(-1)!,
      webkitRelativePath: `${file}/${name}`,
      arrayBuffer: () => Promise.resolve(readZipped(bytes, name)!.slice().buffer),
    })),
  );
}

/** Reads the first file, out of its archive where it is in one; behind it that file is not read again. @throws UserError when it cannot be read, or an archive has more than one model */
export async function openModel(given: ModelFiles): Promise<Opened> {
  const first = await given.read();
  const zipped = kerasKind(first) === "keras" ? zippedModel(given.name, first) : undefined;
  const files = zipped ?? given;
  const bytes = zipped ? await zipped.read() : first;
  return { bytes, files: { name: files.name, read: async (part) => (part === undefined ? bytes : files.read(part)) } };
}
