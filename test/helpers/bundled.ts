/**
 * The tests as JavaScript, for one run: none of their processes then translates the modules that it loads.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundle, removeOld } from "../../host-tools/bin/bundle.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";

export interface BundledTests {
  /** ava's arguments that name them. */
  args: string[];
  remove(): void;
}

/** @param files of tests, relative to loam's folder, in the order in which they are to begin */
export async function bundleTests(files: readonly string[]): Promise<BundledTests> {
  const place = path.join(buildRoot, "tests");
  mkdirSync(place, { recursive: true });
  const folder = mkdtempSync(path.join(place, "run-"));
  // Of runs that were interrupted.
  removeOld(place, path.basename(folder));
  await bundle(loamRoot, files, folder, ".");
  const bundled = files.map((file) => path.relative(loamRoot, path.join(folder, file.replace(/\.ts$/, ".js"))));
  const { ava } = JSON.parse(readFileSync(path.join(loamRoot, "package.json"), "utf8")) as { ava: object };
  const own = { files: bundled, extensions: ["js"], nodeArguments: ["--enable-source-maps"] };
  const config = path.join(folder, "ava.config.js");
  const order = JSON.stringify(bundled.map((file) => path.join(loamRoot, file)));
  writeFileSync(
    config,
    `const order = ${order};
const sortTestFiles = (one, other) => order.indexOf(one) - order.indexOf(other);
export default { ...${JSON.stringify({ ...ava, ...own })}, sortTestFiles };
`,
  );
  return {
    args: ["--config", path.relative(loamRoot, config)],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
