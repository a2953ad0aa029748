import test from "ava";
import { regions } from "../../device/lorawan/regions/regions.js";
import { Session } from "../../device/lorawan/session.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { encodeJoinAccept } from "../../host-tools/gateway/packets.js";
import { NorFlash } from "../flash/norflash.js";
import { World, otaa } from "./simulation.js";
import { persistenceOf } from "./persistence.js";

/** The session that a node stores after a join accept with these settings. */
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

function frequencyList(frequencies: number[], type = 0): Buffer {
  const list = Buffer.alloc(16);
  frequencies.forEach((frequency, i) => list.writeUIntLE(frequency / 100, 3 * i, 3));
  list[15] = type;
  return list;
}

test("CFList type 0: five channels after the default ones; 0 and frequencies outside the bands are skipped; other types are ignored", async (t) => {
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

test("CFList type 1: channel masks of a fixed plan; after an empty mask, or type 0, the node stays in its request's sub-band", async (t) => {
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
    for (const channelList of [masks([0, 0, 0, 0, 0xff00]), frequencyList([903900000])]) {
      const mask = [...(await accepted(region, { channelList })).channels.mask];
      const subBand = Math.log2(mask[4]!);
      t.true(Number.isInteger(subBand), mask.join());
      t.deepEqual(
        mask.slice(0, 4),
        [0, 1, 2, 3].map((word) => (word === subBand >> 1 ? 0xff << (8 * (subBand & 1)) : 0)),
      );
    }
  }
});

test("join accept: RxDelay 0 means 1 second; an invalid RX2 data rate leaves RX2 unchanged", async (t) => {
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
