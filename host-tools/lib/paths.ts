import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import envPaths from "env-paths";
import { buildVariable } from "./buildOption.js";

/** loam itself: the folder of its package.json, a checkout or an installed package. Commands write nothing there, except in a checkout. */
export const loamRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

const require = createRequire(import.meta.url);

/** The folder of a package that loam depends on, wherever npm or another package manager has put it. */
export const packageFolder = (name: string): string => path.dirname(require.resolve(`${name}/package.json`));

/** The file by which the folder of a node is recognized. */
export const descriptionName = "node.config.json";

/** Where a command works. */
export interface Places {
  /** The folder of the node: the nearest one, from the working folder up, with a node description. In a checkout of loam, the example's. */
  node: string | undefined;
  /** Results, some of which later commands start from: recordings, networks, the report. May be deleted at any time. */
  build: string;
  /** Compiled programs and everything else that is named by its content. May be deleted at any time. */
  cache: string;
}

/** Package managers replace what they have installed, so nothing is stored there. */
export const isInstalled = (folder: string): boolean => folder.split(path.sep).includes("node_modules");

function nearestNode(folder: string): string | undefined {
  if (existsSync(path.join(folder, descriptionName)) && !isInstalled(folder)) return folder;
  const above = path.dirname(folder);
  return above === folder ? undefined : nearestNode(above);
}

/**
 * @param folder the working folder
 * @param build the folder of --build, for everything
 * @param root loam's own folder
 * @param cache the user's cache folder
 */
export function findPlaces(
  folder: string,
  build: string | undefined,
  root = loamRoot,
  cache = envPaths("loam", { suffix: "" }).cache,
): Places {
  const node = nearestNode(path.resolve(folder)) ?? (isInstalled(root) ? undefined : root);
  if (build) return { node, build: path.resolve(folder, build), cache: path.resolve(folder, build) };
  if (!node && isInstalled(path.resolve(folder))) return { node, build: cache, cache };
  const own = path.join(node ?? path.resolve(folder), "build");
  // Nodes share compiled programs: XS alone takes seconds.
  return { node, build: own, cache: node === root ? own : cache };
}

const places = findPlaces(process.cwd(), process.env[buildVariable]);

export const { node: nodeRoot, build: buildRoot, cache: cacheRoot } = places;
