import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { exampleNode } from "./helpers/day.js";

test("the configuration for a board without radio replays the recording in flash and prints verdicts", async (t) => {
  const program = await buildHost({ manifest: path.join(loamRoot, "device/replay/manifest.json") });
  const ended = new AbortController();
  let windows = 0;
  const run = await runHost(program, {
    // A board without a clock.
    startTime: 0,
    finish: ended.signal,
    timeoutMs: 30000,
    onLine: (line) => void (line.includes('"event":"window"') && ++windows === 5 && ended.abort()),
  });
  const events = run.lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { event: string; name?: string; time: number });
  const verdicts = events.filter(({ event }) => event === "verdict").slice(0, 5);
  t.is(verdicts.length, 5, run.stderr);
  for (const [index, { name, time }] of verdicts.entries()) {
    t.true(exampleNode().classes.includes(name!));
    // Time of day and uptime are read one after the other, in whole ms.
    t.true(Math.abs(time - verdicts[0]!.time - 30 * index) < 0.0015, `one window right after the other: ${time}`);
  }
  t.true(
    run.lines.some((line) => /^uplink 0 port 1[0-2]: 1[0-9a-f]+$/.test(line)),
    "what would go on the air",
  );
});
