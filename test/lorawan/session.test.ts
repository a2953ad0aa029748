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
  const { link } = world.node({ region: "EU868", credentials: otaa, flash, silenceLimit: 1 });
  await world.time.during(link.join());
  world.outage = true;
  await world.time.during(link.send(1, Buffer.alloc(1)));
  await t.throwsAsync(world.time.during(link.join()), { message: /65,536 DevNonce/ });
  t.is(link.state, "exhausted");
});

test("the node rejoins a network that lost the session, after 400 unanswered uplinks", async (t) => {
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
