/** What was wanted of a file; `bytes` that were to be written, `undefined` when it was only looked for or read. */
interface Use {
  bytes: number | undefined;
}

const notWritten = ({ bytes }: Use, why: string, whyWith: (bytes: number) => string): string =>
  bytes === undefined ? why : whyWith(bytes);

const reasons: Readonly<Record<string, string | ((use: Use) => string)>> = {
  ENOENT: (use) =>
    notWritten(use, "there is no such file or folder", () => "its folder is not there and cannot be made"),
  EISDIR: "that is a folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: (use) => notWritten(use, "a file is in the way", () => "a part of the path is a file, not a folder"),
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the disk is read-only",
  ENOSPC: (use) => notWritten(use, "the disk is full", (bytes) => `the disk is full (${bytes} bytes needed)`),
  EDQUOT: (use) =>
    notWritten(use, "the disk quota is used up", (bytes) => `the disk quota is used up (${bytes} bytes needed)`),
  EFBIG: (use) => notWritten(use, "the file is too large", (bytes) => `the file may not grow to ${bytes} bytes here`),
  ELOOP: "its links lead in a circle, or through too many",
  ENAMETOOLONG: "its name is too long",
  EPIPE: "its reader has gone",
  ENXIO: "nobody reads there",
  ECONNREFUSED: "nobody listens at that socket",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

/** Why the system refused to do something with a file, for the person at the terminal: the one table of its error codes. Codes that are not in it have the system's own text. */
export function systemReason(error: unknown, bytes?: number): string {
  const { code = "", message } = error as Partial<NodeJS.ErrnoException>;
  const reason = Object.hasOwn(reasons, code) ? reasons[code]! : (message ?? String(error));
  return typeof reason === "string" ? reason : reason({ bytes });
}
