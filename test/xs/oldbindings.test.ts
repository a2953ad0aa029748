import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

test("a module that names its C in the SDK's older spelling runs: CRC-8 of Sensirion's example", async (t) => {
  const program = await buildHost({ manifest: path.join(loamRoot, "test/xs/programs/checksum/manifest.json") });
  const run = await runHost(program);
  t.is(run.exitCode, 0, run.stderr);
  // SHT3x data sheet, table 20: CRC(0xBEEF) = 0x92.
  t.deepEqual(run.lines, ["92"]);
});
