import path from "node:path";
import { fileURLToPath } from "node:url";

/** loam itself: the folder of its package.json, a checkout or an installed package. Nothing is written there but by those who work on loam. */
export const loamRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Everything that can be made again goes here; it may be deleted at any time. */
export const buildRoot = path.join(loamRoot, "build");
