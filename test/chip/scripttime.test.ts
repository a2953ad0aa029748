// Slow: builds a program for the emulated chip
import path from "node:path";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { board, needs } from "../helpers/needs.js";

const program = {
  manifest: path.join(loamRoot, "manifest.json"),
  main: path.join(loamRoot, "test/chip/scripttime.xs.ts"),
};
/**
 * By how much the host program's time may differ from the chip's. Natives have a cost each, and so have byte codes and built-in functions: the mean of what they were used for in
 * the example node's windows, whose sum test/chip/node.test.ts compares.
 */
const nativeFactor = 1.06;
const scriptFactor = 1.3;
/** What a function takes depends on what it is given. */
const builtInFactor = 1.4;

const timesOf = (lines: readonly string[]): Map<string, number> =>
  new Map(lines.map((line) => JSON.parse(line) as [string, number]));

needs(board)("the time that natives and script take in the host program is about the emulated chip's", async (t) => {
  t.timeout(600_000);
  const host = await runHost(await buildHost(program), { timeoutMs: 120_000 });
  t.is(host.exitCode, 0, host.stderr);
  const chip = await runChip(await buildChip(program), { timeoutMs: 300_000 });
  t.is(chip.exitCode, 0, chip.stderr);
  const measured = timesOf(chip.lines);
  const estimated = timesOf(host.lines);
  t.true(measured.size >= 10, chip.lines.join("\n"));
  t.deepEqual([...estimated.keys()], [...measured.keys()]);
  const wrong: string[] = [];
  for (const [what, time] of estimated) {
    const real = measured.get(what)!;
    const line = `${what}: ${time.toFixed(1)} µs, on the chip ${real.toFixed(1)}`;
    t.log(line);
    const allowed = what.startsWith("xs_") ? nativeFactor : what.startsWith("built-in") ? builtInFactor : scriptFactor;
    if (Math.max(time / real, real / time) > allowed) wrong.push(line);
  }
  t.deepEqual(wrong, []);
});
