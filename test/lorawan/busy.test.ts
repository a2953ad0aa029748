// Slow: runs nodes for many windows of simulated time
import path from "node:path";
import test from "ava";
import { Air } from "../../host-tools/air/index.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { otaa } from "./simulation.js";

interface Line {
  sent: boolean;
  acknowledged: boolean;
  transmissions: number;
  /** ms after the uplink's end: when script began to compute, and when it was done. */
  busy: [from: number, to: number];
}

const uplinks = 12;

/** What a chip's timing allows least (US915 DR3 is answered at 500 kHz), and what takes longest. */
const rates = [
  { region: "US915", dataRate: 3, rate: "DR3 (SF7, answered at 500 kHz)" },
  { region: "EU868", dataRate: 5, rate: "SF7" },
  { region: "EU868", dataRate: 0, rate: "SF12" },
] as const;

/** From before RX1 to after it; and from the uplink's end to after RX2. */
const spans = [
  { from: 600, ms: 900 },
  { from: 0, ms: 2500 },
] as const;

async function acknowledged(chip: string, { region, dataRate }: (typeof rates)[number], span: (typeof spans)[number]) {
  const program = await buildHost({
    manifest: path.join(loamRoot, "host-tools/radionode/manifest.json"),
    main: path.join(loamRoot, "test/lorawan/xs/busy.xs.ts"),
  });
  const air = new Air();
  const server = new NetworkServer({ region, collect: collectInAir(air) });
  server.addDevice(otaa);
  attachGateway(air, server, "gateway", { x: 300, y: 0 });
  const run = await runHost(program, {
    args: [JSON.stringify({ chip, region, dataRate, credentials: otaa, uplinks, ...span })],
    air: air.nodePort("node", { ppm: 20 }),
    seed: 1,
    timeoutMs: 120_000,
  });
  if (run.exitCode !== 0) throw new Error(run.stderr);
  return run.lines.map((line) => JSON.parse(line) as Line);
}

for (const chip of ["sx1262", "sx1276"])
  for (const rate of rates)
    for (const span of spans)
      test(`${chip}, ${rate.region} ${rate.rate}: script that is busy from ${span.from} ms after an uplink for ${span.ms} ms loses no downlink`, async (t) => {
        const lines = await acknowledged(chip, rate, span);
        t.is(lines.length, uplinks);
        for (const { busy, ...result } of lines) {
          t.like(result, { sent: true, acknowledged: true, transmissions: 1 });
          t.true(busy[0] < 900 && busy[1] > 1100, `RX1 opens while script is busy: ${busy.join(" to ")} ms`);
        }
      });
