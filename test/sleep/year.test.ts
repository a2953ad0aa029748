// Slow: hundreds of sleep cycles, each a program of its own
import { rmSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { buildRoot } from "../../host-tools/lib/paths.js";
import type { PowerTimes, RunOptions } from "../../host-tools/xs/index.js";
import { runCycles } from "./cycles.js";

const folders: string[] = [];
/** For one test: they run at the same time. */
function newFolder(): string {
  const folder = path.join(buildRoot, "test", `year-${process.pid}-${folders.length}`);
  folders.push(folder);
  return folder;
}
test.after.always(() => folders.forEach((one) => rmSync(one, { recursive: true, force: true })));

/** 365 days of a window every 900 s; LOAM_YEAR=1 runs them all, which takes some twenty minutes on a machine of its own. */
const year = 35_040;
const isYear = process.env["LOAM_YEAR"] === "1";

/** Resets in each phase: "sampling kept", "rx1 power" and so on. */
const phases = ["start", "sampling", "features", "flash", "retain", "tx", "rx1", "rx2", "fallingAsleep", "asleep"];

test("sleep cycles with resets and power cuts at every phase: nothing is lost, doubled or used twice, and time goes on", async (t) => {
  t.timeout(4 * 3600_000);
  const windows = isYear ? year : 240;
  const figures = await runCycles({
    folder: newFolder(),
    windows,
    probability: isYear ? 0.1 : 0.4,
    rtcPpm: 30_000,
    seed: 2026,
  });
  const { injected, power, trouble, ...counts } = { ...figures, lags: undefined, uplinks: undefined };
  t.log(JSON.stringify({ ...counts, ...power, injected }));
  t.is(counts.lost, 0);
  t.is(counts.doubled, 0);
  t.is(counts.countersReused, 0);
  t.is(counts.devNoncesReused, 0);
  t.is(counts.untimely, 0);
  t.is(counts.joins, 1, "one session lasts");
  t.deepEqual(trouble, []);
  // A reset takes the window that it falls into, no more.
  t.true(counts.windows >= windows - power.resets - power.powerCuts);
  t.true(counts.stored >= 0.95 * windows, `${counts.stored} payloads`);
  for (const phase of phases)
    t.true(
      Object.keys(injected).some((name) => name.startsWith(`${phase} `)),
      `${phase}: ${JSON.stringify(injected)}`,
    );
});

/** MHDR, FHDR with one byte of FOpts, MIC: no payload, and the request for the time. */
const requestBytes = 1 + 8 + 4;

test("resets before the answers to two requests for the time: a payload does not go out with what an unknown RTC says", async (t) => {
  const at = (seconds: number, kind: "kept" | "power") => ({ at: seconds, kind });
  // The power cut takes the RTC's drift, and the first sleep after it shows it: the time is asked for at that sleep's end.
  const resetsAt = [at(1000, "power")];
  const folder = newFolder();
  const run = () => runCycles({ folder, windows: 4, probability: 0, rtcPpm: 30_000, seed: 1, resetsAt });
  for (let interrupted = 0; interrupted < 2; interrupted++) {
    const { uplinks } = await run();
    const request = uplinks.find(
      (uplink) => uplink.bytes === requestBytes && uplink.at > Math.max(1800, resetsAt.at(-1)!.at),
    );
    // Before RX1.
    resetsAt.push(at(request!.at + 0.5, "kept"));
  }
  const { injected, trouble, lost, untimely, untimed } = await run();
  t.deepEqual(injected, { "moment power": 1, "moment kept": 2 });
  t.deepEqual({ lost, untimely, untimed, trouble }, { lost: 0, untimely: 0, untimed: 0, trouble: [] });
});

test("a flipped bit in the newest record of RTC memory: the one before is no substitute, as its frame counter was used since", async (t) => {
  const folder = newFolder();
  const run = (resetsAt: NonNullable<RunOptions["resetsAt"]>) =>
    runCycles({ folder, windows: 4, probability: 0, rtcPpm: 0, seed: 1, resetsAt });
  const { uplinks } = await run([]);
  // Before its receive windows, of the first uplink of the third window and of all that come before.
  for (const { at } of uplinks.slice(0, 1 + uplinks.findIndex((uplink) => uplink.at > 1800))) {
    const { injected, trouble, lost, countersReused, joins, untimely } = await run([{ at: at + 0.5, kind: "flipped" }]);
    t.deepEqual(injected, { "moment flipped": 1 });
    t.deepEqual(
      { lost, countersReused, joins, untimely, trouble },
      { lost: 0, countersReused: 0, joins: 1, untimely: 0, trouble: [] },
      `after the uplink at ${at} s`,
    );
  }
});

/** The probe is on for 0.4 s around each of a window's 30 samples and off, not floating, for the rest of the time; so are the valves held. */
function checkSupply(t: ExecutionContext, { pins, ...power }: PowerTimes, windows: number): void {
  const { high, low } = pins["23"]!;
  const wanted = windows * 30 * 0.4;
  t.true(Math.abs(high - wanted) < 0.01 * wanted, `supplied for ${high} s`);
  const total = power.deepSleep + power.lightSleep + power.active;
  t.true(high + low > 0.999 * total, `driven for ${high + low} of ${total} s`);
  t.deepEqual(
    Object.entries(pins).flatMap(([pin, { hasFloated }]) => (hasFloated ? pin : [])),
    [],
  );
}

for (const rtcPpm of [30_000, -30_000]) {
  test(`an RTC that is off by ${rtcPpm / 10_000} %: its drift is learned, and a day's timestamps are within two seconds`, async (t) => {
    const figures = await runCycles({
      folder: newFolder(),
      windows: 100,
      probability: 0,
      rtcPpm,
      seed: 1,
    });
    const { lags, lost, untimed, power } = figures;
    t.is(lost, 0);
    t.is(untimed, 0);
    checkSupply(t, power, figures.windows);
    t.true(power.deepSleep > 80_000, "it sleeps");
    // Without learning each sleep would add 26 s. The first windows' payloads come later: the node asks for the time before.
    const later = lags.slice(5);
    t.true(later.length > 90, `${later.length} payloads`);
    t.true(
      later.every((lag) => Math.abs(lag) < 2.5),
      `lags from ${Math.min(...later)} to ${Math.max(...later)} s`,
    );
    t.log(`lags from ${Math.min(...later).toFixed(2)} to ${Math.max(...later).toFixed(2)} s`);
  });
}
