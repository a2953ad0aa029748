import path from "node:path";
import { InvalidArgumentError } from "commander";
import { ConfigError, type NodeConfig } from "../../device/config.js";
import { checkConfig } from "../../device/configcheck.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { buildRoot, projectRoot } from "../lib/paths.js";

export const defaultNode = path.join(projectRoot, "node.config.json");
/** Where the commands look for each other's files. */
export const defaultRecordings = path.join(buildRoot, "recordings");
export const defaultModel = path.join(buildRoot, "model");

/** Reads and checks a node description. @throws UserError naming file and key */
export async function readNode(file = defaultNode): Promise<NodeConfig> {
  const text = (await readUserFile(file, "the node description")).toString("utf8");
  try {
    return checkConfig(JSON.parse(text));
  } catch (error) {
    if (error instanceof ConfigError || error instanceof SyntaxError) throw new UserError(`${file}: ${error.message}`);
    throw error;
  }
}

/** For commander: a whole number of at least `least`. */
export const whole = (least: number) => (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  return value;
};

/** For commander: a number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}
