import { open, readFile } from "node:fs/promises";

/** A kind of file that a command writes, and how to recognize an existing one. */
export interface FileKind {
  /** With its article: "a .tflite model". */
  what: string;
  /** @param file exists, and is not empty */
  matches(file: string): Promise<boolean>;
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

/** Kinds that are recognized by their first bytes, loam's own or not. */
const signatures: readonly (readonly [what: string, bytes: string, at?: number])[] = [
  ["a .tflite model", "TFL3", 4],
  ["a NumPy array", "\x93NUMPY"],
  ["a normalizer", "LNM1"],
  ["a normalizer", "LNM2"],
  ["a normalizer", "LNM3"],
  ["a replay", "LRP1"],
  ["a package", "LP\x01"],
  ["a signed firmware", "LF\x01"],
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
  // The last character may be incomplete, which `stream` ignores.
  const text = new TextDecoder("utf-8").decode(head, { stream: true });
  return !/[\0-\x08\x0e-\x1a\x1c-\x1f\ufffd]/.test(text);
}

/** What a file seems to be, for an error message. */
export async function describeFile(file: string): Promise<string> {
  const head = await headOf(file);
  const known = signatureOf(head);
  if (known) return known;
  if (!isText(head)) return "other binary data";
  // No content is shown: it may hold keys.
  return /^\s*[[{]/.test(head.toString("utf8")) ? "other JSON" : "other text";
}

/** Recognized by its first bytes. */
const kindBySignature = (signature: string): FileKind => ({
  what: signature,
  matches: async (file) => signatureOf(await headOf(file)) === signature,
});
export const tfliteKind = kindBySignature("a .tflite model");
export const npyKind = kindBySignature("a NumPy array");
export const normalizerKind = kindBySignature("a normalizer");
export const packageKind = kindBySignature("a package");
export const firmwareKind = kindBySignature("a signed firmware");
export const replayKind = kindBySignature("a replay");

/** Numbers without a header: binary data without a known signature, or a file with a usual extension. */
export const rawKind: FileKind = {
  what: "raw bytes",
  matches: async (file) => {
    const head = await headOf(file);
    return signatureOf(head) === undefined && (/\.(bin|raw|dat|[fiu]\d+)$/i.test(file) || !isText(head));
  },
};

/** Text that begins with `start`. */
export const textKind = (what: string, start: string | RegExp): FileKind => ({
  what,
  matches: async (file) => {
    const text = (await headOf(file)).toString("utf8");
    return typeof start === "string" ? text.startsWith(start) : start.test(text);
  },
});

/** JSON for which `isValid` holds. */
export const jsonKind = (what: string, isValid: (value: Record<string, unknown>) => boolean): FileKind => ({
  what,
  matches: async (file) => {
    try {
      const value = JSON.parse(await readFile(file, "utf8")) as unknown;
      return typeof value === "object" && value !== null && isValid(value as Record<string, unknown>);
    } catch {
      return false;
    }
  },
});
