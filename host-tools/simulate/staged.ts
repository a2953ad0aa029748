import { existsSync, readFileSync, statSync } from "node:fs";
import { UpdateRecords } from "../../device/update/records.js";
import { Slots, type MappedFlash } from "../../device/update/slots.js";
import { UserError } from "../lib/errors.js";
import { packageKind } from "../lib/fileKinds.js";
import { writeFileAtomicSync } from "../lib/files.js";

const blockSize = 4096;

/** A partition of a flash that is a file's bytes. */
class ImagePartition implements MappedFlash {
  readonly blockSize = blockSize;

  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {}

  get byteLength(): number {
    return this.bytes.length;
  }

  map(): ArrayBuffer {
    return this.bytes.slice().buffer;
  }

  read(offset: number, byteLength: number): ArrayBuffer {
    return this.bytes.slice(offset, offset + byteLength).buffer;
  }

  write(offset: number, byteLength: number, buffer: ArrayBuffer): void {
    const data = new Uint8Array(buffer, 0, byteLength);
    for (let i = 0; i < byteLength; i++) this.bytes[offset + i]! &= data[i]!;
  }

  erase(block: number): void {
    this.bytes.fill(0xff, block * blockSize, (block + 1) * blockSize);
  }
}

/** The bytes of `script` if it is a package, and no folder. @throws UserError for another file */
export async function readStaged(script: string): Promise<Uint8Array | undefined> {
  if (!existsSync(script) || !statSync(script).isFile()) return undefined;
  if (!(await packageKind.matches(script)))
    throw new UserError(`${script}: a folder with app.ts, or a package that loam script pack wrote, expected`);
  return readFileSync(script);
}

/**
 * Writes the file of a simulated flash in which a package waits to be checked, as after the last of its bytes has come. A file that is there already is left.
 * @param partitions as name=bytes,...
 * @param name of the package
 * @throws UserError for one that is too large
 */
export function stagePackage(file: string, partitions: string, bytes: Uint8Array, name: string): void {
  if (existsSync(file)) return;
  const sizes = partitions.split(",").map((entry) => {
    const [partition = "", size] = entry.split("=");
    return { partition, size: Number(size) };
  });
  const image = new Uint8Array(sizes.reduce((sum, { size }) => sum + size, 0)).fill(0xff);
  let at = 0;
  for (const { partition, size } of sizes) {
    if (partition === "scripts") stage(new ImagePartition(image.subarray(at, at + size)), bytes, name);
    at += size;
  }
  writeFileAtomicSync(file, image);
}

function stage(flash: MappedFlash, bytes: Uint8Array, name: string): void {
  const slots = new Slots(flash, () => flash.map());
  if (bytes.length > slots.slotBytes)
    throw new UserError(`${name} has ${bytes.length} bytes, the node has room for ${slots.slotBytes}`);
  slots.write(0, 0, bytes);
  new UpdateRecords(slots.records).putStaged({ slot: 0, bytes: bytes.length, attempts: 1, setup: new Uint8Array(0) });
}
