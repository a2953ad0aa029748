import test from "ava";
import { clockError, receiveWindow } from "../../device/lorawan/windows.js";
import { NorFlash } from "../flash/norflash.js";
import { World, abp, otaa } from "./simulation.js";

test("receive windows of EU868 with a clock error of 10 ms and 1 ms of wake-up time: the figures of other stacks", (t) => {
  const expected: [spreadingFactor: number, symbols: number, offset: number][] = [
    [12, 6, 32],
    [11, 6, 16],
    [10, 7, 4],
    [9, 9, -3],
    [8, 14, -7],
    [7, 24, -9],
  ];
  for (const [spreadingFactor, symbols, offset] of expected) {
    t.deepEqual(receiveWindow(spreadingFactor, 125000, 10, 1), { symbols, offset }, `SF${spreadingFactor}`);
  }
});

test("the clock error grows with the time since the uplink", (t) => {
  t.is(clockError(1000, 20, 2), 2.02);
  t.is(clockError(6000, 1000, 2), 8);
});

for (const ppm of [-300, -20, 0, 20, 300]) {
  test(`with a declared clock error of ${ppm} ppm every answer is received at every data rate`, async (t) => {
    for (const dataRate of [0, 3, 5]) {
      const world = new World("EU868", { adr: false, rxDelay: 15 });
      world.server.addDevice(otaa);
      const { link } = world.node(
        { region: "EU868", credentials: otaa, flash: new NorFlash(), clockErrorPpm: Math.abs(ppm), dataRate },
        ppm,
      );
      await world.time.during(link.join());
      for (let i = 0; i < 3; i++)
        t.like(await world.time.during(link.send(1, Buffer.alloc(10), { confirmed: true })), {
          sent: true,
          acknowledged: true,
          dataRate,
        });
    }
  });
}

test("a foreign packet in RX1 that lasts beyond the start of RX2: RX2 is not opened late", async (t) => {
  const world = new World("EU868", { adr: false });
  const { link } = world.node({ region: "EU868", credentials: abp, flash: new NorFlash(), dataRate: 0 });
  for (const bytes of [0, 100]) {
    world.windows.length = 0;
    const sent = link.send(1, Buffer.alloc(1));
    const before = world.uplinksOnAir.length;
    while (world.uplinksOnAir.length === before) await world.time.pass(1);
    const { modulation, end } = world.uplinksOnAir.at(-1)!;
    // SF12: 100 bytes take over four seconds.
    if (bytes > 0) world.inject(Buffer.alloc(bytes, 0x60), modulation, end + 1000);
    t.like(await world.time.during(sent), { sent: true, acknowledged: false });
    t.deepEqual(world.windows, bytes > 0 ? [modulation.frequency] : [modulation.frequency, 869525000]);
  }
});

test("a clock worse than declared misses answers: in the simulation, windows at the wrong time receive nothing", async (t) => {
  const world = new World("EU868", { adr: false });
  world.server.addDevice({ devEui: otaa.devEui, ...abp });
  const { link } = world.node(
    { region: "EU868", credentials: abp, flash: new NorFlash(), clockErrorPpm: 20, dataRate: 5 },
    30000,
  );
  for (let i = 0; i < 5; i++)
    t.like(await world.time.during(link.send(1, Buffer.alloc(10), { confirmed: true })), {
      sent: true,
      acknowledged: false,
    });
});
