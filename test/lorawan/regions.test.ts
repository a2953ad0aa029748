import test from "ava";
import { ChannelPlan } from "../../device/lorawan/channels.js";
import { bandOf, regions, rx1DataRate } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { Air } from "../../host-tools/air/index.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { runRadioNode } from "./radionode.js";
import { airtime, otaa } from "./simulation.js";

const names = Object.keys(regions) as RegionName[];

for (const name of names) {
  test(`${name}: device code under XS joins and delivers through driver, simulated chip and simulated air`, async (t) => {
    const air = new Air();
    let uplinks = 0;
    const server = new NetworkServer({ region: name, collect: collectInAir(air), onUplink: () => void uplinks++ });
    server.addDevice(otaa);
    attachGateway(air, server, "gateway");
    const lines = await runRadioNode(t, air, { region: name, everySeconds: 60, makeFor: 1200000, endAfter: 7200000 });
    t.deepEqual(
      lines.filter((line) => line.includes("trouble")),
      [],
    );
    t.true(uplinks >= 15);
    t.true(server.statistics.downlinks > 3);
  });
}

/** RX1's data rate in RP002-1.0.4, rows of its tables. */
const rx1Rows: [region: RegionName, uplink: number, dwell: boolean, rates: number[]][] = [
  ["EU868", 5, false, [5, 4, 3, 2, 1, 0]],
  ["EU868", 1, false, [1, 0, 0, 0, 0, 0]],
  ["KR920", 3, false, [3, 2, 1, 0, 0, 0]],
  ["IN865", 2, false, [2, 1, 0, 0, 0, 0, 3, 4]],
  ["IN865", 5, false, [5, 4, 3, 2, 1, 0, 5, 7]],
  ["AS923-1", 2, false, [2, 1, 0, 0, 0, 0, 3, 4]],
  ["AS923-1", 2, true, [2, 2, 2, 2, 2, 2, 3, 4]],
  ["US915", 0, false, [10, 9, 8, 8]],
  ["US915", 4, false, [13, 13, 12, 11]],
  ["AU915", 0, false, [8, 8, 8, 8, 8, 8]],
  ["AU915", 6, false, [13, 13, 12, 11, 10, 9]],
];
for (const [name, uplink, dwell, rates] of rx1Rows) {
  test(`RX1 of ${name} DR${uplink}${dwell ? " under dwell time" : ""}`, (t) => {
    t.deepEqual(
      rates.map((_, offset) => rx1DataRate(regions[name], uplink, offset, dwell)),
      rates,
    );
    t.is(rx1DataRate(regions[name], uplink, rates.length, dwell), undefined);
  });
}

test("the region tables are consistent: channels are within the bands, payloads within the dwell time", (t) => {
  for (const name of names) {
    const region = regions[name];
    const inRange = (frequency: number) => frequency >= region.range[0] && frequency <= region.range[1];
    t.true(inRange(region.rx2.frequency) && region.defaultChannels.every(inRange), name);
    t.truthy(region.dataRates[region.rx2.dataRate], name);
    for (const rate of region.joinDataRates) t.truthy(region.dataRates[rate], `${name} DR${rate}`);
    t.is(region.maxPayload.length, region.dataRates.length, name);
    region.maxPayloadDwell?.forEach((bytes, rate) => {
      const modulation = region.dataRates[rate];
      if (bytes === 0 || !modulation || rate >= 8) return;
      const time = airtime(
        { frequency: 0, spreadingFactor: modulation[0], bandwidth: modulation[1] * 1000 },
        bytes + 13,
        true,
      );
      t.true(time <= 400, `${name} DR${rate}: ${time} ms`);
    });
    for (const channel of region.defaultChannels) t.is(bandOf(region, channel) >= 0, region.bands.length > 0, name);
  }
});

test("EU868's duty cycles (ETSI EN 300 220-2)", (t) => {
  const share = (frequency: number) => regions.EU868.bands[bandOf(regions.EU868, frequency)]?.duty;
  t.deepEqual(
    [863500000, 867100000, 868100000, 868900000, 869525000, 869850000].map(share),
    [0.001, 0.01, 0.01, 0.001, 0.1, 0.01],
  );
  const plan = new ChannelPlan(regions.EU868);
  for (const gap of [862900000, 868600000, 868650000, 869200000, 869300000, 869650000, 869680000, 870000000])
    t.false(plan.inRange(gap), `${gap}`);
});

test("redefining a channel resets its downlink frequency", (t) => {
  const plan = new ChannelPlan(regions.EU868);
  plan.reset();
  plan.define(3, 867100000, 0x50);
  plan.down[3] = 869525000;
  t.is(plan.rx1Frequency(3), 869525000);
  plan.define(3, 867300000, 0x50);
  t.is(plan.rx1Frequency(3), 867300000);
});

/** ChMaskCntl and ChMask of LinkADRReq, and what they make of all channels on (RP002: US915, AU915, "LinkAdrReq"). */
const fixedMasks: [control: number, bits: number, mask: number[] | undefined][] = [
  [0, 0x00ff, [0x00ff, 0xffff, 0xffff, 0xffff, 0xff]],
  [3, 0x0001, [0xffff, 0xffff, 0xffff, 0x0001, 0xff]],
  [4, 0x0002, [0xffff, 0xffff, 0xffff, 0xffff, 0x02]],
  [5, 0x0006, [0xff00, 0x00ff, 0, 0, 0x06]],
  [6, 0x0001, [0xffff, 0xffff, 0xffff, 0xffff, 0x01]],
  [7, 0x0080, [0, 0, 0, 0, 0x80]],
];
for (const [control, bits, mask] of fixedMasks) {
  test(`US915's ChMaskCntl ${control}`, (t) => {
    const plan = new ChannelPlan(regions.US915);
    plan.reset();
    t.true(plan.applyMask(control, bits, plan.mask));
    t.deepEqual([...plan.mask], mask);
  });
}

test("ChMaskCntl 6 of EU868 turns on every defined channel; values other than 0 and 6 are refused", (t) => {
  const plan = new ChannelPlan(regions.EU868);
  plan.reset();
  plan.define(5, 867100000, 0x50);
  plan.mask[0] = 1;
  t.true(plan.applyMask(6, 0, plan.mask));
  t.is(plan.mask[0], 0b100111);
  for (const control of [1, 2, 3, 4, 5, 7]) t.false(plan.applyMask(control, 7, plan.mask.slice()));
});
