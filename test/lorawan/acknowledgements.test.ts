import test from "ava";
import type { DownlinkInfo } from "../../device/lorawan/types.js";
import type { LoRaWAN } from "../../device/lorawan/lorawan.js";
import type { Uplink } from "../../host-tools/gateway/types.js";
import { encodeDownlink } from "../../host-tools/gateway/packets.js";
import { airtime, otaa } from "./simulation.js";
import { keys, rig, type Rig } from "./rig.js";

test("NbTrans: the same frame is repeated on other channels until a downlink is received", async (t) => {
  const node = rig();
  await node.ask("0350070003");
  const before = node.world.uplinksOnAir.length;
  t.like(await node.send(), { transmissions: 3 });
  const repeated = node.world.uplinksOnAir.slice(before);
  t.is(repeated.length, 3);
  t.is(new Set(repeated.map(({ payload }) => Buffer.from(payload).toString("hex"))).size, 1);
  for (let i = 1; i < 3; i++) {
    t.not(repeated[i]!.modulation.frequency, repeated[i - 1]!.modulation.frequency);
    // RX2 opens two seconds after the end; RETRANSMIT_TIMEOUT is one to three more.
    const gap =
      repeated[i]!.end - airtime(repeated[i]!.modulation, repeated[i]!.payload.length, true) - repeated[i - 1]!.end;
    t.true(gap >= 3000 && gap <= 5500, `${gap} ms`);
  }
  t.like(await node.send(1, true), { transmissions: 1, acknowledged: true });
  node.world.outage = true;
  t.like(await node.send(1, true), { transmissions: 3, acknowledged: false });
});

test("a payload that is to be sent once is, whatever NbTrans is; it is completed right before it is encrypted", async (t) => {
  const heard: Uplink[] = [];
  const node = rig({}, { onUplink: (uplink) => void heard.push(uplink) });
  await node.ask("0350070003");
  heard.length = 0;
  const { time } = node.world;
  const stamped: number[][] = [];
  const stamp = (payload: Uint8Array, ms: number): void => {
    stamped.push([time.now, ms]);
    payload[1] = 7;
  };
  t.like(await time.during(node.link.send(202, Buffer.alloc(6), { once: true, stamp })), { transmissions: 1 });
  const { modulation, payload, end } = node.world.uplinksOnAir.at(-1)!;
  const ms = airtime(modulation, payload.length, true);
  t.deepEqual(
    heard.map((uplink) => uplink.payload.toString("hex")),
    ["000700000000"],
  );
  t.is(stamped.length, 1);
  const [at, told] = stamped[0]!;
  t.true(Math.abs(told! - ms) < 1e-6);
  // TS003-2.0.0, section 3.2: in less than 250 ms.
  t.true(end - ms - at! >= 0 && end - ms - at! < 250);
});

test("a lost acknowledgement: the retransmission is acknowledged again and delivered once", async (t) => {
  const uplinks: Uplink[] = [];
  const node = rig({}, { onUplink: (uplink) => void uplinks.push(uplink) });
  await node.ask("0350070003");
  let lose = 2;
  node.world.tamper = (payload) => (lose-- > 0 ? undefined : payload);
  uplinks.length = 0;
  const before = node.world.server.statistics.retransmissions;
  t.like(await node.send(1, true), { transmissions: 3, acknowledged: true });
  t.is(uplinks.length, 1);
  t.is(node.world.server.statistics.retransmissions - before, 2);
});

test("confirmed downlinks are acknowledged with the next uplink, and sent again when it was lost", async (t) => {
  const downlinks: [number, DownlinkInfo][] = [];
  const node = rig({ onDownlink: (port, _payload, info) => downlinks.push([port, info]) });
  const done = node.world.server.sendDownlink(otaa.devEui, 20, Buffer.of(1), true);
  void node.world.server.sendDownlink(otaa.devEui, 21, Buffer.of(2));
  await node.send();
  t.like(downlinks, [[20, { pending: true, counter: 0 }]]);
  await node.send();
  t.true(await done);
  t.like(downlinks, [
    [20, { counter: 0 }],
    [21, { pending: false, counter: 1 }],
  ]);
});

test("a payload that no gateway can send now does not hold back an acknowledgement", async (t) => {
  const ports: number[] = [];
  let isBusy = true;
  const node = rig(
    { onDownlink: (port) => ports.push(port) },
    { sends: ({ payload }) => !isBusy || payload.length < 40 },
  );
  await node.ask("0350070003");
  void node.world.server.sendDownlink(otaa.devEui, 20, Buffer.alloc(40));
  t.like(await node.send(1, true), { transmissions: 1, acknowledged: true });
  t.deepEqual(ports, []);
  isBusy = false;
  await node.send();
  t.deepEqual(ports, [20]);
});

/** Sends a confirmed uplink that is answered in RX1 by a downlink with these FOpts, without ACK bit. */
async function answered(node: Rig, bytes: number, options: Buffer): ReturnType<LoRaWAN["send"]> {
  node.world.outage = true;
  const done = node.link.send(1, Buffer.alloc(bytes), { confirmed: true });
  const before = node.world.uplinksOnAir.length;
  while (node.world.uplinksOnAir.length === before) await node.world.time.pass(1);
  const { modulation, end } = node.world.uplinksOnAir.at(-1)!;
  const downlink = encodeDownlink(keys, {
    counter: 1000,
    confirmed: false,
    ack: false,
    pending: false,
    adr: true,
    options,
    port: undefined,
    payload: Buffer.alloc(0),
  });
  node.world.inject(downlink, modulation, end + 1000);
  return node.world.time.during(done);
}

test("a downlink without the ACK bit acknowledges nothing; its LinkADRReq applies to the retransmission, unless the frame is too long for it", async (t) => {
  for (const [bytes, spreadingFactor] of [
    [10, 12],
    [200, 7],
  ] as const) {
    const node = rig();
    await node.ask("0350070002");
    // LinkADRReq: DR0, power 0, channels 0 to 2, NbTrans 2.
    t.like(await answered(node, bytes, Buffer.from("0300070002", "hex")), {
      sent: true,
      acknowledged: false,
      transmissions: 2,
    });
    t.is(node.world.uplinksOnAir.at(-1)!.modulation.spreadingFactor, spreadingFactor);
    t.like(await node.send(), { dataRate: 0 });
  }
});
