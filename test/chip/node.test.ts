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
import { board, needs } from "../helpers/needs.js";

const windows = 12;

/** Events up to the last of these windows, and what followed from it. */
async function eventsOf(options: SimulateOptions): Promise<SimulationEvent[]> {
  const events: SimulationEvent[] = [];
  const enough = new AbortController();
  let count = 0;
  await simulate({
    ...options,
    signal: enough.signal,
    onEvent(event) {
      events.push(event);
      if (event.event === "window" && ++count === windows) enough.abort();
    },
  });
  return events.slice(
    0,
    events.findLastIndex(({ event }) => event === "window"),
  );
}

const verdictsOf = (events: SimulationEvent[]): unknown[] =>
  events.flatMap((event) =>
    event.event === "verdict" ? { label: event.label, confidence: event.confidence, decided: event.decided } : [],
  );
const uplinksOf = (events: SimulationEvent[]): unknown[] =>
  events.flatMap((event) =>
    event.event === "uplink"
      ? { payload: event.payload, bytes: event.bytes, counter: event.counter, dataRate: event.dataRate }
      : [],
  );

needs(board)("the emulated chip gives the verdicts and uplinks of the host program", async (t) => {
  t.timeout(600_000);
  const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-test-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const config = await readNode(path.join(loamRoot, "node.config.json"));
  await generateRecordings(folder, config, { days: 3, seed: 1 });
  const recording = path.join(folder, "test", (await readdir(path.join(folder, "test")))[0]!);
  const chip = await buildChip();
  let report: ChipReport | undefined;
  const host = await eventsOf({ recording, config });
  const emulated = await eventsOf({
    recording,
    config,
    run: async (options) => {
      const result = await runChip(chip, options);
      ({ report } = result);
      return result;
    },
  });
  t.is(verdictsOf(host).length, windows);
  t.deepEqual(verdictsOf(emulated), verdictsOf(host));
  t.true(uplinksOf(host).length >= windows - 2);
  t.deepEqual(uplinksOf(emulated), uplinksOf(host));
  for (const { instructions, modules } of report!.windows)
    t.is(
      Object.values(modules).reduce((sum, count) => sum + count, 0),
      instructions,
    );
});
