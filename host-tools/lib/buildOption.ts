import path from "node:path";
import { UserError } from "./errors.js";

/** The environment variable that --build sets, which processes that a command starts inherit. */
export const buildVariable = "LOAM_BUILD";

/**
 * Removes --build DIR from a command line, at any position: the build folder must be known before a command is loaded.
 * @throws UserError when no folder follows it
 */
export function takeBuild(argv: string[]): string[] {
  const end = argv.indexOf("--");
  const at = argv.findIndex((word, i) => (end < 0 || i < end) && /^--build(=|$)/.test(word));
  if (at < 0) return argv;
  const [, given] = argv[at]!.split(/=(.*)/s);
  const folder = given ?? argv[at + 1];
  if (!folder || (given === undefined && folder.startsWith("-"))) throw new UserError("--build: a folder expected");
  process.env[buildVariable] = path.resolve(folder);
  return argv.toSpliced(at, given === undefined ? 2 : 1);
}

/** How the system reports a folder that cannot be written to. */
const refusals = /permission denied|not permitted|read-only/;

/** The remedy, if the error is that a build folder cannot be written to; otherwise empty. */
export const buildHint = (message: string, folders: readonly string[]): string =>
  refusals.test(message) && folders.some((folder) => message.includes(folder))
    ? `; --build DIR or $${buildVariable} chooses another folder for generated and compiled files`
    : "";
