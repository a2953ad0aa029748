import test from "ava";
import { regions } from "../../device/lorawan/regions/regions.js";
import { NorFlash } from "../flash/norflash.js";
import { World, otaa } from "./simulation.js";

const hour = 3600000;

test("join requests use the default channels of EU868 and cycle through DR0 to DR5", async (t) => {
  const world = new World("EU868");
  world.outage = true;
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash() });
  void link.join().catch(() => undefined);
  await world.time.pass(3 * hour);
  t.true(world.uplinksOnAir.length >= 12);
  for (const [i, { modulation }] of world.uplinksOnAir.entries()) t.is(modulation.spreadingFactor, 7 + (i % 6));
  t.deepEqual(
    [...new Set(world.uplinksOnAir.map(({ modulation }) => modulation.frequency))].sort(),
    [868100000, 868300000, 868500000],
  );
  link.close();
});

test("US915, AU915: after a join on a 500 kHz channel the node uses the fastest data rate of the 125 kHz channels", async (t) => {
  for (const [region, fastest] of [
    ["US915", 3],
    ["AU915", 5],
  ] as const) {
    const { first } = regions[region].fixed![0].wide!;
    let joined = false;
    const world = new World(region, {
      adr: false,
      listensOn: (frequency) => joined || (frequency - first) % 1600000 === 0,
    });
    world.server.addDevice(otaa);
    const { link } = world.node({ region, credentials: otaa, flash: new NorFlash() });
    await world.time.during(link.join());
    t.is(world.uplinksOnAir.at(-1)!.modulation.bandwidth, 500000);
    joined = true;
    t.like(await world.time.during(link.send(1, Buffer.alloc(1))), { sent: true, dataRate: fastest });
  }
});

test("US915: full power needs 50 channels, fewer take 21 dBm", async (t) => {
  for (const [subBand, power] of [
    [0, 30],
    [2, 21],
  ] as const) {
    const world = new World("US915", { adr: false });
    world.server.addDevice(otaa);
    const { link } = world.node({
      region: "US915",
      credentials: otaa,
      flash: new NorFlash(),
      subBand,
      antennaGain: 0,
    });
    await world.time.during(link.join());
    // ChMaskCntl 6: all channels of 125 kHz.
    if (subBand === 0) world.server.sendCommands(otaa.devEui, Buffer.from("03ffff0060", "hex"));
    await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true }));
    await world.time.during(link.send(1, Buffer.alloc(1)));
    t.deepEqual([world.uplinksOnAir[0]!.power, world.uplinksOnAir.at(-1)!.power], [power, power]);
    // Where it was heard only eight channels are left.
    if (subBand === 0) t.is(world.uplinksOnAir.at(-2)!.power, 21);
  }
});

test("subBand uses its eight 125 kHz channels and its 500 kHz channel", async (t) => {
  const world = new World("US915", { subBand: 2 });
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "US915", credentials: otaa, flash: new NorFlash(), subBand: 2 });
  await world.time.during(link.join());
  for (let i = 0; i < 20; i++) await world.time.during(link.send(1, Buffer.alloc(1)));
  for (const { modulation } of world.uplinksOnAir)
    t.true(
      (modulation.frequency >= 903900000 && modulation.frequency <= 905300000) || modulation.frequency === 904600000,
      `${modulation.frequency}`,
    );
});

for (const region of ["KR920", "AS923-1-JP"] as const)
  test(`${region}: listens before talk, and reports a busy channel`, async (t) => {
    const world = new World(region);
    world.server.addDevice(otaa);
    const { link } = world.node({ region, credentials: otaa, flash: new NorFlash() });
    await world.time.during(link.join());
    const checks = world.channelChecks;
    t.true(checks > 0);
    world.channelFree = false;
    const before = world.uplinksOnAir.length;
    t.like(await world.time.during(link.send(1, Buffer.alloc(1))), { sent: false, reason: "channelBusy" });
    t.is(world.uplinksOnAir.length, before);
    world.channelFree = true;
    t.like(await world.time.during(link.send(1, Buffer.alloc(1))), { sent: true });
  });
