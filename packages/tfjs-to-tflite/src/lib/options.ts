/** Options of functions that programs call whose types nobody checks. */
import { UserError } from "./errors.js";
import { unknownName } from "./nearest.js";

/** Every option of T: the values that it may have, or true for one that is checked where it is used. */
export type KnownOptions<T> = Readonly<Record<keyof T, true | readonly unknown[]>>;

/** @param of the function's name, for the message @throws UserError naming an option that there is not, or one with a value that it may not have, and what would be right */
export function requireKnownOptions<T extends object>(of: string, given: T, known: KnownOptions<T>): void {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, name))
      throw new UserError(`${of} was given "${name}"${unknownName("option", name, Object.keys(known))}`);
    const values = known[name as keyof T];
    if (values !== true && value !== undefined && !values.includes(value))
      throw new UserError(`${of}: ${name} is ${values.join(" or ")}, not ${String(value)}`);
  }
}
