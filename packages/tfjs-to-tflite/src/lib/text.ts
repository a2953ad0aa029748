import { UserError } from "./errors.js";

const utf8 = new TextDecoder();

/** The text of a file that a person wrote, without a byte order mark. @throws UserError for UTF-16, naming `file` */
export function textOf(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new UserError(`${file} is UTF-16; save it as UTF-8`);
  return utf8.decode(bytes);
}
