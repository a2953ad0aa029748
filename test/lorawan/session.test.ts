import test from "ava";
import { MirroredRecords } from "../../device/flash/mirrored.js";
import { sessionRecords } from "../../device/lorawan/sessionpersistence.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { FieldWriter } from "../../device/flash/fields.js";
import { Session } from "../../device/lorawan/session.js";
import { NorFlash } from "../flash/norflash.js";
import { World, otaa } from "./simulation.js";
import { persistenceOf } from "./persistence.js";

test("everything that the network set survives a restart", async (t) => {
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

test("other credentials or another region start a new session", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  await world.time.during(world.node({ region: "EU868", credentials: otaa, flash }).link.join());
  t.is(world.node({ region: "EU868", credentials: otaa, flash }).link.state, "joined");
  t.is(world.node({ region: "EU868", credentials: { ...otaa, appKey: "ff".repeat(16) }, flash }).link.state, "idle");
  t.is(world.node({ region: "IN865", credentials: { ...otaa, appKey: "ff".repeat(16) }, flash }).link.state, "idle");
});

test("DevNonce and JoinNonce go on when the region changes, there and back; other credentials begin anew", async (t) => {
  const flash = new NorFlash();
  const nonces: [number, number][] = [];
  let joinNonce = 0;
  for (const region of ["EU868", "US915", "EU868", "AS923-1", "IN865"] as const) {
    // The join server is the same one, and its nonces go on.
    const world = new World(region);
    world.server.addDevice(otaa);
    const [devNonce] = nonces.at(-1) ?? [-1];
    const device = { devEui: otaa.devEui, lastDevNonce: devNonce, joinNonce, power: 0 };
    world.server.restore({ nextAddress: 1, devices: [device] });
    const { link } = world.node({ region, credentials: otaa, flash });
    t.is(link.state, "idle", region);
    await world.time.during(link.join());
    t.is(world.server.statistics.devNoncesReused, 0, region);
    const session = new Session(regions[region]);
    persistenceOf(flash, session).load();
    t.is(session.devNonce, devNonce + 1 + world.uplinksOnAir.length, region);
    joinNonce = world.server.save().devices[0]!.joinNonce;
    t.is(session.joinNonce, joinNonce, region);
    nonces.push([session.devNonce - 1, session.joinNonce]);
  }
  // A join accept of before is refused in the new region too.
  const world = new World("KR920");
  world.server.addDevice(otaa);
  world.server.restore({
    nextAddress: 1,
    devices: [{ devEui: otaa.devEui, lastDevNonce: nonces.at(-1)![0], joinNonce: 0, power: 0 }],
  });
  const { link } = world.node({ region: "KR920", credentials: otaa, flash });
  void link.join().catch(() => undefined);
  await world.time.pass(60000);
  t.is(link.state, "joining");
  link.close();
  const other = new World("KR920");
  const credentials = { ...otaa, appKey: "ff".repeat(16) };
  other.server.addDevice(credentials);
  await other.time.during(other.node({ region: "KR920", credentials, flash }).link.join());
  t.is(Buffer.from(other.uplinksOnAir[0]!.payload).readUInt16LE(17), 0);
});

test("firmware with another session layout keeps DevNonce and JoinNonce", async (t) => {
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

test("after 65,536 join requests DevNonce is exhausted, and the error says so", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  world.node({ region: "EU868", credentials: otaa, flash });
  const session = new Session(regions.EU868);
  const persistence = persistenceOf(flash, session);
  persistence.load();
  session.devNonce = 0xffff;
  persistence.saveAll();
  const last = world.node({ region: "EU868", credentials: otaa, flash, silenceLimit: 1 });
  await world.time.during(last.link.join());
  world.outage = true;
  await world.time.during(last.link.send(1, Buffer.alloc(1)));
  // The last session goes on: there will be no other.
  t.false(last.link.wantsRejoin);
  t.like(await world.time.during(last.link.send(1, Buffer.alloc(1))), { sent: true, counter: 1 });
  const ended = new Session(regions.EU868);
  const again = persistenceOf(flash, ended);
  again.load();
  ended.joined = false;
  again.saveAll();
  const { link } = world.node({ region: "EU868", credentials: otaa, flash });
  await t.throwsAsync(world.time.during(link.join()), { message: /65,536 DevNonce/ });
  t.is(link.state, "exhausted");
});

test("after 400 uplinks without a downlink the node joins again, by the back-off, and uplinks go on meanwhile", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const states: string[] = [];
  const onStateChange = (state: string) => void states.push(state);
  const { link, events } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash(), onStateChange });
  await world.time.during(link.join());
  world.outage = true;
  const send = async () => {
    if (link.wantsRejoin) await world.time.during(link.rejoin());
    await world.time.pass(20_000);
    const result = await world.time.during(link.send(1, Buffer.alloc(5), { confirmed: true }));
    await world.time.pass(880_000);
    return result;
  };
  const joins = () => events.filter(({ kind }) => kind === "join").length;
  for (let i = 0; i < 400; i++) t.true((await send()).sent);
  t.is(joins(), 1);
  // A day on which nothing comes through.
  for (let i = 0; i < 96; i++) t.like(await send(), { sent: true, counter: 400 + i });
  t.true(joins() > 10 && joins() < 60, `${joins()} join requests`);
  t.is(link.state, "joined");
  // The network accepts the next join request; what it sends in the old session is not heard.
  const begun = joins();
  world.outage = false;
  world.tamper = (payload) => (payload[0]! >> 5 === 1 || joins() > begun ? payload : undefined);
  let tries = 0;
  do {
    await send();
    if (tries++ > 40) return t.fail("no join request");
  } while (joins() === begun);
  t.like(await send(), { acknowledged: true });
  t.deepEqual(states, ["joining", "joined", "joined"]);
  t.false(link.wantsRejoin);
});

test("a downlink in the old session ends the join requests", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash(), silenceLimit: 3 });
  await world.time.during(link.join());
  world.outage = true;
  for (let i = 0; i < 3; i++) await world.time.during(link.send(1, Buffer.alloc(1)));
  t.true(link.wantsRejoin);
  await world.time.during(link.rejoin());
  await world.time.pass(20_000);
  await world.time.during(link.rejoin());
  world.outage = false;
  await world.time.pass(20_000);
  t.like(await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true })), {
    acknowledged: true,
    counter: 3,
  });
  t.false(link.wantsRejoin);
});
