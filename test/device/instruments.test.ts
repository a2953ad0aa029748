// Slow: runs the whole node with a debugger, which makes each of its programs anew
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { Xsbug } from "../xs/xsbug.js";
import { quietDay } from "./helpers/day.js";
import { config, writeWetToDry } from "./helpers/wetToDry.js";

const { folder, model } = writeWetToDry("instruments");
const manifest = JSON.parse(readFileSync(path.join(loamRoot, "device/manifest.json"), "utf8")) as {
  platforms: Record<string, { creation?: { heap: { initial: number } } }>;
};

/** Bytes that the chip sets aside for slots from the start. */
const heldSlots = 16 * manifest.platforms["esp32"]!.creation!.heap.initial;

test("the node's figures in xsbug's graph: XS's memory, arena, outbox, last confidence, time of a window", async (t) => {
  const recording = path.join(folder, "short.csv");
  writeFileSync(
    recording,
    quietDay(config, 3, (window) => 31 - 10 * window),
  );
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  const samples: Record<string, number>[] = [];
  let instruments: { name: string; unit: string }[] = [];
  let logins = 0;
  const journal: { event: string; at: number; time?: number }[] = [];
  void (async () => {
    for (;;) {
      const document = await xsbug.receive("");
      if (document.includes("<login")) {
        logins++;
        instruments = [];
        xsbug.start();
      }
      const described = [...document.matchAll(/<instrument name="(.*?)" value="(.*?)"/g)];
      if (described.length > 0) instruments = described.map(([, name, unit]) => ({ name: name!, unit: unit! }));
      const line = /<log>(\{.*\})/.exec(document.replaceAll("&#34;", '"'))?.[1];
      if (line) journal.push(JSON.parse(line) as (typeof journal)[number]);
      const values = /<samples>(.*)<\/samples>/.exec(document)?.[1]!.split(",").map(Number);
      if (!values) continue;
      t.is(values.length, instruments.length);
      samples.push(Object.fromEntries(instruments.map(({ name }, i) => [name, values[i]!])));
    }
  })();
  const events: SimulationEvent[] = [];
  const summary = await simulate({
    recording,
    config,
    model,
    debug: `127.0.0.1:${xsbug.port}`,
    onEvent: (event) => events.push(event),
  });
  t.is(logins, 1 + summary.power.sleeps);
  t.deepEqual(
    instruments.map(({ name, unit }) => name + unit).join(""),
    "Chunk used / Chunk available bytesSlot used / Slot available bytesStack used / Stack available bytesGarbage collections times" +
      "Keys used keysModules loaded modulesArena used / Arena available bytesOutbox waiting payloadsLast confidence percentWindow time ms",
  );
  for (const sample of samples) {
    const memory = sample["Chunk used"]! + sample["Slot used"]! + sample["Stack available"]!;
    t.true(memory > 0 && memory <= summary.heapPeakBytes, `${memory} of ${summary.heapPeakBytes}`);
    t.true(sample["Slot used"]! <= sample["Slot available"]!);
    t.is(sample["Chunk used"]! + sample["Slot available"]! + sample["Stack available"]!, summary.heapLimitBytes);
    // Slots that are set aside are not for chunks.
    t.is(
      sample["Chunk available"]! + Math.max(sample["Slot used"]!, heldSlots) + sample["Stack available"]!,
      summary.heapLimitBytes,
    );
    t.is(sample["Stack available"], 16 * summary.stackLimitSlots);
    t.true(sample["Stack used"]! > 0 && sample["Stack used"]! <= 16 * summary.stackPeakSlots);
    t.is(sample["Arena available"], config.model.arenaBytes);
  }
  const ofWindows = samples.filter((sample) => sample["Window time"]! > 0);
  const verdicts = events.flatMap((event) => (event.event === "verdict" ? [event] : []));
  t.is(verdicts.length, 3);
  const confidences = ofWindows.map((sample) => sample["Last confidence"]);
  t.deepEqual([...new Set(confidences)], [...new Set(verdicts.map(({ confidence }) => Math.round(100 * confidence)))]);
  for (const sample of ofWindows) {
    t.is(sample["Arena used"], summary.arenaUsed);
    t.true(sample["Garbage collections"]! > 0);
  }
  // The first verdict: its line in the journal takes some milliseconds of script, and the network has not set the clock yet.
  const { at, time } = journal.find(({ event }) => event === "verdict")!;
  const expected = 1000 * (at - time! - config.window.seconds);
  const measured = ofWindows[0]!["Window time"]!;
  t.true(expected > 0 && Math.abs(measured - expected) <= 10, `${measured} ms, ${expected} ms`);
  const waiting = new Set(events.flatMap((event) => (event.event === "window" ? [event.waiting] : [])));
  t.true(waiting.size > 0);
  for (const count of waiting)
    t.true(
      ofWindows.some((sample) => sample["Outbox waiting"] === count),
      String(count),
    );
});
