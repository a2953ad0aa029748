import test from "ava";
import type { RegionName } from "../../device/lorawan/types.js";
import { Requests } from "../../host-tools/gateway/requests.js";
import { NorFlash } from "../flash/norflash.js";
import { World, otaa } from "./simulation.js";

interface Expected {
  rx1?: { frequency?: number; dataRate?: number };
  rx2?: { frequency?: number; dataRate?: number };
  /** Seconds after the uplink. */
  delay?: number;
}

/** A frequency as in MAC commands. */
const hertz = (frequency: number): string =>
  Buffer.from([0, 8, 16].map((shift) => ((frequency / 100) >> shift) & 255)).toString("hex");

/** What TS001-1.0.4 (5.4 to 5.9) lets the network change of a node's windows. The node sends at DR5 on EU868. */
const table: [what: string, region: RegionName, requests: string, expected: Expected][] = [
  [
    "RXParamSetupReq: RX1 two rates slower, RX2 at DR3 on 869.7 MHz",
    "EU868",
    "0523a8b484",
    { rx1: { dataRate: 3 }, rx2: { frequency: 869700000, dataRate: 3 } },
  ],
  [
    "RXParamSetupReq that the node refuses",
    "EU868",
    "057fd2ad84",
    { rx1: { dataRate: 5 }, rx2: { frequency: 869525000, dataRate: 0 } },
  ],
  ["RXTimingSetupReq: 7 s", "EU868", "0807", { delay: 7 }],
  ["RXTimingSetupReq: 0 is 1 s", "EU868", "0800", { delay: 1 }],
  [
    "DlChannelReq: every channel is answered on 869.525 MHz",
    "EU868",
    Array.from({ length: 8 }, (_, i) => `0a0${i}d2ad84`).join(""),
    { rx1: { frequency: 869525000 } },
  ],
  ["DlChannelReq that the node refuses, out of the band", "EU868", "0a00000000", { rx1: { dataRate: 5 } }],
  [
    "NewChannelReq: channel 8, and LinkADRReq on to it alone",
    "EU868",
    `0708${hertz(867400000)}50` + "0351000101",
    { rx1: { frequency: 867400000 } },
  ],
  [
    "NewChannelReq, its DlChannelReq and LinkADRReq in one",
    "EU868",
    `0708${hertz(867400000)}50` + "0a08d2ad84" + "0351000101",
    { rx1: { frequency: 869525000 } },
  ],
  ["DutyCycleReq changes no window", "EU868", "0402", { rx1: { dataRate: 5 }, delay: 1 }],
  [
    "TXParamSetupReq: no dwell time for downlinks, RX1 as slow as the offset says",
    "AS923-1",
    "0905" + `0552${hertz(923200000)}`,
    { rx1: { dataRate: 0 }, rx2: { dataRate: 2 } },
  ],
  [
    "all of them at once, more than FOpts holds",
    "EU868",
    "0523a8b484" + "0803" + "0a00d2ad84" + "0a01d2ad84" + "0a02d2ad84" + "0402",
    { rx1: { dataRate: 3 }, rx2: { frequency: 869700000, dataRate: 3 }, delay: 3 },
  ],
];

for (const [what, region, requests, expected] of table) {
  for (const window of [1, 2] as const) {
    test(`${what}: downlinks still arrive in RX${window}`, async (t) => {
      const world = new World(region, { adr: false, window });
      world.server.addDevice(otaa);
      const { link, events } = world.node({ region, credentials: otaa, flash: new NorFlash(), dataRate: 5 });
      await world.time.during(link.join());
      world.server.sendCommands(otaa.devEui, Buffer.from(requests, "hex"));
      const send = () => world.time.during(link.send(1, Buffer.alloc(4), { confirmed: true }));
      t.like(await send(), { sent: true, acknowledged: true }, "fetches the requests");
      for (let i = 0; i < 6; i++) {
        await world.time.pass(600000);
        const start = events.length;
        t.like(await send(), { sent: true, acknowledged: true }, `uplink ${i}`);
        const [up, down] = events.slice(start);
        t.like(down!, { kind: "downlink", ...expected[`rx${window}`] });
        if (expected.delay) t.is(Math.floor((down!.at - up!.at) / 1000), expected.delay + window - 1);
      }
    });
  }
}

test("MAC requests get through with packet loss, and the server always knows the node's receive windows", async (t) => {
  for (let run = 0; run < 20; run++) {
    const world = new World("EU868", { adr: false, loss: 0.3, seed: `follow${run}`, window: run % 2 === 0 ? 1 : 2 });
    world.server.addDevice(otaa);
    const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash(), dataRate: 5 });
    await world.time.during(link.join());
    let acknowledged = 0;
    for (let i = 0; i < 60; i++) {
      const hex = (value: number) => value.toString(16).padStart(2, "0");
      // Two different requests of the same kind in quick succession: their answers look the same.
      if (i < 40 && i % 2 === 0)
        world.server.sendCommands(
          otaa.devEui,
          Buffer.from(`08${hex(1 + (i % 5))}05${hex(((i % 5) << 4) | (i % 4))}d2ad84`, "hex"),
        );
      const result = await world.time.during(link.send(1, Buffer.alloc(4), { confirmed: true }));
      if (result.sent && result.acknowledged) acknowledged++;
      await world.time.pass(600000);
    }
    t.true(acknowledged > 15, `run ${run}: ${acknowledged}`);
    world.loss = 0;
    for (let i = 0; i < 5; i++)
      t.like(
        await world.time.during(link.send(1, Buffer.alloc(4), { confirmed: true })),
        { sent: true, acknowledged: true },
        `run ${run}`,
      );
  }
});

test("a MAC request without an answer is given up; a server restarted in between still knows what it requested", (t) => {
  const requests = new Requests();
  requests.add(Buffer.from("09050402", "hex"));
  requests.send(requests.next(15));
  const again = new Requests();
  again.restore(JSON.parse(JSON.stringify(requests.save())) as ReturnType<Requests["save"]>);
  again.beginUplink();
  t.is(again.answered(4)?.bytes.toString("hex"), "0402");
  t.is(again.answered(4), undefined, "said once");
  again.endUplink();
  for (let tries = 1; tries < 8; tries++) {
    again.beginUplink();
    again.endUplink();
    t.deepEqual(
      again.next(15).map(({ bytes }) => bytes.toString("hex")),
      ["0905"],
      `after ${tries} tries`,
    );
    again.send(again.next(15));
  }
  again.beginUplink();
  again.endUplink();
  t.true(again.isEmpty);
  t.is(again.unanswered, 1);
});

test("a second MAC request of the same kind waits until the answer to the first is no longer repeated", (t) => {
  const requests = new Requests();
  const hear = (...ids: number[]) => {
    requests.beginUplink();
    const heard = ids.map((id) => requests.answered(id)?.bytes.toString("hex"));
    requests.endUplink();
    return heard;
  };
  requests.add(Buffer.from("0803", "hex"));
  requests.send(requests.next(15));
  requests.add(Buffer.from("0805", "hex"));
  t.deepEqual(requests.next(15), []);
  t.deepEqual(hear(8), ["0803"]);
  t.true(requests.wantsDownlink);
  t.deepEqual(requests.next(15), [], "the node repeats its answer until it hears something");
  t.deepEqual(hear(8), [undefined]);
  t.deepEqual(hear(), []);
  t.is(requests.next(15)[0]!.bytes.toString("hex"), "0805");
});

test("a server restarted between request and answer applies the answer all the same", async (t) => {
  const world = new World("EU868", { adr: false, window: 2 });
  world.server.addDevice(otaa);
  const { link, events } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash(), dataRate: 5 });
  const restart = () =>
    world.server.restore(JSON.parse(JSON.stringify(world.server.save())) as ReturnType<typeof world.server.save>);
  const send = () => world.time.during(link.send(1, Buffer.alloc(4), { confirmed: true }));
  await world.time.during(link.join());
  world.server.sendCommands(otaa.devEui, Buffer.from(`0553${hertz(869700000)}`, "hex"));
  void world.server.sendDownlink(otaa.devEui, 20, Buffer.of(1), true);
  for (let i = 0; i < 4; i++) {
    restart();
    t.like(await send(), { sent: true, acknowledged: true }, `uplink ${i}`);
  }
  t.like(events.at(-1)!, { kind: "downlink", frequency: 869700000, dataRate: 3 });
  t.is(world.server.save().devices[0]!.awaiting, undefined, "the confirmed downlink was acknowledged");
});

test("a state file of an earlier version, with only RX1's delay, is still read", (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const session = {
    devAddr: "26000001",
    nwkSKey: "00".repeat(16),
    appSKey: "00".repeat(16),
    lastFrame: "",
    fCntUp: 4,
    fCntDown: 2,
    rxDelay: 3,
  };
  world.server.restore({
    nextAddress: 2,
    devices: [{ devEui: otaa.devEui, lastDevNonce: 1, joinNonce: 1, power: 0, transmissions: 1, session }],
  });
  const { channels, ...parameters } = world.server.parametersOf(otaa.devEui)!;
  t.deepEqual(parameters, { rxDelay: 3, rx1Offset: 0, rx2DataRate: 0, rx2Frequency: 869525000, downlinkDwell: false });
  t.is(channels.length, 8);
});

test("a downlink too long for the data rate waits, others overtake it, and FPending announces only what can be sent", async (t) => {
  const heard: [number, boolean][] = [];
  const world = new World("EU868", { adr: false });
  world.server.addDevice(otaa);
  const { link } = world.node({
    region: "EU868",
    credentials: otaa,
    flash: new NorFlash(),
    dataRate: 0,
    onDownlink: (_port, payload, { pending }) => heard.push([payload.length, pending]),
  });
  await world.time.during(link.join());
  const send = async () => {
    await world.time.pass(3600000);
    t.like(await world.time.during(link.send(1, Buffer.alloc(4), { confirmed: true })), {
      sent: true,
      acknowledged: true,
    });
  };
  // Joined at the fastest rate of the join requests; the network slows the node down.
  world.server.sendCommands(otaa.devEui, Buffer.from("0300ff0001", "hex"));
  await send();
  for (const bytes of [52, 51, 10]) void world.server.sendDownlink(otaa.devEui, 20, Buffer.alloc(bytes));
  await send();
  await send();
  await send();
  t.deepEqual(heard, [
    [51, true],
    [10, false],
  ]);
  world.server.sendCommands(otaa.devEui, Buffer.from("0350ff0001", "hex"));
  await send();
  await send();
  t.deepEqual(heard.slice(2), [[52, false]]);
  t.throws(() => world.server.sendDownlink(otaa.devEui, 20, Buffer.alloc(243)), { message: /243 bytes: 242 at most/ });
});
