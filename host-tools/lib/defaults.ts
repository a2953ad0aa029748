import path from "node:path";
import { buildRoot, loamRoot } from "./paths.js";

/** The node that a command is about when none is named. */
export const defaultNode = path.join(loamRoot, "node.config.json");
/** Where the commands look for each other's files. */
export const defaultRecordings = path.join(buildRoot, "recordings");
export const defaultModel = path.join(buildRoot, "model");
