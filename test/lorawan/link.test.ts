import test from "ava";
import { LoRaWAN } from "../../device/lorawan/lorawan.js";
import { loraPacket } from "../../host-tools/gateway/packets.js";
import type { Uplink } from "../../host-tools/gateway/types.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { NorFlash } from "../flash/norflash.js";
import { World, abp, otaa } from "./simulation.js";

for (const region of Object.keys(regions) as RegionName[]) {
  test(`${region}: joins, sends unconfirmed and confirmed uplinks, receives in RX1 and RX2`, async (t) => {
    const uplinks: Uplink[] = [];
    const world = new World(region, { gateways: 3, onUplink: (uplink) => void uplinks.push(uplink) });
    world.server.addDevice(otaa);
    const downlinks: string[] = [];
    const { link } = world.node({
      region,
      credentials: otaa,
      flash: new NorFlash(),
      onDownlink: (port, payload) => downlinks.push(`${port} ${Buffer.from(payload).toString()}`),
    });
    t.is(link.state, "idle");
    await world.time.during(link.join());
    t.is(link.state, "joined");

    t.like(await world.time.during(link.send(10, Buffer.from("loose"))), {
      sent: true,
      acknowledged: false,
      counter: 0,
      transmissions: 1,
    });
    void world.server.sendDownlink(otaa.devEui, 20, Buffer.from("answer"));
    t.like(await world.time.during(link.send(11, Buffer.from("bound"), { confirmed: true })), {
      sent: true,
      acknowledged: true,
      counter: 1,
    });
    t.deepEqual(downlinks, ["20 answer"]);
    t.deepEqual(
      uplinks.map(({ port, payload, counter, confirmed, receptions }) => [
        port,
        payload.toString(),
        counter,
        confirmed,
        receptions.length,
      ]),
      [
        [10, "loose", 0, false, 3],
        [11, "bound", 1, true, 3],
      ],
    );
    t.is(world.server.statistics.unknownOrForged, 0);
  });
}

test("empty uplinks fetch further downlinks (FPending) and acknowledge a confirmed one", async (t) => {
  const world = new World("EU868", { adr: false });
  world.server.addDevice({ devEui: otaa.devEui, ...abp });
  const downlinks: string[] = [];
  const { link } = world.node({
    region: "EU868",
    credentials: abp,
    flash: new NorFlash(),
    dataRate: 5,
    onDownlink: (port, payload, { pending }) => downlinks.push(`${port} ${Buffer.from(payload).toString()} ${pending}`),
  });
  t.false(link.wantsUplink);
  const done = ["one", "two", "three"].map((text, i) =>
    world.server.sendDownlink(otaa.devEui, 20 + i, Buffer.from(text), text === "three"),
  );
  t.like(await world.time.during(link.send(1, Buffer.alloc(1))), { sent: true });
  let fetches = 0;
  for (; link.wantsUplink && fetches < 9; fetches++)
    t.like(await world.time.during(link.fetch()), { sent: true, acknowledged: false });
  // Two for the payloads, one for the acknowledgement.
  t.is(fetches, 3);
  t.deepEqual(downlinks, ["20 one true", "21 two true", "22 three false"]);
  t.deepEqual(await Promise.all(done), [true, true, true]);
  const empty = loraPacket.fromWire(Buffer.from(world.uplinksOnAir.at(-1)!.payload));
  t.is(empty.getFPort(), null);
  t.true(empty.getFCtrlACK());
});

test("a radio that fails during an uplink: the error is reported, counter and airtime are spent, the next uplink is sent", async (t) => {
  const world = new World("EU868");
  world.server.addDevice({ devEui: otaa.devEui, ...abp });
  const { link } = world.node({ region: "EU868", credentials: abp, flash: new NorFlash(), dataRate: 0 });
  for (let i = 0; i < 5; i++) {
    world.radioFault = new Error("radio: no interrupt");
    await t.throwsAsync(world.time.during(link.send(1, Buffer.alloc(51))), { message: /no interrupt/ });
  }
  t.is(world.uplinksOnAir.length, 0);
  // 2.8 s each of the hour's 36.
  t.like(await world.time.during(link.send(1, Buffer.alloc(51), { confirmed: true })), {
    sent: true,
    acknowledged: true,
    counter: 5,
  });
  let sent = 6;
  while (sent < 40 && (await world.time.during(link.send(1, Buffer.alloc(51)))).sent) sent++;
  t.is(sent, 12);
});

test("ABP needs no join, and after a restart no counter is used again", async (t) => {
  const uplinks: Uplink[] = [];
  const world = new World("EU868", { onUplink: (uplink) => void uplinks.push(uplink) });
  world.server.addDevice({ devEui: otaa.devEui, ...abp });
  const flash = new NorFlash();
  for (let restart = 0; restart < 5; restart++) {
    const { link } = world.node({ region: "EU868", credentials: abp, flash, dataRate: 5 });
    t.is(link.state, "joined");
    for (let i = 0; i < 3; i++)
      t.like(await world.time.during(link.send(1, Buffer.from([restart, i]), { confirmed: true })), {
        sent: true,
        acknowledged: true,
      });
    link.close();
    await world.time.pass(60000);
  }
  t.is(uplinks.length, 15);
  t.is(new Set(uplinks.map((uplink) => uplink.counter)).size, 15);
  t.is(world.server.statistics.countersReused, 0);
});

const wrong: [what: string, options: object, message: RegExp][] = [
  ["an unknown region", { region: "EU900" }, /region EU900: one of EU868/],
  ["a short key", { credentials: { ...otaa, appKey: "0011" } }, /appKey: 32 hexadecimal digits/],
  [
    "a DevEUI with a character that is not hexadecimal",
    { credentials: { ...otaa, devEui: "0004a30b001c053g" } },
    /devEui: 16 hexadecimal digits/,
  ],
  ["an address of the wrong length", { credentials: { ...abp, devAddr: "26" } }, /devAddr: 8 hexadecimal digits/],
  ["a sub-band in a region without them", { subBand: 2 }, /subBand 2: only US915, AU915 and CN470/],
  ["a data rate that no channel supports", { dataRate: 9 }, /dataRate 9/],
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

test("one call at a time, and FPort within bounds", async (t) => {
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
