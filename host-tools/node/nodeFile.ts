import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { parseJson } from "../lib/json.js";
import { checkConfig, type Checked } from "./check.js";
import { ConfigError } from "./findings.js";
import { requireNode } from "./nodeFolder.js";
import type { CheckedNode } from "./schema/node.js";

/** For the help of --node. */
export const nodeHelp = "node description (default: node.config.json in this folder or the nearest one above)";

/** Reads and checks a node description; default: that of the working folder. @throws UserError naming file and keys */
export async function checkNodeFile(file = requireNode().description): Promise<Checked> {
  const value = parseJson(await readUserFile(file, "the node description"), file);
  try {
    return checkConfig(value);
  } catch (error) {
    if (error instanceof ConfigError) throw new UserError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Like `checkNodeFile`, but prints the warnings and returns only the description. */
export async function readNode(file = requireNode().description): Promise<CheckedNode> {
  const { config, warnings } = await checkNodeFile(file);
  for (const warning of warnings) process.stderr.write(`${file}: warning: ${warning}\n`);
  return config;
}
