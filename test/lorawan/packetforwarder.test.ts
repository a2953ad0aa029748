import test, { type ExecutionContext } from "ava";
import { Air } from "../../host-tools/air/index.js";
import { attachForwarder } from "../../host-tools/gateway/airgateway.js";
import { PacketForwarder, parseAddress } from "../../host-tools/gateway/semtech/forwarder.js";
import type { GatewayDownlink } from "../../host-tools/gateway/types.js";
import { eui, Peer, PULL_ACK, PULL_DATA, PULL_RESP, PUSH_ACK, PUSH_DATA } from "./semtechpeer.js";

async function start(
  t: ExecutionContext,
  now: () => number,
): Promise<{ peer: Peer; forwarder: PacketForwarder; sent: GatewayDownlink[] }> {
  const peer = new Peer();
  const port = await peer.open();
  const sent: GatewayDownlink[] = [];
  const forwarder = new PacketForwarder({
    server: `127.0.0.1:${port}`,
    eui,
    now,
    transmit: (downlink) => (sent.push(downlink), "NONE"),
  });
  await forwarder.start();
  t.teardown(() => (forwarder.close(), peer.socket.close()));
  return { peer, forwarder, sent };
}

/** A txpk without its time, frequency and power. */
const downlink = { modu: "LORA", datr: "SF12BW125", codr: "4/5", ipol: true, size: 3, data: "AQID" };

test("PULL_DATA, PUSH_DATA and its acknowledgement, byte by byte", async (t) => {
  const { peer, forwarder } = await start(t, () => 0);
  const pull = await peer.next(PULL_DATA);
  t.is(pull.length, 12);
  t.is(pull[0], 2);
  t.is(pull.toString("hex", 4), eui);
  peer.send(Buffer.concat([pull.subarray(0, 3), Buffer.of(PULL_ACK)]));

  const done = forwarder.push(
    {
      time: 2 ** 32 + 3512348611,
      frequency: 866349812,
      sf: 7,
      bandwidth: 125000,
      rssi: -35.2,
      snr: 5.12,
      payload: Buffer.from("hello"),
    },
    5000,
  );
  const push = await peer.next(PUSH_DATA);
  t.is(push[0], 2);
  t.is(push.toString("hex", 4, 12), eui);
  t.deepEqual(JSON.parse(push.toString("utf8", 12)), {
    rxpk: [
      {
        tmst: 3512348611,
        freq: 866.349812,
        chan: 0,
        rfch: 0,
        stat: 1,
        modu: "LORA",
        datr: "SF7BW125",
        codr: "4/5",
        rssi: -35,
        lsnr: 5.1,
        size: 5,
        data: "aGVsbG8=",
      },
    ],
  });
  peer.send(Buffer.concat([push.subarray(0, 3), Buffer.of(PUSH_ACK)]));
  t.true(await done);
  t.false(
    await forwarder.push(
      { time: 0, frequency: 868100000, sf: 12, bandwidth: 125000, rssi: -120, snr: -19, payload: Buffer.of(1) },
      50,
    ),
    "no server acknowledged it",
  );
});

test("PULL_RESP is transmitted at its time, and TX_ACK confirms it or says why not", async (t) => {
  const now = 2 ** 33 + 2 ** 32 - 400000;
  const { peer, sent } = await start(t, () => now);
  const respond = async (txpk: unknown, token = 0x1234) => {
    const { ack, error } = await peer.respond(txpk, token);
    t.is(ack.readUInt16LE(1), token);
    t.is(ack.toString("hex", 4, 12), eui);
    return error;
  };
  await peer.next(PULL_DATA);
  const packet = {
    ...downlink,
    imme: false,
    tmst: 600000,
    freq: 869.525,
    rfch: 0,
    powe: 27,
  };
  t.is(await respond(packet), "NONE");
  // The 32-bit counter wrapped between the uplink and the answer.
  t.deepEqual(sent, [
    {
      time: now + 1000000,
      frequency: 869525000,
      sf: 12,
      bandwidth: 125000,
      power: 27,
      payload: Buffer.of(1, 2, 3),
      invertIQ: true,
      crc: true,
      preamble: 8,
      codingRate: 5,
    },
  ]);
  t.is(await respond({ ...packet, tmst: 2 ** 32 - 500000 }), "TOO_LATE");
  t.is(await respond({ ...packet, tmst: 600000 + 60e6 }), "TOO_EARLY");
  t.is(await respond({ ...packet, imme: true, tmst: undefined }), "NONE");
  t.is(sent[1]!.time, now);
  t.is(await respond({ ...packet, modu: "FSK", datr: 50000 }), "TX_FREQ");
  t.is(await respond(undefined), "TX_FREQ");
  t.is(await respond({ ...packet, datr: "SF99BW125" }), "TX_FREQ");
  t.is(await respond({ ...packet, freq: 2400 }), "TX_FREQ");
  t.is(await respond({ ...packet, freq: null }), "TX_FREQ");
  t.is(await respond({ ...packet, powe: 33 }), "TX_POWER");
  t.is(await respond({ ...packet, tmst: undefined, tmms: 1234567890123 }), "GPS_UNLOCKED");
  t.is(await respond({ ...packet, tmst: undefined }), "TOO_LATE");
  t.is(sent.length, 2);
  t.is(await respond({ ...packet, ncrc: true, ipol: undefined, prea: 10, codr: "4/7" }), "NONE");
  t.like(sent[2]!, { invertIQ: false, crc: false, preamble: 10, codingRate: 7 });
});

test("a packet that would overlap another is refused, on the simulated air", async (t) => {
  const peer = new Peer();
  const port = await peer.open();
  const air = new Air();
  // A program that has not started stops the clock.
  air.nodePort("node");
  const forwarder = await attachForwarder(air, { server: `127.0.0.1:${port}`, eui, range: [863e6, 870e6] });
  t.teardown(() => (forwarder.close(), peer.socket.close()));
  await peer.next(PULL_DATA);
  const errors: string[] = [];
  for (const [tmst, freq] of [
    [2000000, 869.525],
    [2100000, 869.525],
    [1900000, 868.1],
    [1000000, 923.3],
    [4500000, 868.1],
  ] as const) {
    errors.push((await peer.respond({ ...downlink, tmst, freq, powe: 14 })).error);
  }
  t.deepEqual(errors, ["NONE", "COLLISION_PACKET", "COLLISION_PACKET", "TX_FREQ", "NONE"]);
});

test("status reports count from the previous report", async (t) => {
  const peer = new Peer();
  const port = await peer.open();
  const forwarder = new PacketForwarder({
    server: `127.0.0.1:${port}`,
    eui,
    now: () => 0,
    transmit: () => "NONE",
    statusEvery: 0.4,
  });
  await forwarder.start();
  t.teardown(() => (forwarder.close(), peer.socket.close()));
  await peer.next(PULL_DATA);
  const uplink = { time: 0, frequency: 868100000, sf: 7, bandwidth: 125000, rssi: -50, snr: 9, payload: Buffer.of(1) };
  const pushed = [forwarder.push({ ...uplink, unixTime: 1364746877.528002 }), forwarder.push(uplink, 50)];
  const first = await peer.next(PUSH_DATA);
  t.is(
    (JSON.parse(first.toString("utf8", 12)) as { rxpk: [{ time: string }] }).rxpk[0].time,
    "2013-03-31T16:21:17.528002Z",
  );
  peer.send(Buffer.concat([first.subarray(0, 3), Buffer.of(PUSH_ACK)]));
  await peer.next(PUSH_DATA);
  t.deepEqual(await Promise.all(pushed), [true, false]);
  const stat = async () => {
    const datagram = await peer.next(PUSH_DATA);
    peer.send(Buffer.concat([datagram.subarray(0, 3), Buffer.of(PUSH_ACK)]));
    return (JSON.parse(datagram.toString("utf8", 12)) as { stat: Record<string, unknown> }).stat;
  };
  const { time, ...counts } = await stat();
  t.regex(String(time), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT$/);
  t.deepEqual(counts, { rxnb: 2, rxok: 2, rxfw: 2, ackr: 50, dwnb: 0, txnb: 0 });
  t.like(await stat(), { rxnb: 0, rxok: 0, rxfw: 0, ackr: 100 });
});

test("malformed datagrams are ignored", async (t) => {
  const { peer, forwarder, sent } = await start(t, () => 0);
  await peer.next(PULL_DATA);
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.of(2),
    Buffer.of(1, 0, 0, PULL_RESP),
    Buffer.of(2, 0, 0, 9),
    Buffer.concat([Buffer.of(2, 0, 0, PULL_RESP), Buffer.from("{")]),
    Buffer.alloc(1000, 0xff),
  ])
    peer.send(bytes);
  const done = forwarder.push(
    { time: 0, frequency: 868100000, sf: 7, bandwidth: 125000, rssi: -50, snr: 9, payload: Buffer.of(1) },
    5000,
  );
  const push = await peer.next(PUSH_DATA);
  peer.send(Buffer.concat([push.subarray(0, 3), Buffer.of(PUSH_ACK)]));
  t.true(await done);
  t.deepEqual(sent, []);
});

test("server addresses", (t) => {
  t.deepEqual(parseAddress("localhost"), { host: "localhost", port: 1700 });
  t.deepEqual(parseAddress("10.0.0.1:1701"), { host: "10.0.0.1", port: 1701 });
  t.deepEqual(parseAddress("[::1]:1701"), { host: "::1", port: 1701 });
  for (const bad of ["", "host:0", "host:70000", "a:b:c"]) t.throws(() => parseAddress(bad), { message: /HOST:PORT/ });
});

test("a server name that does not resolve is an error, and nothing keeps running", async (t) => {
  const forwarder = new PacketForwarder({
    server: "no-such-server.invalid",
    eui: "aa555a0000000001",
    now: () => 0,
    transmit: () => "NONE",
  });
  await t.throwsAsync(forwarder.start(), {
    name: "UserError",
    message: /^packet forwarder to no-such-server\.invalid: /,
  });
});
