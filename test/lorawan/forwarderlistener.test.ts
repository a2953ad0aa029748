import test from "ava";
import { Security } from "../../device/lorawan/security.js";
import { decodeJoinAccept } from "../../device/lorawan/frames.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { PacketForwarder } from "../../host-tools/gateway/semtech/forwarder.js";
import { ForwarderListener } from "../../host-tools/gateway/semtech/listener.js";
import type { GatewayDownlink } from "../../host-tools/gateway/types.js";
import { nodeCrypto } from "./nodecrypto.js";
import { joinRequest, otaa } from "./simulation.js";
import { eui, Peer, PULL_ACK, PULL_DATA, PULL_RESP, PUSH_ACK, PUSH_DATA, TX_ACK } from "./semtechpeer.js";

/** Settles when the server has heard that a downlink goes out, or after ten seconds. */
async function downlinkAccepted(server: NetworkServer): Promise<void> {
  for (let i = 0; i < 1000 && server.statistics.downlinks === 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

test("a downlink that a gateway refuses for RX1 goes out in RX2; the gateway's status and clock are used", async (t) => {
  const events: Record<string, unknown>[] = [];
  const server = new NetworkServer({ region: "EU868", collect: (run) => setTimeout(() => void run(), 20) });
  server.addDevice(otaa);
  const listener = new ForwarderListener(server, { onEvent: (event) => events.push(event) });
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
  const request = joinRequest(9);
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
  await downlinkAccepted(server);
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
  const request = joinRequest(9);
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
  t.truthy(decodeJoinAccept(new Security(nodeCrypto), Buffer.from(otaa.appKey, "hex"), downlink.payload, 9));
  t.is(server.statistics.joins, 1);
});

test("gateways with unrelated clocks: the copies are one uplink, and each gateway sends by its own clock", async (t) => {
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
  const request = joinRequest(9);
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
  await downlinkAccepted(server);
  t.like(server.statistics, { joins: 1, devNoncesReused: 0, duplicateReceptions: 1, downlinks: 1 });
  t.deepEqual(
    sent.map(([gateway, { time, frequency }]) => [gateway, time, frequency]),
    [
      ["gateway 0", 3e9 + 5e6, 868100000],
      ["gateway 1", 77e6 + 5e6, 868100000],
    ],
  );
});
