import { isNamed, namesOf, requireNames, type NetworkNames } from "../../device/normalizer.js";
import { UserError } from "../lib/errors.js";

/** Runs it, with the file's name before what it throws. */
function naming<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${file}: ${error.message}`);
    throw error;
  }
}

/** What the network beside a normalizer.bin was trained for; undefined: the file is older than names. @throws UserError */
export const namesIn = (file: string, bytes: Uint8Array): NetworkNames | undefined =>
  naming(file, () => namesOf(bytes));

/** A normalizer.bin without names is taken. @throws UserError naming the first feature or class that is another than the node's */
export const requireNamesIn = (file: string, bytes: Uint8Array, node: NetworkNames): void =>
  naming(file, () => {
    if (isNamed(bytes)) requireNames(bytes, node);
  });
