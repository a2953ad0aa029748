import { open, readFile } from "node:fs/promises";

/** What a command writes into a file, and how to know one that is there already. */
export interface FileKind {
  /** As in "this command writes ... there". */
  what: string;
  /** @param file is there, and not empty */
  isOne(file: string): Promise<boolean>;
}

const headBytes = 4096;

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const head = Buffer.alloc(headBytes);
    const { bytesRead } = await handle.read(head, 0, headBytes, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Kinds that are known by their first bytes, whoever wrote them. */
const signatures: readonly (readonly [what: string, bytes: string, at?: number])[] = [
  ["a .tflite model", "TFL3", 4],
  ["a NumPy array", "\x93NUMPY"],
  ["a normalizer", "LNM1"],
  ["a replay", "LRP1"],
  ["a Keras model in HDF5", "\x89HDF"],
  ["a zip archive", "PK\x03\x04"],
  ["a gzip archive", "\x1f\x8b"],
  ["a program", "\x7fELF"],
  ["a picture", "\x89PNG"],
  ["a picture", "\xff\xd8\xff"],
  ["a PDF", "%PDF"],
  ["a database", "SQLite format 3"],
];

const signatureOf = (head: Buffer): string | undefined =>
  signatures.find(([, bytes, at = 0]) => head.toString("latin1", at, at + bytes.length) === bytes)?.[0];

function isText(head: Buffer): boolean {
  // A character that the end of the head cuts in two is no sign of anything.
  const text = new TextDecoder("utf-8").decode(head, { stream: true });
  return !/[\0-\x08\x0e-\x1a\x1c-\x1f\ufffd]/.test(text);
}

/** What a file seems to be, for an error's text. */
export async function describeFile(file: string): Promise<string> {
  const head = await headOf(file);
  const known = signatureOf(head);
  if (known) return known;
  if (!isText(head)) return "other binary data";
  // None of it is shown: it may hold keys.
  return /^\s*[[{]/.test(head.toString("utf8")) ? "other JSON" : "other text";
}

/** Known by its first bytes. */
const signed = (signature: string): FileKind => ({
  what: signature,
  isOne: async (file) => signatureOf(await headOf(file)) === signature,
});
export const tfliteKind = signed("a .tflite model");
export const npyKind = signed("a NumPy array");
export const normalizerKind = signed("a normalizer");
export const replayKind = signed("a replay");

/** Numbers and nothing that says so: any binary data that is of no known kind, and whatever is called so. */
export const rawKind: FileKind = {
  what: "raw bytes",
  isOne: async (file) => {
    const head = await headOf(file);
    return signatureOf(head) === undefined && (/\.(bin|raw|dat|[fiu]\d+)$/i.test(file) || !isText(head));
  },
};

/** Text that begins so. */
export const textKind = (what: string, start: string | RegExp): FileKind => ({
  what,
  isOne: async (file) => {
    const text = (await headOf(file)).toString("utf8");
    return typeof start === "string" ? text.startsWith(start) : start.test(text);
  },
});

/** JSON in which `isRight` finds what belongs there. */
export const jsonKind = (what: string, isRight: (value: Record<string, unknown>) => boolean): FileKind => ({
  what,
  isOne: async (file) => {
    try {
      const value = JSON.parse(await readFile(file, "utf8")) as unknown;
      return typeof value === "object" && value !== null && isRight(value as Record<string, unknown>);
    } catch {
      return false;
    }
  },
});
