// Slow: the whole node on an emulated chip, window by window
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildChip } from "../../host-tools/chip/image.js";
import type { ChipReport } from "../../host-tools/chip/report.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { generateRecordings } from "../../host-tools/recordings/generate.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate, type SimulateOptions } from "../../host-tools/simulate/simulate.js";
import { buildHost, runHost, type RunResult } from "../../host-tools/xs/index.js";
import { withFrames, type Frame } from "./helpers/frames.js";
import { board, needs } from "../helpers/needs.js";

/** LOAM_DAY=1: all 96 of the day, to its end. */
const isWholeDay = Boolean(process.env["LOAM_DAY"]);
const windows = isWholeDay ? 96 : 12;

type Given = Parameters<NonNullable<SimulateOptions["run"]>>[0];

/** Events up to the last of the windows and what followed from it, and the frames on the air until then. */
async function runWindows(
  options: Pick<SimulateOptions, "recording" | "config">,
  run: (given: Given) => Promise<RunResult>,
): Promise<{ events: SimulationEvent[]; frames: Frame[] }> {
  const all: SimulationEvent[] = [];
  const frames: Frame[] = [];
  const enough = new AbortController();
  let count = 0;
  await simulate({
    ...options,
    signal: enough.signal,
    onEvent(event) {
      all.push(event);
      if (event.event === "window" && ++count === windows && !isWholeDay) enough.abort();
    },
    run: (given) => run({ ...given, air: withFrames(given.air!, frames) }),
  });
  if (isWholeDay) return { events: all, frames };
  const events = all.slice(
    0,
    all.findLastIndex(({ event }) => event === "window"),
  );
  return { events, frames: frames.slice(0, events.filter(({ event }) => event === "radio").length) };
}

/** All that the node says and does, without the time: that depends on how long code takes. */
const actionsOf = (events: SimulationEvent[], ...kinds: SimulationEvent["event"][]): unknown[] =>
  events.filter(({ event }) => kinds.includes(event)).map((event) => ({ ...event, time: 0 }));
const uplinksOf = (events: SimulationEvent[]): unknown[] =>
  events.flatMap((event) =>
    event.event === "uplink"
      ? { payload: event.payload, bytes: event.bytes, counter: event.counter, dataRate: event.dataRate }
      : [],
  );

needs(board)("the emulated chip gives the verdicts, uplinks and encrypted frames of the host program", async (t) => {
  t.timeout(isWholeDay ? 3_600_000 : 600_000);
  const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-test-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const config = await readNode(path.join(loamRoot, "node.config.json"));
  await generateRecordings(folder, config, { days: 3, seed: 1 });
  const recording = path.join(folder, "test", (await readdir(path.join(folder, "test"))).sort()[0]!);
  const program = await buildHost();
  const chip = await buildChip();
  let report: ChipReport | undefined;
  const host = await runWindows({ recording, config }, (given) => runHost(program, given));
  const emulated = await runWindows({ recording, config }, async (given) => {
    const result = await runChip(chip, given);
    ({ report } = result);
    return result;
  });
  t.is(actionsOf(host.events, "verdict").length, isWholeDay ? 95 : windows);
  t.deepEqual(actionsOf(emulated.events, "verdict"), actionsOf(host.events, "verdict"));
  for (const kind of ["actuation", "fault", "stored", "decision", "link", "log"] as const)
    t.deepEqual(actionsOf(emulated.events, kind), actionsOf(host.events, kind), kind);
  t.true(uplinksOf(host.events).length >= windows - 2);
  t.deepEqual(uplinksOf(emulated.events), uplinksOf(host.events));
  t.true(host.frames.filter(({ direction }) => direction === "up").length >= windows);
  t.deepEqual(emulated.frames, host.frames);
  for (const { instructions, modules } of report!.windows)
    t.is(
      Object.values(modules).reduce((sum, count) => sum + count, 0),
      instructions,
    );
});
