// Slow: kills and restarts everything, many times
import test from "ava";
import type { LoRaWAN } from "../../device/lorawan/lorawan.js";
import { NorFlash, PowerCut } from "../flash/norflash.js";
import { World, otaa } from "./simulation.js";

/** A node's history: joins, sends, is reconfigured by the network, loses its session and joins again. */
async function live(world: World, link: LoRaWAN): Promise<void> {
  await world.time.during(link.join());
  for (let i = 0; i < 4; i++) {
    if (i === 1) world.server.sendCommands(otaa.devEui, Buffer.from("0703184f845006", "hex"));
    if (i === 2) void world.server.sendDownlink(otaa.devEui, 20, Buffer.from("decision"), true);
    await world.time.during(link.send(1, Buffer.from([i]), { confirmed: true }));
    await world.time.pass(120000);
  }
}

/** Confirmed uplinks after which the next one starts another flash block. */
async function uplinksToFill(): Promise<number> {
  const world = new World("EU868", { seed: "age" });
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  const { link } = world.node({ region: "EU868", credentials: otaa, flash });
  await age(world, link, 1);
  const before = flash.erasedBlocks;
  let uplinks = 1;
  for (; flash.erasedBlocks === before; uplinks++) await age(world, link, 1);
  return uplinks - 1;
}

async function age(world: World, link: LoRaWAN, uplinks: number): Promise<void> {
  await world.time.during(link.join());
  for (let i = 0; i < uplinks; i++) {
    await world.time.during(link.send(1, Buffer.of(i), { confirmed: true }));
    await world.time.pass(120000);
  }
}

test("power cuts at every fifth byte while one block is filled and the next one begun", async (t) => {
  t.timeout(120000);
  const full = await uplinksToFill();
  for (let cut = 0; cut < 1500; cut += 5) {
    const world = new World("EU868", { seed: "age" });
    world.server.addDevice(otaa);
    const flash = new NorFlash();
    for (let boot = 0; boot < 3; boot++) {
      try {
        const { link } = world.node({ region: "EU868", credentials: otaa, flash }, 0, world.time.now);
        await age(world, link, boot === 0 ? full - 1 : 0);
        if (boot === 0) flash.cutAfter = cut;
        await age(world, link, 4);
        link.close();
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      }
      flash.cutAfter = Infinity;
      await world.time.pass(60000);
    }
    const { devNoncesReused, countersReused, joins } = world.server.statistics;
    // The session survives every cut: one join, the first.
    if (devNoncesReused + countersReused > 0 || joins !== 1)
      return t.fail(
        `cut ${cut}: ${devNoncesReused} DevNonces and ${countersReused} counters used twice, ${joins} joins`,
      );
  }
  t.pass();
});

/** A join request beside the session, when it is time for one. */
async function rejoin(world: World, link: LoRaWAN): Promise<void> {
  await world.time.pass(60000);
  // The first call draws the time of the first request.
  if (link.wantsRejoin) await world.time.during(link.rejoin());
  await world.time.pass(20000);
  if (link.wantsRejoin) await world.time.during(link.rejoin());
}

test("power cuts at flash writes throughout a node's life: no DevNonce and no counter is used twice, and the node keeps working", async (t) => {
  t.timeout(120000);
  let cuts = 0;
  let used = Infinity;
  for (let cut = 0; cut <= used; cut += cut < 600 ? 2 : 17) {
    const world = new World("EU868", { seed: `cut ${cut}` });
    world.server.addDevice(otaa);
    const flash = new NorFlash();
    flash.cutAfter = cut;
    for (let boot = 0; boot < 3; boot++) {
      try {
        const { link } = world.node({ region: "EU868", credentials: otaa, flash, silenceLimit: 3 }, 0, world.time.now);
        await live(world, link);
        world.outage = true;
        for (let i = 0; i < 3; i++) await world.time.during(link.send(1, Buffer.from([i])));
        await rejoin(world, link);
        world.outage = false;
        await rejoin(world, link);
        await live(world, link);
        if (link.state !== "joined") return t.fail(`cut ${cut}: ${link.state}`);
        link.close();
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        world.outage = false;
        cuts++;
      }
      flash.cutAfter = Infinity;
      await world.time.pass(60000);
    }
    const { devNoncesReused, countersReused, joins } = world.server.statistics;
    if (devNoncesReused + countersReused > 0 || joins === 0)
      return t.fail(
        `cut ${cut}: ${devNoncesReused} DevNonces and ${countersReused} counters used twice, ${joins} joins`,
      );
    used = flash.writtenBytes / 3;
  }
  t.true(cuts > 300, `${cuts}`);
});

test("flash wear: a day of 96 confirmed uplinks costs at most 3 erases per block", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  const { link } = world.node({ region: "EU868", credentials: otaa, flash, dataRate: 5 });
  await world.time.during(link.join());
  for (let i = 0; i < 96; i++) {
    t.like(await world.time.during(link.send(1, Buffer.alloc(10), { confirmed: true })), { acknowledged: true });
    await world.time.pass(900000);
  }
  t.log(`${flash.writtenBytes} bytes written, ${flash.erasedBlocks} blocks erased`);
  t.true(flash.erasedBlocks <= 12);
});
