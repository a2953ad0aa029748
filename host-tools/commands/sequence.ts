/** --sequence: of packages, of a rollback and of firmware. */
import { InvalidArgumentError, Option } from "commander";

/** A node takes what is higher than all before, and the sequence has 4 bytes: after their last value nothing could ever follow. */
const most = 0xffff_fffe;

function parse(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new InvalidArgumentError(
      `a whole number from 1 to ${most} expected${value === most + 1 ? ", as no node that has taken the last one could be updated again" : ""}.`,
    );
  return value;
}

export const sequenceOption = (): Option =>
  new Option("--sequence <n>", "higher than those of all earlier ones (default: now, in seconds)").argParser(parse);

/** @param given undefined: seconds since 1970. A higher one is warned of: nodes refuse the default after it */
export function sequenceOr(given: number | undefined): number {
  const now = Math.floor(Date.now() / 1000);
  if (given !== undefined && given > now)
    process.stderr.write(
      `warning: sequence ${given} is higher than now, ${now}: until ${new Date(given * 1000).toISOString().slice(0, 10)} all that follows needs a --sequence that is higher still\n`,
    );
  return given ?? now;
}
