import path from "node:path";
import { here, toolchains, type Target } from "./toolchains.js";

/** For our own C. */
export const harnessFlags = [
  "-std=c99",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-ffp-contract=off",
  "-ffunction-sections",
  "-fdata-sections",
];

/** What a program has besides the engine. @param main a file of this folder, or a path */
export function harnessSources(target: Target, main: string): string[] {
  const own = main === "hostMain.c" || main === "boardMain.c" ? ["harness.c", main] : [main];
  return [...own, ...toolchains[target].sources].map((name) => path.resolve(here, name));
}
