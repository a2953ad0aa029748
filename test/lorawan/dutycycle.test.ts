import test from "ava";
import { DutyCycle } from "../../device/lorawan/dutycycle.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { Random } from "../../host-tools/lib/random.js";
import { NorFlash } from "../flash/norflash.js";
import { World, otaa, airtime } from "./simulation.js";

/** Largest airtime (ms) within any 60 minutes. */
function busiestHour(packets: { end: number; airtime: number }[]): number {
  let most = 0;
  for (const last of packets) {
    const from = last.end - 3600000;
    let sum = 0;
    for (const { end, airtime } of packets) if (end > from && end <= last.end) sum += Math.min(airtime, end - from);
    most = Math.max(most, sum);
  }
  return most;
}

test("a node that sends whenever it may keeps to the duty cycle in every hour, over days, resets and power cuts", async (t) => {
  for (const dataRate of [0, 3, 5]) {
    const world = new World("EU868", { adr: false, seed: `duty ${dataRate}` });
    world.server.addDevice(otaa);
    const flash = new NorFlash();
    let boots = 0;
    let sent = 0;
    let clockStart = 0;
    while (world.time.now < 12 * 3600000) {
      boots++;
      // After a power cut the clock starts at 0, after a reset it continues.
      if (world.random.uniform() < 0.5) clockStart = world.time.now;
      const { link } = world.node({ region: "EU868", credentials: otaa, flash, dataRate }, 0, clockStart);
      await world.time.during(link.join());
      for (let i = 0; i < 40; i++) {
        const result = await world.time.during(link.send(1, Buffer.alloc(51)));
        if (result.sent) sent++;
        else t.is(result.reason, "dutyCycle");
        await world.time.pass(result.sent ? 1000 : 60000);
      }
      link.close();
    }
    const spent = world.uplinksOnAir
      .filter(({ modulation }) => modulation.frequency >= 868000000)
      .map(({ payload, modulation, end }) => ({ end, airtime: airtime(modulation, payload.length, true) }));
    const other = world.uplinksOnAir
      .filter(({ modulation }) => modulation.frequency < 868000000)
      .map(({ payload, modulation, end }) => ({ end, airtime: airtime(modulation, payload.length, true) }));
    t.log(
      `DR${dataRate}: ${sent} sent over ${boots} boots; busiest hour ${busiestHour(spent).toFixed(0)} and ${busiestHour(other).toFixed(0)} ms of 36000`,
    );
    t.true(busiestHour(spent) <= 36000);
    t.true(busiestHour(other) <= 36000);
  }
});

test("a refused send says when sending is allowed again, and then it is", async (t) => {
  const world = new World("EU868", { adr: false });
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash(), dataRate: 0 });
  await world.time.during(link.join());
  let refused = 0;
  for (let i = 0; i < 60; i++) {
    const result = await world.time.during(link.send(1, Buffer.alloc(51)));
    if (result.sent) continue;
    refused++;
    t.is(result.reason, "dutyCycle");
    t.is(link.nextSendAt(51), result.sendAt);
    await world.time.pass(result.sendAt - world.time.now);
    t.like(await world.time.during(link.send(1, Buffer.alloc(51))), { sent: true });
  }
  t.true(refused > 0);
});

test("the network's aggregated duty cycle (DutyCycleReq) is obeyed", async (t) => {
  const world = new World("EU868", { adr: false });
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash(), dataRate: 5 });
  await world.time.during(link.join());
  world.server.sendCommands(otaa.devEui, Buffer.of(0x04, 10));
  await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true }));
  const before = world.uplinksOnAir.length;
  for (let second = 0; second < 600; second++) {
    await world.time.during(link.send(1, Buffer.alloc(10)));
    await world.time.pass(1000);
  }
  const onAir = world.uplinksOnAir.slice(before);
  for (let i = 1; i < onAir.length; i++) {
    const { payload, modulation, end } = onAir[i - 1]!;
    const start = onAir[i]!.end - airtime(onAir[i]!.modulation, onAir[i]!.payload.length, true);
    const least = 1023 * airtime(modulation, payload.length, true) - 1;
    t.true(start - end >= least, `${i}: ${start - end} ms of ${least}`);
  }
  t.true(onAir.length > 3);
});

test("the network's duty cycle limit survives a reset, and a power cut that resets the clock", async (t) => {
  for (const isCut of [false, true]) {
    const world = new World("EU868", { adr: false });
    world.server.addDevice(otaa);
    const flash = new NorFlash();
    const { link } = world.node({ region: "EU868", credentials: otaa, flash, dataRate: 5 });
    await world.time.during(link.join());
    world.server.sendCommands(otaa.devEui, Buffer.of(0x04, 14));
    await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true }));
    await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true }));
    const at = link.nextSendAt(1);
    t.true(at > world.time.now + 700000);
    link.close();
    await world.time.pass(60000);
    const again = world.node({ region: "EU868", credentials: otaa, flash, dataRate: 5 }, 0, isCut ? world.time.now : 0);
    // The time without power is unknown, so the node waits for the whole time again.
    const left = again.link.nextSendAt(1) - (isCut ? 0 : world.time.now);
    t.true(Math.abs(left - (at - (world.time.now - 60000)) + (isCut ? 0 : 60000)) < 5000, `${left}`);
    t.like(await again.link.send(1, Buffer.alloc(1)), { sent: false, reason: "dutyCycle" });
  }
});

/** RP002-1.0.4, AU915: the largest FRMPayload (N) without FOpts while UplinkDwellTime is 1. */
const dwellPayloads: [dataRate: number | undefined, bytes: number][] = [
  [undefined, 11], // that of the join request: DR2
  [2, 11],
  [3, 53],
  [4, 125],
  [5, 242],
];

test("AU915 under dwell time: maximum payloads as in the region's table, and no transmission longer than 400 ms", async (t) => {
  for (const [dataRate, bytes] of dwellPayloads) {
    const world = new World("AU915", { adr: false });
    world.server.addDevice(otaa);
    const options = { region: "AU915", credentials: otaa, flash: new NorFlash() } as const;
    const { link } = world.node(dataRate === undefined ? options : { ...options, dataRate });
    await world.time.during(link.join());
    t.is(link.maxPayload(), bytes, `DR${dataRate}`);
    const longer = await world.time.during(link.send(1, Buffer.alloc(bytes + 1)));
    t.like(longer, { sent: false, reason: "tooLong" });
    for (let i = 0; i < 20; i++) t.like(await world.time.during(link.send(1, Buffer.alloc(bytes))), { sent: true });
    t.is(world.uplinksOnAir.length, 21);
    for (const { modulation, payload } of world.uplinksOnAir) t.true(airtime(modulation, payload.length, true) <= 400);
  }
});

test("retransmissions keep to the duty cycle too: they stop when it would delay them for long, and their airtime is stored before they are sent", async (t) => {
  const world = new World("EU868", { adr: false });
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  const { link } = world.node({ region: "EU868", credentials: otaa, flash, dataRate: 0 });
  await world.time.during(link.join());
  // NbTrans 15, channels 0 to 2, all of one band.
  world.server.sendCommands(otaa.devEui, Buffer.from("03ff07000f", "hex"));
  // The second carries the answer.
  for (let i = 0; i < 2; i++)
    t.like(await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true })), { acknowledged: true });
  await world.time.pass(2 * 3600000);
  world.outage = true;
  const start = world.time.now;
  const result = await world.time.during(link.send(1, Buffer.alloc(51)));
  // 2.793 s each, 36 s an hour.
  t.like(result, { sent: true, transmissions: 12 });
  t.true(world.time.now - start < 600000);
  link.close();
  const again = world.node({ region: "EU868", credentials: otaa, flash });
  t.true(again.link.nextSendAt(51) > world.time.now + 40 * 60000, "after a reset");
});

test("KR920: a channel that is busy when a retransmission is due ends the retransmissions", async (t) => {
  const world = new World("KR920", { adr: false });
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "KR920", credentials: otaa, flash: new NorFlash(), dataRate: 5 });
  await world.time.during(link.join());
  world.server.sendCommands(otaa.devEui, Buffer.from("03ff070003", "hex"));
  await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true }));
  world.outage = true;
  const before = world.uplinksOnAir.length;
  const sent = link.send(1, Buffer.alloc(1));
  while (world.uplinksOnAir.length === before) await world.time.pass(10);
  world.channelFree = false;
  t.like(await world.time.during(sent), { sent: true, transmissions: 1 });
  t.is(world.uplinksOnAir.length, before + 1);
});

test("a frame longer than the dwell time cannot be sent: US915's 400 ms by regulation, AS923's until the network lifts the limit", async (t) => {
  for (const [region, dataRate, fits, tooLong] of [
    ["US915", 0, 11, 40],
    ["AS923-1", 2, 11, 40],
    ["AU915", 2, 11, 40],
  ] as const) {
    const world = new World(region, { adr: false });
    world.server.addDevice(otaa);
    const { link } = world.node({ region, credentials: otaa, flash: new NorFlash(), dataRate });
    await world.time.during(link.join());
    await world.time.pass(3600000);
    t.is(link.nextSendAt(fits), world.time.now, region);
    t.is(link.nextSendAt(tooLong), Infinity, region);
    t.like(await link.send(1, Buffer.alloc(tooLong)), { sent: false, reason: "tooLong", maxPayload: fits });
    if (region === "US915") continue;
    world.server.sendCommands(otaa.devEui, Buffer.of(0x09, 5));
    t.like(await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true })), { acknowledged: true });
    await world.time.pass(3600000);
    t.is(link.nextSendAt(tooLong), world.time.now, region);
    t.like(await world.time.during(link.send(1, Buffer.alloc(tooLong))), { sent: true });
  }
});

test("the duty cycle ledger against a plain list of transmissions: never above the limit, never idle for over an hour and five minutes", (t) => {
  const region = regions.EU868;
  const random = new Random("ledger");
  for (let band = 0; band < region.bands.length; band++) {
    const duty = new DutyCycle(region);
    const list: { end: number; airtime: number }[] = [];
    let now = 0;
    for (let i = 0; i < 1500; i++) {
      now += random.int(0, 40000);
      const length = random.int(20, 2800);
      const at = duty.earliest(band, length, now);
      t.true(at - now <= 65 * 60000);
      if (at > now) continue;
      now += length;
      duty.spend(band, length, now, 1);
      list.push({ end: now, airtime: length });
    }
    const share = region.bands[band]!.duty * 3600000;
    t.true(busiestHour(list) <= share, `band ${band}: ${busiestHour(list)} of ${share}`);
  }
});

test("a share of the duty cycle that must be left is left, and no more than that and a frame", (t) => {
  const region = regions.EU868;
  for (let band = 0; band < region.bands.length; band++) {
    const duty = new DutyCycle(region);
    const share = region.bands[band]!.duty * 3600000;
    const length = share / 30;
    let now = 0;
    const list: { end: number; airtime: number }[] = [];
    for (let i = 0; i < 200; i++) {
      now = duty.earliest(band, length, now, 0.25) + length;
      duty.spend(band, length, now, 1);
      list.push({ end: now, airtime: length });
      t.true(duty.used(now) <= 0.75);
      t.is(duty.earliest(band, share / 5, now), now, "there is room for a payload");
    }
    t.true(busiestHour(list) > 0.75 * share - length, `band ${band}: ${busiestHour(list)} of ${share}`);
  }
});
