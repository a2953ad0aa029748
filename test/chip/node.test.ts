// Slow: the whole node on an emulated chip, window by window
import path from "node:path";
import type { ExecutionContext } from "ava";
import { buildChip } from "../../host-tools/chip/image.js";
import type { ChipWindow } from "../../host-tools/chip/report.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { steady } from "../../host-tools/simulate/cycle.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { recordedDay } from "./helpers/day.js";
import { runWindows } from "./helpers/windows.js";
import { board, needs } from "../helpers/needs.js";

/** LOAM_DAY=1: all 96 of the day, to its end. */
const isWholeDay = Boolean(process.env["LOAM_DAY"]);
const windows = isWholeDay ? Infinity : 12;
/** Of the median window, from waking to sleeping; docs/benchmarks.md has the mean. */
const mostInstructions = 109_000_000;
/** Of garbage collections from one window to the next; none of the node's machine while samples come and are judged. How many after that: of the node's machine, and of the script's small one, which grows anew after each sleep. */
const mostCollecting = 2_000_000;
const mostCollections = 4;
const mostScriptCollections = 16;
/** 45 ms at 160 MHz. */
const mostToVerdict = 7_200_000;

/** The first two have the start, a join and a scan of flash. */
function windowsCost(t: ExecutionContext, all: readonly ChipWindow[]): void {
  const steady = all.slice(2);
  t.true(steady.length >= 8, `${steady.length} windows`);
  for (const [i, { modules, collections, windowCollections, scriptCollections }] of steady.entries())
    t.true(
      modules["garbage collection"]! < mostCollecting &&
        windowCollections === 0 &&
        collections <= mostCollections &&
        scriptCollections <= mostScriptCollections,
      `window ${i + 2}: ${modules["garbage collection"]} instructions, ${windowCollections} of ${collections} and ${scriptCollections} collections`,
    );
  const counts = steady.map(({ instructions }) => instructions).sort((a, b) => a - b);
  t.true(counts[counts.length >> 1]! < mostInstructions, `instructions: ${counts.join(", ")}`);
  t.true(Math.max(...steady.map(({ toVerdict }) => toVerdict)) < mostToVerdict);
}

needs(board)("the emulated chip gives the verdicts, uplinks and encrypted frames of the host program", async (t) => {
  t.timeout(isWholeDay ? 3_600_000 : 600_000);
  const config = await readNode(path.join(loamRoot, "node.config.json"));
  const recording = await recordedDay(t, config);
  const program = await buildHost();
  const chip = await buildChip();
  const host = await runWindows({ recording, config }, windows, (given) => runHost(program, given));
  const emulated = await runWindows({ recording, config }, windows, (given) => runChip(chip, given));
  t.is(host.journal.filter((line) => line.includes('"event":"verdict"')).length, isWholeDay ? 95 : windows);
  t.deepEqual(emulated.journal, host.journal);
  t.true(host.uplinks.length >= (isWholeDay ? 96 : 10));
  t.deepEqual(emulated.uplinks, host.uplinks);
  t.true(host.frames.filter(({ direction }) => direction === "up").length >= (isWholeDay ? 96 : 11));
  t.deepEqual(emulated.frames, host.frames);
  // The host program's clock goes by costs of the chip: after a change of what runs, npm run calibrate measures them again. A run ends some time after its
  // last window: one may have a cycle more than the other.
  const awake = ({ active, sleeps }: { active: number; sleeps: number }): number => active / sleeps;
  const counted = awake(emulated.result.power!.cycles!);
  const share = awake(steady(host.result.power!)) / counted;
  t.log(`awake from one sleep to the next: ${counted} s on the chip, ${share} of it in the host program`);
  t.true(Math.abs(share - 1) < 0.03, `${share}`);
  windowsCost(t, emulated.result.report.windows);
  for (const { instructions, modules } of emulated.result.report.windows)
    t.is(
      Object.values(modules).reduce((sum, count) => sum + count, 0),
      instructions,
    );
});
