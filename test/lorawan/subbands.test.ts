import test from "ava";
import { ChannelPlan } from "../../device/lorawan/channels.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { Session } from "../../device/lorawan/session.js";
import { loraPacket } from "../../host-tools/gateway/packets.js";
import type { LinkOptions } from "../../device/lorawan/types.js";
import { NorFlash } from "../flash/norflash.js";
import { persistenceOf } from "./persistence.js";
import { World, otaa, type WorldOptions } from "./simulation.js";

/** RP002-1.0.4, US902-928 and AU915-928: upstream channels 0 and 64, Hz. */
const plans = {
  US915: { narrow: 902300000, wide: 903000000 },
  AU915: { narrow: 915200000, wide: 915900000 },
} as const;
type Fixed = keyof typeof plans;

/** What a gateway of eight channels hears: channels 8 (n - 1) to 8 n - 1, and 64 + n - 1. */
function isHeard(region: Fixed, subBand: number, frequency: number): boolean {
  const { narrow, wide } = plans[region];
  const first = narrow + (subBand - 1) * 1600000;
  return (frequency >= first && frequency <= first + 1400000) || frequency === wide + (subBand - 1) * 1600000;
}

interface Node {
  world: World;
  link: ReturnType<World["node"]>["link"];
  flash: NorFlash;
  /** The gateways' sub-band from now on. */
  move(subBand: number): void;
  /** Sends, and counts the uplinks that were acknowledged. */
  acknowledged(count: number): Promise<number>;
}

function node(
  region: Fixed,
  subBand: number,
  server: Partial<WorldOptions> = {},
  options: Partial<LinkOptions> = {},
): Node {
  let heard = subBand;
  const world = new World(region, {
    seed: "x",
    ...server,
    listensOn: (frequency) => isHeard(region, heard, frequency),
  });
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  const { link } = world.node({ region, credentials: otaa, flash, ...options });
  const acknowledged = (count: number) => world.acknowledged(link, count);
  return { world, link, flash, move: (to) => (heard = to), acknowledged };
}

for (const region of ["US915", "AU915"] as const) {
  for (const adr of [true, false])
    test(`${region}: behind a gateway of eight channels, nothing set on either side, ${adr ? "ADR" : "no ADR"}`, async (t) => {
      for (const subBand of [2, 8]) {
        const { world, link, acknowledged } = node(region, subBand, { adr, seed: `x${subBand}` });
        await world.time.during(link.join());
        const requests = world.uplinksOnAir.length;
        t.true(requests <= 8, `${requests} join requests`);
        t.is(await acknowledged(300), 300);
      }
    });

  test(`${region}: a pass of join requests has one channel in each sub-band, then one of 500 kHz; none of the pass before`, async (t) => {
    const { world, link, move } = node(region, 1);
    move(9);
    void link.join().catch(() => undefined);
    while (world.uplinksOnAir.length < 27) await world.time.pass(60000);
    link.close();
    const used = new Set<number>();
    const { narrow, wide } = plans[region];
    for (let pass = 0; pass < 3; pass++) {
      const sent = world.uplinksOnAir.slice(9 * pass, 9 * pass + 9).map(({ modulation }) => modulation);
      const subBands = sent.slice(0, 8).map(({ frequency }) => Math.floor((frequency - narrow) / 1600000));
      t.deepEqual([...subBands].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
      t.deepEqual(
        new Set(sent.slice(0, 8).map(({ bandwidth, spreadingFactor }) => `${bandwidth} ${spreadingFactor}`)),
        new Set(["125000 10"]),
      );
      t.like(sent[8], { bandwidth: 500000, spreadingFactor: 8 });
      t.is((sent[8]!.frequency - wide) % 1600000, 0);
      for (const { frequency } of sent) {
        t.false(used.has(frequency), `${frequency} in pass ${pass}`);
        used.add(frequency);
      }
    }
  });

  test(`${region}: the next join begins in the sub-band in which the last was heard`, async (t) => {
    for (const subBand of [3, 5, 7]) {
      const { world, link, flash } = node(region, subBand);
      await world.time.during(link.join());
      const session = new Session(regions[region]);
      const persistence = persistenceOf(flash, session);
      persistence.load();
      session.joined = false;
      persistence.saveAll();
      const before = world.uplinksOnAir.length;
      const again = world.node({ region, credentials: otaa, flash }, 0, world.time.now).link;
      t.is(again.state, "idle");
      await world.time.during(again.join());
      t.is(world.uplinksOnAir.length - before, 1);
    }
  });

  test(`${region}: a network of 64 channels has the node on all of them`, async (t) => {
    const world = new World(region, { seed: "wide", snr: 12 });
    world.server.addDevice(otaa);
    const { link } = world.node({ region, credentials: otaa, flash: new NorFlash() });
    await world.time.during(link.join());
    world.server.sendCommands(otaa.devEui, Buffer.from("03ffff0060", "hex"));
    for (let i = 0; i < 60; i++) {
      await world.time.during(link.send(1, Buffer.alloc(5), { confirmed: true }));
      await world.time.pass(60000);
    }
    const last = world.uplinksOnAir.slice(-30).map(({ modulation }) => modulation.frequency);
    t.true(new Set(last.map((frequency) => Math.floor((frequency - plans[region].narrow) / 1600000))).size > 4);
  });

  test(`${region}: the node's sub-band is kept in ADR back-off`, async (t) => {
    const { world, link } = node(region, 2, { subBand: 2 }, { subBand: 2 });
    await world.time.during(link.join());
    world.outage = true;
    for (let i = 0; i < 64 + 32 * 9; i++) {
      await world.time.during(link.send(1, Buffer.alloc(1)));
      await world.time.pass(60000);
    }
    for (const { modulation } of world.uplinksOnAir) t.true(isHeard(region, 2, modulation.frequency));
  });
}

test("US915 refuses masks that leave one channel of 125 kHz, by LinkADRReq and in the join accept", async (t) => {
  const { world, link, acknowledged } = node("US915", 1, { adr: false });
  await world.time.during(link.join());
  const answers: string[] = [];
  // ChMaskCntl 7: all of 125 kHz off; then one, two and none of them. The data rate stays (15), or is DR4 of 500 kHz.
  for (const request of ["03ff000070" + "03ff010000", "03ff000070" + "03ff030000", "034f010070"]) {
    world.server.sendCommands(otaa.devEui, Buffer.from(request, "hex"));
    await acknowledged(1);
    await world.time.during(link.send(1, Buffer.alloc(1)));
    answers.push(loraPacket.fromWire(Buffer.from(world.uplinksOnAir.at(-1)!.payload)).FOpts!.toString("hex"));
  }
  t.deepEqual(answers, ["03060306", "03070307", "0307"]);
  const plan = new ChannelPlan(regions.US915);
  const applied = (...words: number[]): number[] => {
    plan.reset(2);
    const list = Buffer.alloc(16);
    words.forEach((word, i) => list.writeUInt16LE(word, 2 * i));
    list[15] = 1;
    plan.applyList(list);
    return [...plan.mask];
  };
  t.deepEqual(applied(1, 0, 0, 0, 1), [0xff00, 0, 0, 0, 2]);
  t.deepEqual(applied(0, 0, 0, 0, 0), [0xff00, 0, 0, 0, 2]);
  t.deepEqual(applied(3, 0, 0, 0, 1), [3, 0, 0, 0, 1]);
});
