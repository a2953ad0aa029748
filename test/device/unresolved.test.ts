import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { withValues } from "../node/descriptions.js";

test("a firmware with a description that only names its board says how to build it", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "unresolved-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = path.join(folder, "node.config.json");
  await writeFile(file, JSON.stringify(withValues({ board: "heltec-v3", "radio.board": undefined })));
  const program = await buildHost({ manifest: path.join(loamRoot, "manifest.json") });
  const run = await runHost(program, { resources: { "node.config.json": file }, timeoutMs: 120_000 });
  t.not(run.exitCode, 0);
  t.regex(run.stderr, /the description names the board heltec-v3 only: build the firmware with loam device/);
});
