import { ConfigError, type NodeConfig } from "../../device/config.js";
import { checkConfig } from "../../device/configcheck.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { parseJson } from "../lib/json.js";

/** Reads and checks a node description. @throws UserError naming file and key */
export async function readNode(file: string): Promise<NodeConfig> {
  const text = (await readUserFile(file, "the node description")).toString("utf8");
  const value = parseJson(text, file);
  try {
    return checkConfig(value);
  } catch (error) {
    if (error instanceof ConfigError) throw new UserError(`${file}: ${error.message}`);
    throw error;
  }
}
