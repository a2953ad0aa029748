/** What was attempted with a file: writing `bytes`; `undefined`: looking it up or reading it. */
interface Use {
  bytes: number | undefined;
}

const notWritten = ({ bytes }: Use, why: string, whyWith: (bytes: number) => string): string =>
  bytes === undefined ? why : whyWith(bytes);

const reasons: Readonly<Record<string, string | ((use: Use) => string)>> = {
  ENOENT: (use) =>
    notWritten(use, "there is no such file or folder", () => "its folder does not exist and cannot be created"),
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
  ELOOP: "its links form a loop, or are too many",
  ENAMETOOLONG: "its name is too long",
  EPIPE: "its reader has gone",
  ENXIO: "no process reads from it",
  ECONNREFUSED: "no process listens on that socket",
  ECONNRESET: "it closes the connection",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's name cannot be looked up at the moment",
  ETIMEDOUT: "it does not answer",
  UND_ERR_CONNECT_TIMEOUT: "it does not answer",
  UND_ERR_HEADERS_TIMEOUT: "it does not answer",
  UND_ERR_BODY_TIMEOUT: "it stops answering in the middle",
  UND_ERR_SOCKET: "the connection breaks off in the middle",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak https there; perhaps http",
  EPROTO: "it does not speak https there; perhaps http",
  EHOSTUNREACH: "there is no way to that host",
  EADDRINUSE: "another process listens there",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

/** The reason of a failed file operation, for the user: the one table of error codes. Other codes have the system's own text. */
export function systemReason(error: unknown, bytes?: number): string {
  const { code = "", message } = error as Partial<NodeJS.ErrnoException>;
  const reason = Object.hasOwn(reasons, code) ? reasons[code]! : (message ?? String(error));
  return typeof reason === "string" ? reason : reason({ bytes });
}
