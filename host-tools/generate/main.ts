/** npm run generate: writes the generated files. With --check: says which of them are stale, and fails then. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { loamRoot } from "../lib/paths.js";
import { generate, staleFiles } from "./generate.js";

const stale = await staleFiles();
if (process.argv.includes("--check")) {
  if (stale.length > 0) {
    process.stderr.write(`${stale.join(", ")}: not what the sources make of it; run npm run generate\n`);
    process.exitCode = 1;
  }
} else {
  for (const [file, content] of await generate()) {
    if (!stale.includes(path.relative(loamRoot, file))) continue;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  process.stdout.write(stale.length > 0 ? `written: ${stale.join(", ")}\n` : "nothing has changed\n");
}
