import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { writeOutputs } from "../lib/outputs.js";
import { isInstalled } from "../lib/paths.js";
import type { BoardName } from "../node/boards.js";
import { resolvedFrom } from "./dependency.js";
import { nodeFiles } from "./files.js";

export interface MadeNode {
  folder: string;
  files: string[];
  /** What of the example found no pin on the board. */
  left: string[];
  /** npm has to install loam there before npx finds it. */
  needsInstall: boolean;
}

/**
 * Makes the folder of a node: what the example has of its own, and what npm, TypeScript and the SDK need to find loam from there.
 * What is in the folder stays as it is.
 * @throws UserError, and nothing is written, when a file of that name is there
 */
export async function initNode(given: string, board?: BoardName): Promise<MadeNode> {
  const folder = path.resolve(given);
  if (existsSync(folder) && !(await stat(folder)).isDirectory())
    throw new UserError(`${given} is a file: a folder for the node expected`);
  if (isInstalled(folder))
    throw new UserError(`${given} is in node_modules, which npm replaces: choose another folder`);
  const { files, left } = await nodeFiles(folder, board);
  const names = [...files.keys()];
  const present = names.filter((name) => existsSync(path.join(folder, name)));
  if (present.length > 0)
    throw new UserError(
      `${given} has ${present.join(", ")} already, nothing was written: choose another folder, or move ${present.length === 1 ? "it" : "them"} away`,
    );
  await writeOutputs([...files].map(([name, data]) => [path.join(folder, name), data] as const));
  return { folder, files: names, left, needsInstall: resolvedFrom(folder) === undefined };
}
