import test from "ava";
import { Air } from "../../host-tools/air/index.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { NorFlash } from "../flash/norflash.js";
import { runRadioNode } from "./radionode.js";
import { World, abp, otaa } from "./simulation.js";

/** As a network that presets its ABP nodes otherwise than the region: RX1 after 5 s and slower, RX2 at SF9, more channels. */
const settings = {
  ...abp,
  rxDelay: 5,
  rx1Offset: 1,
  rx2DataRate: 3,
  rx2Frequency: 869525000,
  channels: [867100000, 867300000, 867500000],
};

for (const window of [1, 2] as const)
  test(`an ABP session with settings of its own hears RX${window}, and uses its channels; a restart keeps them`, async (t) => {
    const world = new World("EU868", { window, adr: false });
    world.server.addDevice({ devEui: otaa.devEui, ...settings });
    const flash = new NorFlash();
    const node = { region: "EU868", credentials: settings, flash, dataRate: 5 } as const;
    for (let start = 0; start < 2; start++) {
      const { link } = world.node(node, 0, world.time.now);
      t.is(link.state, "joined");
      for (let i = 0; i < 20; i++) {
        const began = world.time.now;
        t.like(await world.time.during(link.send(1, Buffer.alloc(5), { confirmed: true })), { acknowledged: true });
        t.true(world.time.now - began > (window + 4) * 1000, "after the session's delay");
        await world.time.pass(60000);
      }
    }
    const used = new Set(world.uplinksOnAir.map(({ modulation }) => modulation.frequency));
    for (const frequency of settings.channels) t.true(used.has(frequency), `${frequency}`);
  });

test("under XS an ABP node delivers through driver, simulated chip and air, with its RX2 and delay", async (t) => {
  const air = new Air();
  const server = new NetworkServer({ region: "EU868", window: 2, collect: collectInAir(air), adr: false });
  server.addDevice({ devEui: otaa.devEui, ...settings });
  attachGateway(air, server, "gateway");
  await runRadioNode(t, air, {
    region: "EU868",
    credentials: settings,
    everySeconds: 60,
    makeFor: 600000,
    endAfter: 3600000,
  });
  t.is(server.statistics.joins, 0);
  t.true(server.statistics.uplinks >= 8);
});

for (const [what, wrong, message] of [
  ["a channel in no band", { channels: [868650000] }, /frequency 868650000/],
  ["too many channels", { channels: Array.from({ length: 14 }, (_, i) => 867100000 + i * 1000) }, /at most 13/],
  ["an offset beyond the region's", { rx1Offset: 6 }, /rx1Offset 6: 0 to 5/],
  ["a data rate without downlinks", { rx2DataRate: 9 }, /rx2DataRate 9/],
] as const)
  test(`an ABP session is refused with ${what}`, (t) => {
    const credentials = { ...settings, ...wrong };
    t.throws(() => new World("EU868").node({ region: "EU868", credentials, flash: new NorFlash() }), {
      instanceOf: RangeError,
      message,
    });
  });
