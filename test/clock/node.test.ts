// Slow: the whole node through days of sleep cycles
import { rmSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { ports } from "../../device/codec/codec.js";
import { ClockServer } from "../../host-tools/gateway/clockserver.js";
import type { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { exampleNode } from "../device/helpers/day.js";
import { runCycles, type CycleFigures, type CycleOptions } from "../sleep/cycles.js";

const folders: string[] = [];
test.after.always(() => folders.forEach((one) => rmSync(one, { recursive: true, force: true })));

const everySeconds = exampleNode().window.everySeconds;
const { devEui } = exampleNode().radio;

/** What becomes of each of the server's downlinks; nothing of it: it is lost. */
type Way = (payload: Buffer, number: number) => Uint8Array[];

/** The whole node, before a network that does not answer DeviceTimeReq. */
async function run(
  options: Partial<CycleOptions> & { way?: Way; period?: number; resync?: number },
): Promise<CycleFigures> {
  const { way = (payload) => [payload], period, resync, ...rest } = options;
  const folder = path.join(buildRoot, "test", `clock-${process.pid}-${folders.length}`);
  folders.push(folder);
  let sent = 0;
  const clocks = (network: NetworkServer): ClockServer =>
    new ClockServer({
      registrations: [{ devEui }],
      period,
      resync,
      server: {
        dropQueued: () => {},
        sendDownlink(to, port, payload) {
          for (const one of way(Buffer.from(payload), sent++)) void network.sendDownlink(to, port, one);
          return Promise.resolve(true);
        },
      },
    });
  return runCycles({ folder, windows: 24, probability: 0, rtcPpm: 30_000, seed: 1, clocks, ...rest });
}

/** All payloads came, with right times from the beginning on. */
function isRight(
  t: ExecutionContext,
  { lags, lost, untimed, untimely, trouble, ...figures }: CycleFigures,
  first = 0,
): void {
  t.deepEqual({ lost, untimed, untimely, trouble }, { lost: 0, untimed: 0, untimely: 0, trouble: [] });
  t.is(figures.countersReused + figures.devNoncesReused + figures.doubled, 0);
  const later = lags.slice(first);
  t.log(
    `${lags.length} payloads, lags from ${Math.min(...later).toFixed(2)} to ${Math.max(...later).toFixed(2)} s; ${figures.clockUplinks.length} uplinks on port ${ports.clock}`,
  );
  // Whole seconds by the server, half a second each way, and what the clock may lose until it asks again: below the two seconds from which a time is unknown.
  t.true(
    later.every((lag) => Math.abs(lag) < 3),
    `lags ${later.map((lag) => lag.toFixed(1)).join(", ")}`,
  );
}

for (const rtcPpm of [30_000, -30_000])
  test(`a network that answers AppTimeReq alone, an RTC that is off by ${rtcPpm / 10_000} %: reports have true times`, async (t) => {
    const figures = await run({ rtcPpm, windows: 48 });
    // The first two windows' payloads come later.
    isRight(t, figures, 4);
    const { clockUplinks } = figures;
    t.true(clockUplinks[0]! < everySeconds, "before the first payload");
    // Less and less often: the RTC's drift is learned.
    const half = 24 * everySeconds;
    const [early, late] = [clockUplinks.filter((at) => at < half), clockUplinks.filter((at) => at >= half)];
    t.log(`${early.length} in the first half, ${late.length} in the second`);
    t.true(late.length < early.length);
  });

test("answers that are lost, doubled, of another token, or come with the next uplink", async (t) => {
  const later: Buffer[] = [];
  const figures = await run({
    windows: 48,
    way(payload, number) {
      const forged = Buffer.from(payload);
      // A day off, and the next token.
      if (payload[0] === 1) forged.writeInt32LE(payload.readInt32LE(1) + 86_400, 1);
      forged[5] = (forged[5]! + 1) & 15;
      const waiting = later.splice(0);
      switch (number % 4) {
        case 0:
          return waiting;
        case 1:
          return [...waiting, payload, payload];
        case 2:
          return [...waiting, forged, payload];
        default:
          later.push(payload);
          return waiting;
      }
    },
  });
  isRight(t, figures, 8);
});

test("a reset, then a power cut, between a request and its answer", async (t) => {
  const start = await run({ windows: 4 });
  const first = start.clockUplinks[0]!;
  // Within RX1's delay.
  const kept = { at: first + 0.5, kind: "kept" } as const;
  const again = await run({ windows: 4, resetsAt: [kept] });
  isRight(t, again, 4);
  t.deepEqual(again.injected, { "moment kept": 1 });
  const second = again.clockUplinks.find((at) => at > kept.at)!;
  const cut = await run({ windows: 12, resetsAt: [kept, { at: second + 0.5, kind: "power" }] });
  t.deepEqual(cut.injected, { "moment kept": 1, "moment power": 1 });
  const { lost, untimely, trouble } = cut;
  t.deepEqual({ lost, untimely, trouble }, { lost: 0, untimely: 0, trouble: [] });
});

test("resets and power cuts at every phase, with a period of the server: nothing is lost, doubled or used twice, and no time is wrong", async (t) => {
  const figures = await run({ windows: 120, probability: 0.3, seed: 7, period: 5, resync: 2 });
  const { lost, doubled, untimely, trouble, countersReused, devNoncesReused, injected, clockUplinks } = figures;
  t.log(JSON.stringify({ injected, clockUplinks: clockUplinks.length, untimed: figures.untimed }));
  t.deepEqual({ lost, doubled, untimely, trouble }, { lost: 0, doubled: 0, untimely: 0, trouble: [] });
  t.is(countersReused + devNoncesReused, 0);
});

test("a server that never answers: payloads come, and the requests become few", async (t) => {
  const figures = await run({ windows: 48, way: () => [] });
  const { lost, doubled, trouble, clockUplinks, frames } = figures;
  t.deepEqual({ lost, doubled, trouble }, { lost: 0, doubled: 0, trouble: [] });
  t.log(`${clockUplinks.map((at) => Math.round(at / 60)).join(", ")} min; ${frames} frames`);
  // Two, then after 15 min, 30 min, 1 h, 2 h, 4 h, 6 h.
  t.true(clockUplinks.length >= 5 && clockUplinks.length <= 9, `${clockUplinks.length}`);
});
