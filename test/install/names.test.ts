// Slow: a process for each case
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";

const top = realpathSync(mkdtempSync(path.join(tmpdir(), "loam-names-")));
test.after.always(() => rmSync(top, { recursive: true, force: true }));

/** Names that are special in JSON, in a replacement text or in a shell. */
const names = ["my node", "Knöten", "it's", 'say "node"', "cost$& $$1", "back\\slash", "{{name}}"];

for (const name of names)
  test.serial(`loam init ${name}: the description has that name, and the printed cd leads there`, async (t) => {
    const { stdout } = await execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), "init", name], { cwd: top });
    const folder = path.join(top, name);
    t.is((await readNode(path.join(folder, "node.config.json"))).name, name);
    const line = stdout.split("\n").find((each) => each.startsWith("  cd "))!;
    t.is((await execa("sh", ["-c", `${line} && pwd`], { cwd: top })).stdout, folder);
  });
