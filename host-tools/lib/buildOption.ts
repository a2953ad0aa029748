import path from "node:path";
import { UserError } from "./errors.js";

/** The environment variable that --build sets, for the processes that a command starts, too. */
export const buildVariable = "LOAM_BUILD";

/**
 * Takes --build DIR out of a command line, wherever it stands: where things are built must be known before a command is loaded.
 * @throws UserError when no folder comes after it
 */
export function takeBuild(argv: string[]): string[] {
  const end = argv.indexOf("--");
  const at = argv.findIndex((word, i) => (end < 0 || i < end) && /^--build(=|$)/.test(word));
  if (at < 0) return argv;
  const [, given] = argv[at]!.split(/=(.*)/s);
  const folder = given ?? argv[at + 1];
  if (!folder || (given === undefined && folder.startsWith("-")))
    throw new UserError("--build: a folder expected after it");
  process.env[buildVariable] = path.resolve(folder);
  return argv.toSpliced(at, given === undefined ? 2 : 1);
}

/** What the system says of a place where nothing can be written. */
const refusals = /permission denied|not permitted|read-only/;

/** For an error that could not write into one of the folders that things are built in: what would be right. */
export const buildHint = (message: string, folders: readonly string[]): string =>
  refusals.test(message) && folders.some((folder) => message.includes(folder))
    ? `; --build DIR, or $${buildVariable}, puts what is built elsewhere`
    : "";
