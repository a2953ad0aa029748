// Slow: builds XS for this machine
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

const at = (name: string): string => path.join(loamRoot, "test/script", name);

test("timers of a script that has failed for good are none of what takes over, due or waiting; its other events are", async (t) => {
  const program = await buildHost({ manifest: at("successor.manifest.json"), main: at("successor.xs.ts") });
  const run = await runHost(program, { timeoutMs: 60_000 });
  t.is(run.exitCode, 0, run.stderr);
  const once = ["failing: onTimer a", "replaced", "unhandled: onTimer", "successor: onVerdict"];
  const atStart = ["replaced", "successor: onVerdict"];
  // At once, after a window in which both were due, and in the start that the node has woken for.
  t.deepEqual(run.lines, [...once, ...once, ...atStart]);
});
