/** Kinds of entries; platform/chip.h has the same. */
const fileKinds = {
  module: 1,
  archive: 2,
  preload: 3,
  resource: 4,
  setting: 5,
  variable: 6,
  argument: 7,
  simulated: 8,
} as const;

export interface ChipFile {
  kind: keyof typeof fileKinds;
  name: string;
  data?: Uint8Array | string;
}

const magic = 0x53454c46;
const alignment = 16;
const headBytes = 16;
const entryBytes = 16;

/** The files of a run or a link as they are in the chip's flash (platform/chip.h). Texts end with a zero byte, data begins at multiples of 16. */
export function packFiles(files: readonly ChipFile[], isLink = false): Uint8Array {
  let at = headBytes + entryBytes * files.length;
  const place = (data: Uint8Array | string): { offset: number; bytes: Buffer; size: number } => {
    const size = typeof data === "string" ? Buffer.byteLength(data) : data.length;
    const offset = Math.ceil(at / alignment) * alignment;
    at = offset + size + 1;
    return { offset, bytes: Buffer.from(data as string), size };
  };
  const placed = files.map(({ kind, name, data }) => ({ kind, name: place(name), data: place(data ?? "") }));
  const result = Buffer.alloc(Math.ceil(at / alignment) * alignment);
  result.writeUInt32LE(magic, 0);
  result.writeUInt32LE(files.length, 4);
  result.writeUInt32LE(isLink ? 1 : 0, 8);
  placed.forEach(({ kind, name, data }, i) => {
    [fileKinds[kind], name.offset, data.offset, data.size].forEach((word, j) =>
      result.writeUInt32LE(word, headBytes + entryBytes * i + 4 * j),
    );
    name.bytes.copy(result, name.offset);
    data.bytes.copy(result, data.offset);
  });
  return result;
}
