import { UserError } from "./errors.js";
import { textOf } from "./text.js";

/** JavaScript quotes what stands around the error; keys may stand there. */
const quotation = /, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s;

/** Reads JSON that a person wrote and that may hold keys: no error text repeats any of it. @throws UserError that names `file` */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  const text = textOf(bytes, file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file}: not JSON: ${(error as Error).message.replace(quotation, "")}`);
  }
}
