import test from "ava";
import { DutyCycle } from "../../device/lorawan/dutycycle.js";
import { JoinBackoff } from "../../device/lorawan/joinbackoff.js";
import { Keeper } from "../../device/lorawan/keeper.js";
import { LoRaWAN } from "../../device/lorawan/lorawan.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { FieldWriter, Session } from "../../device/lorawan/session.js";
import { SessionStore } from "../../device/lorawan/store.js";
import { MemoryFlash, World, abp, airtime, otaa } from "./simulation.js";

const hour = 3600000;

/** ms on the air of the join requests that ended between two times. */
function spent(world: World, from: number, to: number): number {
  return world.uplinksOnAir.filter(({ end }) => end > from && end <= to).reduce((sum, { payload, modulation }) => sum + airtime(modulation, payload.length, true), 0);
}

for (const resets of [false, true]) {
  test(`join back-off over three days without a network${resets ? ", through power cuts that reset the clock" : ""}`, async (t) => {
    const world = new World("EU868", { seed: `join ${resets}` });
    world.outage = true;
    const flash = new MemoryFlash();
    for (let boot = 0; world.time.now < 72 * hour; boot++) {
      const { link } = world.node({ region: "EU868", credentials: otaa, flash }, 0, world.time.now);
      const joining = link.join().catch(() => undefined);
      await world.time.pass(resets ? world.random.integer(1, 40) * 60000 : 72 * hour);
      link.close();
      void joining;
    }
    t.log(`${world.uplinksOnAir.length} join requests; ${spent(world, 0, hour).toFixed(0)} ms in the first hour, ${spent(world, hour, 11 * hour).toFixed(0)} in the next ten, ${spent(world, 35 * hour, 59 * hour).toFixed(0)} in a later day`);
    t.true(spent(world, 0, hour) <= 36000);
    t.true(spent(world, hour, 11 * hour) <= 36000);
    // A request of SF12 takes 1.5 s of the day's 8.7: one may fall on either side of the border.
    // A node that loses its clock counts less time than has passed, and so takes longer to reach the last stage: that of the first eleven hours still holds.
    const [span, limit] = resets ? [10, 36000] : [24, 8700];
    for (const from of [11, 24, 35, 48]) t.true(spent(world, from * hour, (from + span) * hour) <= limit + 1483, `from hour ${from}`);
    t.true(spent(world, 35 * hour, 72 * hour) > 0, "it goes on trying");
    const devNonces = world.uplinksOnAir.map(({ payload }) => Buffer.from(payload).readUInt16LE(17));
    t.is(new Set(devNonces).size, devNonces.length);
  });
}

test("a radio that fails does not get around the back-off", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new MemoryFlash() });
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
      const { narrow, wide } = regions[region].fixed!;
      const hears = (frequency: number) => Math.floor((frequency - narrow.first) / narrow.step / 8) === bank && (frequency - narrow.first) % narrow.step === 0 ? true : frequency === wide.first + bank * wide.step;
      const world = new World(region, { hears, seed: `bank ${bank}` });
      world.server.addDevice(otaa);
      const { link } = world.node({ region, credentials: otaa, flash: new MemoryFlash() });
      await world.time.during(link.join());
      t.true(world.uplinksOnAir.length <= 16, `${world.uplinksOnAir.length}`);
    }
  });
}

test("subBand keeps to its eight channels and the wide one", async (t) => {
  const world = new World("US915", { subBand: 2 });
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "US915", credentials: otaa, flash: new MemoryFlash(), subBand: 2 });
  await world.time.during(link.join());
  for (let i = 0; i < 20; i++) await world.time.during(link.send(1, Buffer.alloc(1)));
  for (const { modulation } of world.uplinksOnAir) t.true((modulation.frequency >= 903900000 && modulation.frequency <= 905300000) || modulation.frequency === 904600000, `${modulation.frequency}`);
});

test("KR920 listens before it talks, and a busy channel is told", async (t) => {
  const world = new World("KR920");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "KR920", credentials: otaa, flash: new MemoryFlash() });
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
  const flash = new MemoryFlash();
  const { link } = world.node({ region: "EU868", credentials: otaa, flash });
  await world.time.during(link.join());
  // Power and data rate, NbTrans 2, a channel, its downlink frequency, duty limit.
  world.server.sendCommands(otaa.devEui, Buffer.from("0342ff0002" + "0709184f8450" + "0a09d2ad84" + "0401", "hex"));
  await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true }));
  const kept = (flashNow: MemoryFlash) => {
    const session = new Session(regions.EU868);
    new Keeper(flashNow, session, new DutyCycle(regions.EU868), new JoinBackoff(), { now: () => 0, until: () => Promise.resolve() }).load();
    const writer = new FieldWriter();
    session.layoutFull(writer);
    return { session, bytes: Buffer.from(writer.result()).toString("hex") };
  };
  const { session } = kept(flash);
  t.like(session, { joined: true, dataRate: 4, powerIndex: 2, transmissions: 2, maxDuty: 1, counterDown: 0 });
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
  const flash = new MemoryFlash();
  await world.time.during(world.node({ region: "EU868", credentials: otaa, flash }).link.join());
  t.is(world.node({ region: "EU868", credentials: otaa, flash }).link.state, "joined");
  t.is(world.node({ region: "EU868", credentials: { ...otaa, appKey: "ff".repeat(16) }, flash }).link.state, "idle");
  t.is(world.node({ region: "IN865", credentials: { ...otaa, appKey: "ff".repeat(16) }, flash }).link.state, "idle");
});

test("a program with another layout of the session goes on with DevNonce and JoinNonce", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const flash = new MemoryFlash();
  const { link } = world.node({ region: "EU868", credentials: otaa, flash });
  await world.time.during(link.join());
  const store = new SessionStore(flash);
  const { full } = store.load()!;
  const other = full.slice();
  other[0] = 99;
  store.saveFull(other);
  store.saveCounters(Uint8Array.of(7, 0, 0, 0, 1, 2, 3), () => other);
  const again = world.node({ region: "EU868", credentials: otaa, flash }, 0, world.time.now);
  t.is(again.link.state, "idle");
  await world.time.during(again.link.join());
  t.is(world.server.statistics.devNoncesReused, 0);
  t.is(Buffer.from(world.uplinksOnAir.at(-1)!.payload).readUInt16LE(17), 7);
});

test("DevNonce is used up after 65,536 joins, and that is said", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const flash = new MemoryFlash();
  world.node({ region: "EU868", credentials: otaa, flash });
  const session = new Session(regions.EU868);
  const keeper = new Keeper(flash, session, new DutyCycle(regions.EU868), new JoinBackoff(), { now: () => 0, until: () => Promise.resolve() });
  keeper.load();
  session.devNonce = 0xffff;
  keeper.saveAll();
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
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new MemoryFlash() });
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
  t.like(await world.time.during(link.send(1, Buffer.alloc(5), { confirmed: true })), { acknowledged: true, counter: 0 });
});

const wrong: [what: string, options: object, message: RegExp][] = [
  ["a region that is none", { region: "EU900" }, /region EU900: one of EU868/],
  ["a short key", { credentials: { ...otaa, appKey: "0011" } }, /appKey: 32 hexadecimal digits/],
  ["a DevEUI with a letter too many", { credentials: { ...otaa, devEui: "0004a30b001c053g" } }, /devEui: 16 hexadecimal digits/],
  ["an address of the wrong length", { credentials: { ...abp, devAddr: "26" } }, /devAddr: 8 hexadecimal digits/],
  ["a sub-band where there is none", { subBand: 2 }, /subBand 2: only US915 and AU915/],
  ["a data rate of no channel", { dataRate: 9 }, /dataRate 9/],
  ["a partition of two blocks", { flash: new MemoryFlash(2) }, /2 blocks of 4096 bytes, at least 4/],
];
for (const [what, options, message] of wrong) {
  test(`refused: ${what}`, (t) => {
    const world = new World("EU868");
    const error = t.throws(() => world.node({ region: "EU868", credentials: otaa, flash: new MemoryFlash(), ...options }), { instanceOf: RangeError, message });
    t.false(error.message.includes(otaa.appKey.slice(0, 8)));
  });
}

test("one call at a time, and ports within bounds", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new MemoryFlash() });
  t.true(link instanceof LoRaWAN);
  t.like(await link.send(1, Buffer.alloc(1)), { sent: false, reason: "notJoined" });
  await world.time.during(link.join());
  const first = link.send(1, Buffer.alloc(1));
  t.like(await link.send(1, Buffer.alloc(1)), { sent: false, reason: "busy" });
  t.like(await world.time.during(first), { sent: true });
  for (const port of [0, 224, 1.5]) await t.throwsAsync(link.send(port, Buffer.alloc(1)), { instanceOf: RangeError, message: /port/ });
});
