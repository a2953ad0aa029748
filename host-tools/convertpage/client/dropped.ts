import type { Part } from "./messages.js";

/** Of the File System API, what TypeScript does not declare. */
type Handle = FileSystemFileHandle | (FileSystemDirectoryHandle & { values(): AsyncIterable<Handle> });
type Item = DataTransferItem & { getAsFileSystemHandle?(): Promise<Handle | null> };

async function belowHandle(handle: Handle, path: string): Promise<Part[]> {
  if (handle.kind === "file") return [{ path, file: await handle.getFile() }];
  const parts: Part[] = [];
  for await (const each of handle.values()) parts.push(...(await belowHandle(each, `${path}/${each.name}`)));
  return parts;
}

async function belowEntry(entry: FileSystemEntry): Promise<Part[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const parts: Part[] = [];
  // It gives some at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return parts;
    for (const each of some) parts.push(...(await belowEntry(each)));
  }
}

/** Files and folders by handles where the browser has them: Chromium's entries cannot be read by a page from a disk. */
async function partsOf(item: Item): Promise<Part[]> {
  const file = item.getAsFile();
  const entry = item.webkitGetAsEntry();
  if (!entry?.isDirectory) return file ? [{ path: file.name, file }] : [];
  const handle = await item.getAsFileSystemHandle?.();
  return handle ? belowHandle(handle, handle.name) : belowEntry(entry);
}

/** All files that were dropped, those in folders too. Call it in the event, with which the list ends. */
export const filesDropped = async ({ items }: DataTransfer): Promise<Part[]> =>
  (await Promise.all([...items].map(partsOf))).flat();
