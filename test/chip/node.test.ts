// Slow: the whole node on an emulated chip, window by window
import path from "node:path";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { recordedDay } from "./helpers/day.js";
import { runWindows } from "./helpers/windows.js";
import { board, needs } from "../helpers/needs.js";

/** LOAM_DAY=1: all 96 of the day, to its end. */
const isWholeDay = Boolean(process.env["LOAM_DAY"]);
const windows = isWholeDay ? Infinity : 12;

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
  for (const { instructions, modules } of emulated.result.report.windows)
    t.is(
      Object.values(modules).reduce((sum, count) => sum + count, 0),
      instructions,
    );
});
