import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Everything that can be made again goes here; it may be deleted at any time. */
export const buildRoot = path.join(projectRoot, "build");
