/** The description that a firmware holds: what the board says filled in, and every default. mcconfig finds it by a variable. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { buildRoot, descriptionName, loamRoot } from "../lib/paths.js";
import type { NodeFolder } from "./nodeFolder.js";
import type { CheckedNode } from "./schema/node.js";

/** In `data` of the node's manifest; by default node.config.json itself. */
const variable = "LOAM_NODE_CONFIG";

/** The example's manifest includes another, which has the variable. */
async function requireVariable({ root, manifest }: NodeFolder): Promise<void> {
  if (root === loamRoot || (await readFile(manifest, "utf8")).includes(`$(${variable})`)) return;
  throw new UserError(
    `${path.basename(manifest)} does not have "$(${variable})" in "data", so that the firmware would hold ${descriptionName} without what the board says: write it there for "./${descriptionName}", and "${variable} ?=": "./${descriptionName}" into "build"`,
  );
}

/**
 * Writes the description for a firmware into the build folder.
 * @param node undefined: a manifest that is not the node's is built, and may have the variable or not
 * @returns the environment for mcconfig
 * @throws UserError when the node's manifest would not take it
 */
export async function firmwareDescription(
  node: NodeFolder | undefined,
  config: CheckedNode,
): Promise<Record<string, string>> {
  if (node) await requireVariable(node);
  const file = path.join(buildRoot, "firmware", descriptionName);
  await writeFileAtomic(file, JSON.stringify(config));
  return { [variable]: file };
}
