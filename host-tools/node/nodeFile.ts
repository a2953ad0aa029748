import { ConfigError, type NodeConfig } from "../../device/config.js";
import { checkConfig } from "../../device/configcheck.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { parseJson } from "../lib/json.js";
import { requireNode } from "./nodeFolder.js";

/** For the help of --node. */
export const nodeHelp = "node description (default: node.config.json in this folder or the nearest one above)";

/** Reads and checks a node description; without a file, that of the working folder. @throws UserError naming file and key */
export async function readNode(file = requireNode().description): Promise<NodeConfig> {
  const text = (await readUserFile(file, "the node description")).toString("utf8");
  const value = parseJson(text, file);
  try {
    return checkConfig(value);
  } catch (error) {
    if (error instanceof ConfigError) throw new UserError(`${file}: ${error.message}`);
    throw error;
  }
}
