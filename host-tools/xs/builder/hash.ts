import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A short name for content: 16 hexadecimal digits of its SHA-256. */
export function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(String(part.length));
    hash.update(":");
    hash.update(part);
  }
  return hash.digest("hex").slice(0, 16);
}

const contents = new Map<string, string>();

/** The hash of a file's content, read once per build. Undefined when there is no such file. */
export function hashOfFile(file: string): string | undefined {
  const known = contents.get(file);
  if (known) return known;
  try {
    const hash = hashOf(readFileSync(file));
    contents.set(file, hash);
    return hash;
  } catch {
    return undefined;
  }
}

/** Files may have changed since the last build in this process. */
export function forgetHashes(): void {
  contents.clear();
}
