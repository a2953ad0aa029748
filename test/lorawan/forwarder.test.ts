import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import test, { type ExecutionContext } from "ava";
import { Security } from "../../device/lorawan/security.js";
import { decodeJoinAccept, encodeJoinRequest } from "../../device/lorawan/frames.js";
import { Air } from "../../host-tools/air/index.js";
import { attachForwarder } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { PacketForwarder, parseAddress } from "../../host-tools/gateway/semtech/forwarder.js";
import { ForwarderListener } from "../../host-tools/gateway/semtech/listener.js";
import type { GatewayDownlink } from "../../host-tools/gateway/types.js";
import { nodeCrypto } from "./nodecrypto.js";
import { otaa } from "./simulation.js";

/** A network server's end written from PROTOCOL.TXT of Lora-net/packet_forwarder alone: raw bytes, nothing of the code under test. */
class Peer {
  readonly socket: Socket = createSocket("udp4");
  gateway!: RemoteInfo;
  #heard: Buffer[] = [];
  #wake = () => {};

  async open(): Promise<number> {
    this.socket.on("message", (bytes, from) => {
      this.gateway = from;
      this.#heard.push(bytes);
      this.#wake();
    });
    this.socket.bind(0, "127.0.0.1");
    await once(this.socket, "listening");
    return this.socket.address().port;
  }

  /** The next datagram of this identifier (byte 3). */
  async next(identifier: number): Promise<Buffer> {
    for (;;) {
      const index = this.#heard.findIndex((bytes) => bytes[3] === identifier);
      if (index >= 0) return this.#heard.splice(index, 1)[0]!;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  send(bytes: Buffer): void {
    this.socket.send(bytes, this.gateway.port, this.gateway.address);
  }
}

const eui = "aa555a0000000101";
const PUSH_DATA = 0x00,
  PUSH_ACK = 0x01,
  PULL_DATA = 0x02,
  PULL_RESP = 0x03,
  PULL_ACK = 0x04,
  TX_ACK = 0x05;

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
    "nobody acknowledged it",
  );
});

test("PULL_RESP is transmitted at its time, and TX_ACK says so or why not", async (t) => {
  const now = 2 ** 33 + 2 ** 32 - 400000;
  const { peer, sent } = await start(t, () => now);
  const respond = async (txpk: unknown, token = 0x1234) => {
    const head = Buffer.of(2, token & 255, token >> 8, PULL_RESP);
    peer.send(Buffer.concat([head, Buffer.from(JSON.stringify({ txpk }))]));
    const ack = await peer.next(TX_ACK);
    t.is(ack.readUInt16LE(1), token);
    t.is(ack.toString("hex", 4, 12), eui);
    return (JSON.parse(ack.toString("utf8", 12)) as { txpk_ack: { error: string } }).txpk_ack.error;
  };
  await peer.next(PULL_DATA);
  const packet = {
    imme: false,
    tmst: 600000,
    freq: 869.525,
    rfch: 0,
    powe: 27,
    modu: "LORA",
    datr: "SF12BW125",
    codr: "4/5",
    ipol: true,
    size: 3,
    data: "AQID",
  };
  t.is(await respond(packet), "NONE");
  // The counter's 32 bits ran over between the uplink and the answer.
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

test("a packet that would run into another is refused, in the simulated air", async (t) => {
  const peer = new Peer();
  const port = await peer.open();
  const air = new Air();
  // A program that has not begun holds the time.
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
    const txpk = {
      tmst,
      freq,
      powe: 14,
      modu: "LORA",
      datr: "SF12BW125",
      codr: "4/5",
      ipol: true,
      size: 3,
      data: "AQID",
    };
    peer.send(Buffer.concat([Buffer.of(2, 0, 0, PULL_RESP), Buffer.from(JSON.stringify({ txpk }))]));
    errors.push(
      (JSON.parse((await peer.next(TX_ACK)).toString("utf8", 12)) as { txpk_ack: { error: string } }).txpk_ack.error,
    );
  }
  t.deepEqual(errors, ["NONE", "COLLISION_PACKET", "COLLISION_PACKET", "TX_FREQ", "NONE"]);
});

test("status reports count since the last one", async (t) => {
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

test("a gateway that refuses RX1 is asked for RX2; its status and its clock are taken", async (t) => {
  const events: Record<string, unknown>[] = [];
  const server = new NetworkServer({ region: "EU868", collect: (run) => setTimeout(() => void run(), 20) });
  server.addDevice(otaa);
  const listener = new ForwarderListener(server, (event) => events.push(event));
  const port = await listener.listen(0, "127.0.0.1");
  const gateway = new Peer();
  await gateway.open();
  t.teardown(() => (listener.close(), gateway.socket.close()));
  const say = (kind: number, json?: unknown) =>
    gateway.socket.send(
      Buffer.concat([
        Buffer.of(2, 7, 8, kind),
        Buffer.from(eui, "hex"),
        Buffer.from(json === undefined ? "" : JSON.stringify(json)),
      ]),
      port,
      "127.0.0.1",
    );
  say(PULL_DATA);
  t.deepEqual([...(await gateway.next(PULL_ACK))], [2, 7, 8, PULL_ACK]);
  const request = encodeJoinRequest(
    new Security(nodeCrypto),
    Buffer.from(otaa.appKey, "hex"),
    Buffer.from(otaa.joinEui, "hex"),
    Buffer.from(otaa.devEui, "hex"),
    9,
  );
  const stat = { time: "2014-01-12 08:59:28 GMT", rxnb: 1, rxok: 1, rxfw: 1, ackr: 100, dwnb: 0, txnb: 0 };
  say(PUSH_DATA, {
    rxpk: [
      {
        tmst: 2 ** 32 - 3e6,
        freq: 868.1,
        chan: 0,
        rfch: 0,
        stat: 1,
        modu: "LORA",
        datr: "SF9BW125",
        codr: "4/5",
        rssi: -90,
        lsnr: 5,
        size: request.length,
        data: Buffer.from(request).toString("base64"),
      },
    ],
    stat,
  });
  t.deepEqual([...(await gateway.next(PUSH_ACK))], [2, 7, 8, PUSH_ACK]);
  const respond = async (error?: string) => {
    const asked = await gateway.next(PULL_RESP);
    const ack = Buffer.concat([
      asked.subarray(0, 3),
      Buffer.of(TX_ACK),
      Buffer.from(eui, "hex"),
      Buffer.from(error ? JSON.stringify({ txpk_ack: { error } }) : ""),
    ]);
    gateway.socket.send(ack, port, "127.0.0.1");
    return (JSON.parse(asked.toString("utf8", 4)) as { txpk: Record<string, unknown> }).txpk;
  };
  t.like(await respond("COLLISION_PACKET"), {
    imme: false,
    tmst: 2e6,
    freq: 868.1,
    datr: "SF9BW125",
    powe: 14,
    ipol: true,
    ncrc: true,
  });
  t.like(await respond(), { tmst: 3e6, freq: 869.525, datr: "SF12BW125", powe: 27 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.is(server.statistics.downlinks, 1);
  t.deepEqual(
    events,
    [
      { event: "status", gateway: eui, ...stat },
      { event: "gateway", gateway: eui },
      { event: "downlink refused", gateway: eui, error: "COLLISION_PACKET" },
    ].sort((a) => (a.event === "gateway" ? -1 : 0)),
  );
});

test("datagrams that are none change nothing", async (t) => {
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

test("a join through both ends over loopback", async (t) => {
  const server = new NetworkServer({ region: "EU868", collect: (run) => setTimeout(() => void run(), 20) });
  server.addDevice(otaa);
  const listener = new ForwarderListener(server);
  const port = await listener.listen(0, "127.0.0.1");
  let answer!: (downlink: GatewayDownlink) => void;
  const answered = new Promise<GatewayDownlink>((resolve) => (answer = resolve));
  const forwarders = ["aa555a0000000101", "aa555a0000000102"].map(
    (eui) =>
      new PacketForwarder({
        server: `127.0.0.1:${port}`,
        eui,
        now: () => 7e6,
        transmit: (downlink) => (answer(downlink), "NONE"),
      }),
  );
  t.teardown(() => {
    for (const forwarder of forwarders) forwarder.close();
    listener.close();
  });
  await Promise.all(forwarders.map((forwarder) => forwarder.start()));
  await Promise.all(
    forwarders.map((forwarder) =>
      forwarder.push({
        time: 0,
        frequency: 868100000,
        sf: 7,
        bandwidth: 125000,
        rssi: -50,
        snr: 9,
        payload: Buffer.of(0),
      }),
    ),
  );
  const security = new Security(nodeCrypto);
  const request = encodeJoinRequest(
    security,
    Buffer.from(otaa.appKey, "hex"),
    Buffer.from(otaa.joinEui, "hex"),
    Buffer.from(otaa.devEui, "hex"),
    9,
  );
  const pushed = await Promise.all(
    forwarders.map((forwarder, i) =>
      forwarder.push({
        time: 5e6,
        frequency: 868100000,
        sf: 9,
        bandwidth: 125000,
        rssi: -90 + i,
        snr: i,
        payload: request,
      }),
    ),
  );
  t.deepEqual(pushed, [true, true]);
  const downlink = await answered;
  t.like(downlink, { time: 10e6, frequency: 868100000, sf: 9, bandwidth: 125000 });
  t.truthy(decodeJoinAccept(security, Buffer.from(otaa.appKey, "hex"), downlink.payload, 9));
  t.is(server.statistics.joins, 1);
});

test("addresses", (t) => {
  t.deepEqual(parseAddress("localhost"), { host: "localhost", port: 1700 });
  t.deepEqual(parseAddress("10.0.0.1:1701"), { host: "10.0.0.1", port: 1701 });
  t.deepEqual(parseAddress("[::1]:1701"), { host: "::1", port: 1701 });
  for (const bad of ["", "host:0", "host:70000", "a:b:c"]) t.throws(() => parseAddress(bad), { message: /HOST:PORT/ });
});

test("gateways whose clocks have nothing to do with each other: one uplink, and each sends by its own clock", async (t) => {
  const server = new NetworkServer({ region: "EU868", collect: (run) => setTimeout(() => void run(), 50) });
  server.addDevice(otaa);
  const listener = new ForwarderListener(server);
  const port = await listener.listen(0, "127.0.0.1");
  const sent: [string, GatewayDownlink][] = [];
  const clocks = [3e9, 77e6];
  const forwarders = clocks.map(
    (clock, i) =>
      new PacketForwarder({
        server: `127.0.0.1:${port}`,
        eui: `aa555a000000010${i}`,
        now: () => clock,
        transmit: (downlink) => (sent.push([`gateway ${i}`, downlink]), i === 0 ? "COLLISION_PACKET" : "NONE"),
      }),
  );
  t.teardown(() => {
    for (const forwarder of forwarders) forwarder.close();
    listener.close();
  });
  await Promise.all(forwarders.map((forwarder) => forwarder.start()));
  const request = encodeJoinRequest(
    new Security(nodeCrypto),
    Buffer.from(otaa.appKey, "hex"),
    Buffer.from(otaa.joinEui, "hex"),
    Buffer.from(otaa.devEui, "hex"),
    9,
  );
  await Promise.all(
    forwarders.map((forwarder, i) =>
      forwarder.push({
        time: clocks[i]!,
        frequency: 868100000,
        sf: 9,
        bandwidth: 125000,
        rssi: -90,
        snr: 5 - i,
        payload: request,
      }),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.like(server.statistics, { joins: 1, devNoncesReused: 0, duplicateReceptions: 1, downlinks: 1 });
  t.deepEqual(
    sent.map(([gateway, { time, frequency }]) => [gateway, time, frequency]),
    [
      ["gateway 0", 3e9 + 5e6, 868100000],
      ["gateway 1", 77e6 + 5e6, 868100000],
    ],
  );
});

test("a network server whose name is not known is an error, and nothing goes on", async (t) => {
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
