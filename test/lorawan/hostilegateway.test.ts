import { createSocket } from "node:dgram";
import { once } from "node:events";
import test, { type ExecutionContext } from "ava";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { KnownGateways } from "../../host-tools/gateway/knowngateways.js";
import { unrolled } from "../../host-tools/gateway/semtech/clock.js";
import { ForwarderListener, type ListenerOptions } from "../../host-tools/gateway/semtech/listener.js";
import { Random } from "../../host-tools/lib/random.js";
import { eui, Peer, PULL_ACK, PULL_DATA, PULL_RESP, PUSH_ACK, PUSH_DATA, TX_ACK } from "./semtechpeer.js";
import { joinRequest, otaa } from "./simulation.js";

const request = joinRequest(9);
const good = {
  tmst: 3e6,
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
};

const datagram = (kind: number, json?: unknown, { version = 2, id = eui } = {}): Buffer =>
  Buffer.concat([
    Buffer.of(version, 7, 8, kind),
    Buffer.from(id, "hex"),
    Buffer.from(json === undefined ? "" : typeof json === "string" ? json : JSON.stringify(json)),
  ]);

async function listening(t: ExecutionContext, options: ListenerOptions = {}) {
  const events: Record<string, unknown>[] = [];
  const server = new NetworkServer({ region: "EU868", collect: (run) => setTimeout(() => void run(), 20) });
  server.addDevice(otaa);
  const listener = new ForwarderListener(server, { ...options, onEvent: (event) => events.push(event) });
  const port = await listener.listen(0, "127.0.0.1");
  const gateway = new Peer();
  await gateway.open();
  t.teardown(() => (listener.close(), gateway.socket.close()));
  const send = (bytes: Buffer) =>
    new Promise((resolve) => gateway.socket.send(bytes, port, "127.0.0.1", () => resolve(undefined)));
  return { events, server, gateway, send };
}

/** Each with what the report says of it; undefined: nothing is to be said. */
const wrong: readonly [unknown, RegExp | undefined][] = [
  ['{"rxpk":[', /^not JSON$/],
  [null, /expected object, received null/],
  [[], /expected object, received array/],
  [7, /expected object/],
  [{ rxpk: 5 }, /^rxpk: /],
  [{ rxpk: Array.from({ length: 65 }, () => good) }, /^rxpk: /],
  [{ rxpk: [null] }, /^rxpk\[0\]: /],
  [{ rxpk: [[]] }, /^rxpk\[0\]: /],
  [{ rxpk: ["rxpk"] }, /^rxpk\[0\]: /],
  [{ rxpk: [{}] }, /^rxpk\[0\]\.tmst: /],
  [{ rxpk: [{ ...good, tmst: -1 }] }, /^rxpk\[0\]\.tmst: /],
  [{ rxpk: [{ ...good, tmst: 2 ** 32 }] }, /^rxpk\[0\]\.tmst: /],
  [{ rxpk: [{ ...good, tmst: 1.5 }] }, /^rxpk\[0\]\.tmst: /],
  [{ rxpk: [{ ...good, tmst: "3000000" }] }, /^rxpk\[0\]\.tmst: /],
  [{ rxpk: [{ ...good, freq: "868.1" }] }, /^rxpk\[0\]\.freq: /],
  [{ rxpk: [{ ...good, freq: 868100000 }] }, /^rxpk\[0\]\.freq: /],
  [{ rxpk: [{ ...good, stat: 2 }] }, /^rxpk\[0\]\.stat: /],
  [{ rxpk: [{ ...good, datr: "SF13BW125" }] }, /^rxpk\[0\]\.datr: .*SF7BW125/],
  [{ rxpk: [{ ...good, datr: 50000 }] }, /^rxpk\[0\]\.datr: /],
  [{ rxpk: [{ ...good, datr: { toString: 5 } }] }, /^rxpk\[0\]\.datr: /],
  [{ rxpk: [{ ...good, rssi: null }] }, /^rxpk\[0\]\.rssi: /],
  [{ rxpk: [{ ...good, rssi: -1000 }] }, /^rxpk\[0\]\.rssi: /],
  [{ rxpk: [{ ...good, lsnr: "5" }] }, /^rxpk\[0\]\.lsnr: /],
  [{ rxpk: [{ ...good, size: 1 }] }, /^rxpk\[0\]\.size: /],
  [{ rxpk: [{ ...good, data: 7 }] }, /^rxpk\[0\]\.data: /],
  [{ rxpk: [{ ...good, data: "?" }] }, /^rxpk\[0\]\.data: base64/],
  [{ rxpk: [{ ...good, size: undefined, data: "A".repeat(400) }] }, /^rxpk\[0\]\.data: 255 bytes/],
  [{ rxpk: [{ ...good, modu: "LR-FHSS" }] }, /^rxpk\[0\]\.modu: /],
  [{ rxpk: [{ ...good, modu: "FSK", datr: 50000 }] }, undefined],
  [{ rxpk: [{ ...good, stat: -1 }] }, undefined],
  [{ stat: null }, /^stat: /],
  [{ stat: [] }, /^stat: /],
  [{ stat: { lati: 91 } }, /^stat\.lati: /],
  [{ stat: { rxnb: "1" } }, /^stat\.rxnb: /],
  [{}, undefined],
];

test("each field of a gateway's message is checked; what is wrong is reported with its place, and nothing ends", async (t) => {
  const { events, server, gateway, send } = await listening(t);
  for (const [i, [json, said]] of wrong.entries()) {
    const id = `bb000000000000${i.toString(16).padStart(2, "0")}`;
    events.length = 0;
    await send(datagram(PUSH_DATA, json, { id }));
    if (said !== wrong[0]![1]) await gateway.next(PUSH_ACK);
    else while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const refused = events.filter(({ event }) => event === "refused");
    if (!said) t.deepEqual(refused, [], JSON.stringify(json));
    else {
      t.is(refused.length, 1, JSON.stringify(json));
      t.like(refused[0], { gateway: id, count: 1 });
      t.regex(refused[0]!["error"] as string, said);
    }
  }
  t.is(server.statistics.joins, 0);
  // A bad packet does not hold the one beside it back.
  await send(datagram(PULL_DATA));
  await send(datagram(PUSH_DATA, { rxpk: [null, good], stat: 5 }));
  const { txpk } = JSON.parse((await gateway.next(PULL_RESP)).toString("utf8", 4)) as { txpk: { tmst: number } };
  t.is(txpk.tmst, 8e6);
  t.is(server.statistics.joins, 1);
});

test("wrong answers to a downlink are reported, and it counts as sent", async (t) => {
  const { events, server, gateway, send } = await listening(t);
  await send(datagram(PULL_DATA));
  await gateway.next(PULL_ACK);
  await send(datagram(PUSH_DATA, { rxpk: [good] }));
  const [, low, high] = await gateway.next(PULL_RESP);
  for (const json of [null, { txpk_ack: null }, { txpk_ack: { error: 5 } }, { txpk_ack: { error: "\u001b[2J" } }]) {
    const bytes = datagram(TX_ACK, json);
    bytes.set([low!, high!], 1);
    await send(bytes);
  }
  while (server.statistics.downlinks === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  t.is(events.filter(({ event }) => event === "downlink refused").length, 0);
  t.regex(String(events.find(({ event }) => event === "refused")!["error"]), /expected object, received null/);
});

test("thousands of datagrams with bytes and values exchanged: an uplink afterwards is answered", async (t) => {
  t.timeout(60000);
  const { events, gateway, send } = await listening(t);
  const random = new Random("hostile gateway");
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const values = [null, true, -1, 1e308, 2 ** 53, "", "\u0000", [], {}, [[[]]], { length: 5 }, "SF7BW125", "__proto__"];
  for (let i = 0; i < 3000; i++) {
    const packet: Record<string, unknown> = { ...good };
    packet[pick(Object.keys(good))] = pick(values);
    // What the packet says, too: random bytes, and frames that are nearly right.
    const frame = random.chance(0.5) ? random.bytes(random.below(256)) : Buffer.from(request);
    if (frame.length > 0) frame[random.below(Math.min(4, frame.length))] = random.below(256);
    if (random.chance(0.3)) Object.assign(packet, good, { size: frame.length, data: frame.toString("base64") });
    const bytes = datagram(pick([PUSH_DATA, PULL_DATA, TX_ACK, PUSH_ACK, 6, 255]), { rxpk: [packet], stat: packet });
    for (let j = random.chance(0.5) ? 3 : 0; j > 0; j--) bytes[random.below(bytes.length)] = random.below(256);
    await send(bytes.subarray(0, random.chance(0.2) ? random.below(bytes.length) : bytes.length));
  }
  await send(datagram(PULL_DATA));
  await send(datagram(PUSH_DATA, { rxpk: [{ ...good, data: Buffer.from(joinRequest(77)).toString("base64") }] }));
  await gateway.next(PULL_RESP);
  const reports = events.filter(({ event }) => event === "refused");
  t.true(reports.length > 0 && reports.length <= 300, `${reports.length} reports`);
});

test("versions 1 and 2 of the protocol: answered in the gateway's own; version 1 has no TX_ACK", async (t) => {
  for (const version of [1, 2]) {
    const { server, gateway, send } = await listening(t);
    await send(datagram(PULL_DATA, undefined, { version }));
    t.deepEqual([...(await gateway.next(PULL_ACK))], [version, 7, 8, PULL_ACK]);
    await send(datagram(PUSH_DATA, { rxpk: [good] }, { version }));
    t.deepEqual([...(await gateway.next(PUSH_ACK))], [version, 7, 8, PUSH_ACK]);
    t.is((await gateway.next(PULL_RESP))[0], version);
    while (server.statistics.downlinks === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    t.is(server.statistics.joins, 1);
  }
  const { events, send } = await listening(t);
  await send(datagram(PULL_DATA, undefined, { version: 3 }));
  while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  t.deepEqual(events, [
    { event: "refused", gateway: "127.0.0.1", error: "no datagram of a packet forwarder", count: 1 },
  ]);
});

test("only listed gateways are heard", async (t) => {
  const { events, server, gateway, send } = await listening(t, { gateways: new Set([eui]) });
  await send(datagram(PULL_DATA, undefined, { id: "bb00000000000001" }));
  await send(datagram(PUSH_DATA, { rxpk: [good] }, { id: "bb00000000000001" }));
  await send(datagram(PULL_DATA));
  await gateway.next(PULL_ACK);
  t.deepEqual(events, [
    { event: "refused", gateway: "bb00000000000001", error: "a gateway that is not listed", count: 1 },
    { event: "gateway", gateway: eui },
  ]);
  t.is(server.statistics.joins, 0);
});

test("gateways are forgotten: those silent for hours, and beyond four thousand the one that is silent longest", (t) => {
  const known = new Set<string>();
  const gateways = new KnownGateways(
    { addGateway: ({ id }) => known.add(id), removeGateway: (id) => known.delete(id) },
    () => undefined,
  );
  gateways.hear("real", 0);
  for (let i = 0; i < 100000; i++) {
    if (i % 1000 === 0) gateways.hear("real", i);
    gateways.hear(`invented ${i}`, i);
    if (known.size > 4096) t.fail(`${known.size} gateways`);
  }
  t.true(known.has("real"), "one that keeps sending stays");
  gateways.hear("late", 1e5 + 3 * 3600 * 1000);
  t.deepEqual([...known], ["late"]);
});

test("a gateway's clock rolls over, and packets may come in another order", (t) => {
  const gateway = { time: undefined };
  const round = 2 ** 32;
  t.deepEqual(
    [5e6, 2e6, 3e9, round - 10, 20, round - 5, 30, 10].map((counter) => unrolled(gateway, counter)),
    [5e6, 2e6, 3e9, round - 10, round + 20, round - 5, round + 30, round + 10],
  );
});

test("a second listener on the port says so", async (t) => {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  t.teardown(() => socket.close());
  const { port } = socket.address();
  const listener = new ForwarderListener(new NetworkServer({ region: "EU868" }));
  await t.throwsAsync(listener.listen(port, "127.0.0.1"), { name: "UserError", message: /EADDRINUSE|in use/ });
  listener.close();
});
