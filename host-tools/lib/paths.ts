import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** loam itself: the folder of its package.json, a checkout or an installed package. Nothing is written there but by those who work on loam. */
export const loamRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Everything that can be made again goes here; it may be deleted at any time. */
export const buildRoot = path.join(loamRoot, "build");

const require = createRequire(import.meta.url);

/** The folder of a package that loam depends on, wherever npm or another package manager has put it. */
export const packageFolder = (name: string): string => path.dirname(require.resolve(`${name}/package.json`));
