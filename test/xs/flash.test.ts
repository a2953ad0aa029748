import test from "ava";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";
import { cuts, erased, flashProgram } from "../helpers/flashCuts.js";

const program = buildHost({ manifest: flashProgram });

test("flash survives a restart, in its file", async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), "loam-flash-"));
  t.teardown(() => rm(directory, { recursive: true }));
  const flash = path.join(directory, "flash.bin");
  const first = await runHost(await program, { flash, args: ["write"], timeoutMs: 30_000 });
  t.deepEqual(first.lines, [erased, "1,2,3,4,5,6,7,8"], first.stderr);
  const second = await runHost(await program, { flash, timeoutMs: 30_000 });
  t.deepEqual(second.lines, ["1,2,3,4,5,6,7,8"]);
  const bytes = await readFile(flash);
  t.is(bytes.length, 65536 + 16384);
  t.deepEqual([...bytes.subarray(0, 9)], [1, 2, 3, 4, 5, 6, 7, 8, 255]);
});

test("without a file, flash is erased at each start", async (t) => {
  for (let i = 0; i < 2; i++)
    t.deepEqual((await runHost(await program, { args: ["write"] })).lines, [erased, "1,2,3,4,5,6,7,8"]);
});

for (const { powerCut, left } of cuts) {
  test(`power cut at ${powerCut} leaves ${left}`, async (t) => {
    const directory = await mkdtemp(path.join(tmpdir(), "loam-flash-"));
    t.teardown(() => rm(directory, { recursive: true }));
    const flash = path.join(directory, "flash.bin");
    const cut = await runHost(await program, { flash, powerCut, args: ["write"], timeoutMs: 30_000 });
    t.is(cut.exitCode, powerCut < 4 ? exitCodes.powerCut : 0, cut.stderr);
    if (powerCut === 4) t.is(cut.flashAccesses, 3);
    t.deepEqual((await runHost(await program, { flash })).lines, [left]);
  });
}
