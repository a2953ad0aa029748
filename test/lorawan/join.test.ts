import test from "ava";
import { MirroredRecords } from "../../device/flash/mirrored.js";
import { DutyCycle } from "../../device/lorawan/dutycycle.js";
import { JoinBackoff } from "../../device/lorawan/joinbackoff.js";
import { SessionPersistence, sessionRecords } from "../../device/lorawan/sessionpersistence.js";
import { LoRaWAN } from "../../device/lorawan/lorawan.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { FieldWriter, Session } from "../../device/lorawan/session.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { encodeJoinAccept } from "../../host-tools/gateway/packets.js";
import { NorFlash } from "../flash/norflash.js";
import { World, abp, airtime, otaa } from "./simulation.js";

const hour = 3600000;

/** ms on the air of the join requests that ended between two times. */
function spent(world: World, from: number, to: number): number {
  return world.uplinksOnAir
    .filter(({ end }) => end > from && end <= to)
    .reduce((sum, { payload, modulation }) => sum + airtime(modulation, payload.length, true), 0);
}

for (const resets of [false, true]) {
  test(`join back-off over three days without a network${resets ? ", through power cuts that reset the clock" : ""}`, async (t) => {
    const world = new World("EU868", { seed: `join ${resets}` });
    world.outage = true;
    const flash = new NorFlash();
    for (let boot = 0; world.time.now < 72 * hour; boot++) {
      const { link } = world.node({ region: "EU868", credentials: otaa, flash }, 0, world.time.now);
      const joining = link.join().catch(() => undefined);
      await world.time.pass(resets ? world.random.int(1, 40) * 60000 : 72 * hour);
      link.close();
      void joining;
    }
    t.log(
      `${world.uplinksOnAir.length} join requests; ${spent(world, 0, hour).toFixed(0)} ms in the first hour, ${spent(world, hour, 11 * hour).toFixed(0)} in the next ten, ${spent(world, 35 * hour, 59 * hour).toFixed(0)} in a later day`,
    );
    t.true(spent(world, 0, hour) <= 36000);
    t.true(spent(world, hour, 11 * hour) <= 36000);
    // A request of SF12 takes 1.5 s of the day's 8.7: one may fall on either side of the border.
    // A node that loses its clock counts less time than has passed, and so takes longer to reach the last stage: that of the first eleven hours still holds.
    const [span, limit] = resets ? [10, 36000] : [24, 8700];
    for (const from of [11, 24, 35, 48])
      t.true(spent(world, from * hour, (from + span) * hour) <= limit + 1483, `from hour ${from}`);
    t.true(spent(world, 35 * hour, 72 * hour) > 0, "it goes on trying");
    const devNonces = world.uplinksOnAir.map(({ payload }) => Buffer.from(payload).readUInt16LE(17));
    t.is(new Set(devNonces).size, devNonces.length);
  });
}

test("join back-off where no duty cycle holds the node back: US915, KR920", async (t) => {
  for (const region of ["US915", "KR920"] as const) {
    const world = new World(region);
    world.outage = true;
    const { link } = world.node({ region, credentials: otaa, flash: new NorFlash() });
    void link.join().catch(() => undefined);
    await world.time.pass(36 * hour);
    link.close();
    const starts = world.uplinksOnAir.map(({ payload, modulation, end }) => ({
      airtime: airtime(modulation, payload.length, true),
      start: end - airtime(modulation, payload.length, true),
    }));
    // In the first hour each request is followed by 100 to 150 times its airtime, at random; the shortest ones' windows take longer than that.
    const waits = starts
      .slice(1)
      .flatMap(({ start }, i) =>
        start < hour && starts[i]!.airtime > 100 ? [(start - starts[i]!.start) / starts[i]!.airtime] : [],
      );
    t.true(waits.length > 10 && waits.every((wait) => wait >= 100 && wait < 152), waits.join());
    t.true(Math.max(...waits) - Math.min(...waits) > 25, waits.join());
    t.true(spent(world, 0, hour) <= 36000 && spent(world, 0, hour) > 18000, `${region}: ${spent(world, 0, hour)}`);
    t.true(spent(world, hour, 11 * hour) <= 36000 + 1483, region);
    t.true(spent(world, 11 * hour, 35 * hour) <= 8700 + 1483, region);
  }
});

test("nodes that get power together, with the same noise, do not ask together", async (t) => {
  const times: number[] = [];
  for (let node = 0; node < 60; node++) {
    const world = new World("EU868", { seed: "the same" });
    world.outage = true;
    const devEui = `0004a30b001c05${node.toString(16).padStart(2, "0")}`;
    const { link } = world.node({ region: "EU868", credentials: { ...otaa, devEui }, flash: new NorFlash() });
    void link.join().catch(() => undefined);
    await world.time.pass(11000);
    link.close();
    times.push(world.uplinksOnAir[0]!.end);
  }
  // Over ten seconds: six a second on the average.
  for (let second = 0; second < 10; second++)
    t.true(times.filter((time) => Math.floor(time / 1000) === second).length <= 16, times.map(Math.round).join(" "));
  t.true(Math.max(...times) - Math.min(...times) > 7000);
});

test("a radio that fails does not get around the back-off", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash() });
  world.radioFault = new Error("radio: BUSY stuck");
  await t.throwsAsync(world.time.during(link.join()), { message: /BUSY/ });
  t.is(link.state, "idle");
  const failed = world.time.now;
  await world.time.during(link.join());
  t.true(world.uplinksOnAir[0]!.end - failed > 6000, "1 % of SF7's 61.7 ms");
});

for (const region of ["US915", "AU915"] as const) {
  test(`${region}: a gateway with eight channels is found within 16 attempts, whichever they are`, async (t) => {
    for (let bank = 0; bank < 8; bank++) {
      const { uplink125, uplink500 } = regions[region].fixed!;
      const listensOn = (frequency: number) =>
        Math.floor((frequency - uplink125.first) / uplink125.step / 8) === bank &&
        (frequency - uplink125.first) % uplink125.step === 0
          ? true
          : frequency === uplink500.first + bank * uplink500.step;
      const world = new World(region, { listensOn, seed: `bank ${bank}` });
      world.server.addDevice(otaa);
      const { link } = world.node({ region, credentials: otaa, flash: new NorFlash() });
      await world.time.during(link.join());
      t.true(world.uplinksOnAir.length <= 16, `${world.uplinksOnAir.length}`);
    }
  });
}

/** What a node makes of a join accept with these settings: the session that flash keeps. */
async function accepted(
  region: RegionName,
  fields: { rx1Offset?: number; rx2DataRate?: number; rxDelay?: number; channelList?: Buffer },
): Promise<Session> {
  const world = new World(region, { adr: false });
  world.server.addDevice(otaa);
  const accept = {
    joinNonce: 7,
    netId: Buffer.from("000013", "hex"),
    devAddr: Buffer.from("26011234", "hex"),
    rx1Offset: 0,
    rx2DataRate: regions[region].rx2.dataRate,
    rxDelay: 1,
    ...fields,
  };
  world.tamper = () => encodeJoinAccept(Buffer.from(otaa.appKey, "hex"), accept);
  const flash = new NorFlash();
  const { link } = world.node({ region, credentials: otaa, flash });
  await world.time.during(link.join());
  const session = new Session(regions[region]);
  persistenceOf(flash, session).load();
  return session;
}

/** What reads and writes a session on flash, in a node whose clock stands still. */
function persistenceOf(flash: NorFlash, session: Session): SessionPersistence {
  const duty = new DutyCycle(session.channels.region);
  const clock = { now: () => 0, until: () => Promise.resolve() };
  return new SessionPersistence({ flash, session, duty, backoff: new JoinBackoff(), clock });
}

function frequencyList(frequencies: number[], type = 0): Buffer {
  const list = Buffer.alloc(16);
  frequencies.forEach((frequency, i) => list.writeUIntLE(frequency / 100, 3 * i, 3));
  list[15] = type;
  return list;
}

test("CFList type 0: five channels after the default ones; what is 0 or out of the bands is left out; other types are ignored", async (t) => {
  const { channels } = await accepted("EU868", {
    channelList: frequencyList([867100000, 0, 867500000, 868650000, 923000000]),
  });
  t.deepEqual([...channels.frequency.slice(0, 9)], [868100000, 868300000, 868500000, 867100000, 0, 867500000, 0, 0, 0]);
  t.is(channels.mask[0], 0b101111);
  t.deepEqual(
    [0, 5, 6].map((rate) => channels.carries(3, rate)),
    [true, true, false],
  );
  for (const type of [1, 2])
    t.is((await accepted("EU868", { channelList: frequencyList([867100000], type) })).channels.mask[0], 7);
});

test("CFList type 1: masks of a fixed plan; a mask of nothing is none; type 0 is ignored", async (t) => {
  const masks = (words: number[]) => {
    const list = Buffer.alloc(16);
    words.forEach((word, i) => list.writeUInt16LE(word, 2 * i));
    list[15] = 1;
    return list;
  };
  for (const region of ["US915", "AU915"] as const) {
    t.deepEqual(
      [...(await accepted(region, { channelList: masks([0xff00, 0, 0, 0, 0x0002]) })).channels.mask],
      [0xff00, 0, 0, 0, 2],
    );
    t.deepEqual(
      [...(await accepted(region, { channelList: masks([0, 0, 0, 0, 0xff00]) })).channels.mask],
      [0xffff, 0xffff, 0xffff, 0xffff, 0xff],
    );
    t.deepEqual(
      [...(await accepted(region, { channelList: frequencyList([903900000]) })).channels.mask],
      [0xffff, 0xffff, 0xffff, 0xffff, 0xff],
    );
  }
});

test("a join accept's windows: delay 0 is a second, an RX2 data rate that no downlink has leaves RX2 as it was", async (t) => {
  t.like(await accepted("EU868", { rx1Offset: 3, rx2DataRate: 3, rxDelay: 0 }), {
    rx1Offset: 3,
    rx2DataRate: 3,
    rxDelay: 1,
    rx2Frequency: 869525000,
  });
  t.like(await accepted("EU868", { rx2DataRate: 15, rxDelay: 15 }), { rx2DataRate: 0, rxDelay: 15 });
  t.like(await accepted("US915", { rx2DataRate: 0 }), { rx2DataRate: 8 });
  t.like(await accepted("US915", { rx2DataRate: 10 }), { rx2DataRate: 10 });
});

test("joins keep to the default channels of EU868, at DR0 to DR5, one data rate after the other", async (t) => {
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
    const { first } = regions[region].fixed!.uplink500;
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
    [undefined, 30],
    [2, 21],
  ] as const) {
    const world = new World("US915", { adr: false });
    world.server.addDevice(otaa);
    const { link } = world.node({
      region: "US915",
      credentials: otaa,
      flash: new NorFlash(),
      ...(subBand && { subBand }),
    });
    await world.time.during(link.join());
    await world.time.during(link.send(1, Buffer.alloc(1)));
    t.deepEqual([...new Set(world.uplinksOnAir.map((uplink) => uplink.power))], [power]);
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

test("KR920 listens before it talks, and a busy channel is told", async (t) => {
  const world = new World("KR920");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "KR920", credentials: otaa, flash: new NorFlash() });
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

test("a restart goes on with everything that the network set", async (t) => {
  const world = new World("EU868", { adr: false });
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  const { link } = world.node({ region: "EU868", credentials: otaa, flash });
  await world.time.during(link.join());
  // Power and data rate, NbTrans 2, a channel, its downlink frequency, duty limit.
  world.server.sendCommands(otaa.devEui, Buffer.from("0342ff0002" + "0709184f8450" + "0a09d2ad84" + "0401", "hex"));
  await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true }));
  const kept = (flashNow: NorFlash) => {
    const session = new Session(regions.EU868);
    persistenceOf(flashNow, session).load();
    const writer = new FieldWriter();
    session.layoutFull(writer);
    return { session, bytes: Buffer.from(writer.result()).toString("hex") };
  };
  const { session } = kept(flash);
  t.like(session, { joined: true, dataRate: 4, powerIndex: 2, nbTrans: 2, maxDCycle: 1, fCntDown: 0 });
  t.is(session.channels.frequency[9], 867100000);
  t.is(session.channels.down[9], 869525000);
  const before = kept(flash).bytes;
  const again = world.node({ region: "EU868", credentials: otaa, flash }, 0, world.time.now);
  t.is(again.link.state, "joined");
  t.is(kept(flash).bytes, before, "opening changes nothing");
  world.outage = true;
  await world.time.pass(60000);
  t.like(await world.time.during(again.link.send(1, Buffer.alloc(1))), { dataRate: 4, transmissions: 2, counter: 32 });
});

test("other credentials, or another region, begin anew", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  await world.time.during(world.node({ region: "EU868", credentials: otaa, flash }).link.join());
  t.is(world.node({ region: "EU868", credentials: otaa, flash }).link.state, "joined");
  t.is(world.node({ region: "EU868", credentials: { ...otaa, appKey: "ff".repeat(16) }, flash }).link.state, "idle");
  t.is(world.node({ region: "IN865", credentials: { ...otaa, appKey: "ff".repeat(16) }, flash }).link.state, "idle");
});

test("a program with another layout of the session goes on with DevNonce and JoinNonce", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  const { link } = world.node({ region: "EU868", credentials: otaa, flash });
  await world.time.during(link.join());
  const { kind, full, counters } = sessionRecords;
  const records = new MirroredRecords(flash, { name: "session", records: 16 });
  const other = records.newest(kind, full)!.payload.slice();
  other[0] = 99;
  records.put(kind, full, other);
  records.put(kind, counters, Uint8Array.of(7, 0, 0, 0, 1, 2, 3));
  const again = world.node({ region: "EU868", credentials: otaa, flash }, 0, world.time.now);
  t.is(again.link.state, "idle");
  await world.time.during(again.link.join());
  t.is(world.server.statistics.devNoncesReused, 0);
  t.is(Buffer.from(world.uplinksOnAir.at(-1)!.payload).readUInt16LE(17), 7);
});

test("DevNonce is used up after 65,536 joins, and that is said", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  world.node({ region: "EU868", credentials: otaa, flash });
  const session = new Session(regions.EU868);
  const persistence = persistenceOf(flash, session);
  persistence.load();
  session.devNonce = 0xffff;
  persistence.saveAll();
  const { link } = world.node({ region: "EU868", credentials: otaa, flash, silenceLimit: 1 });
  await world.time.during(link.join());
  world.outage = true;
  await world.time.during(link.send(1, Buffer.alloc(1)));
  await t.throwsAsync(world.time.during(link.join()), { message: /65,536 DevNonce/ });
  t.is(link.state, "exhausted");
});

test("a network that forgot the session is joined again, once it has been silent for 400 uplinks", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash() });
  await world.time.during(link.join());
  world.outage = true;
  let uplinks = 0;
  for (; link.state === "joined"; uplinks++) {
    await world.time.during(link.send(1, Buffer.alloc(5)));
    await world.time.pass(900000);
  }
  t.is(uplinks, 400);
  world.outage = false;
  await world.time.during(link.join());
  t.like(await world.time.during(link.send(1, Buffer.alloc(5), { confirmed: true })), {
    acknowledged: true,
    counter: 0,
  });
});

const wrong: [what: string, options: object, message: RegExp][] = [
  ["a region that is none", { region: "EU900" }, /region EU900: one of EU868/],
  ["a short key", { credentials: { ...otaa, appKey: "0011" } }, /appKey: 32 hexadecimal digits/],
  [
    "a DevEUI with a letter too many",
    { credentials: { ...otaa, devEui: "0004a30b001c053g" } },
    /devEui: 16 hexadecimal digits/,
  ],
  ["an address of the wrong length", { credentials: { ...abp, devAddr: "26" } }, /devAddr: 8 hexadecimal digits/],
  ["a sub-band where there is none", { subBand: 2 }, /subBand 2: only US915 and AU915/],
  ["a data rate of no channel", { dataRate: 9 }, /dataRate 9/],
  ["a partition of two blocks", { flash: new NorFlash(2) }, /2 blocks of 4096 bytes, at least 4/],
];
for (const [what, options, message] of wrong) {
  test(`refused: ${what}`, (t) => {
    const world = new World("EU868");
    const error = t.throws(
      () => world.node({ region: "EU868", credentials: otaa, flash: new NorFlash(), ...options }),
      { instanceOf: RangeError, message },
    );
    t.false(error.message.includes(otaa.appKey.slice(0, 8)));
  });
}

test("one call at a time, and ports within bounds", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash() });
  t.true(link instanceof LoRaWAN);
  t.like(await link.send(1, Buffer.alloc(1)), { sent: false, reason: "notJoined" });
  await world.time.during(link.join());
  const first = link.send(1, Buffer.alloc(1));
  t.like(await link.send(1, Buffer.alloc(1)), { sent: false, reason: "busy" });
  t.like(await world.time.during(first), { sent: true });
  for (const port of [0, 224, 1.5])
    await t.throwsAsync(link.send(port, Buffer.alloc(1)), { instanceOf: RangeError, message: /port/ });
});
