// Slow: stops and starts a broker
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { decodeDecision, ports } from "../../device/codec/codec.js";
import { ChirpStack } from "../../host-tools/networks/chirpstack/dialect.js";
import { listDeferrals } from "../../host-tools/store/deferrals.js";
import { findNode, registerNodes } from "../../host-tools/store/fleet.js";
import { timeline } from "../../host-tools/store/timeline.js";
import { startMosquitto } from "../helpers/mosquitto.js";
import { mosquitto, needs } from "../helpers/needs.js";
import { application, devEui, deviceInfo, encoded, status, up } from "./chirpstackevents.js";
import { deferral, now, report, runCloud, ServerEnd, until } from "./cloud.js";
import { wireMessage } from "./wire.js";

const test = needs(mosquitto);
type Encoding = "json" | "protobuf";
const commands = `application/${application}/device/+/command/down`;
const topic = (event: string, device = devEui) => `application/${application}/device/${device}/event/${event}`;
const dialect = (encoding: Encoding = "json") => new ChirpStack({ application, prefix: "", encoding });

interface Sent {
  port: number;
  payload: Uint8Array;
  frame?: string;
  time?: number;
  device?: string;
}

const json = ({ port, payload, frame = randomUUID(), time = now(), device = devEui }: Sent): string =>
  JSON.stringify({
    ...{ ...up, deduplicationId: frame, time: new Date(time * 1000).toISOString(), fPort: port },
    ...{ data: Buffer.from(payload).toString("base64"), deviceInfo: { ...deviceInfo, devEui: device } },
  });

const bytes = ({ port, payload, frame = randomUUID(), time = now() }: Sent): Uint8Array => {
  const reception = (gateway: string, rssi: number, snr: number) =>
    wireMessage([1, gateway], [6, rssi], [7, { float: snr }]);
  return wireMessage(
    [1, frame],
    [2, wireMessage([1, Math.floor(time)])],
    [3, wireMessage([7, "Test device"], [8, devEui])],
    ...([
      [6, 1],
      [7, 4711],
      [8, port],
      [10, payload],
    ] as [number, number][]),
    [12, reception("0016c001f153a14c", -36, 10.5)],
    [12, reception("0016c001f153a14d", -110, -7.25)],
    [13, wireMessage([1, 867_100_000], [2, wireMessage([3, wireMessage([1, 125_000], [2, 11])])])],
  );
};

interface DownJson {
  id: string;
  devEui: string;
  confirmed: boolean;
  fPort: number;
  data: string;
  expiresAt: string;
}
const downs = (server: ServerEnd): DownJson[] =>
  server.heard.map(({ payload }) => JSON.parse(payload.toString()) as DownJson);
const decided = (server: ServerEnd): number[] =>
  downs(server).map(({ data }) => decodeDecision(Buffer.from(data, "base64")).sequence);

/** A broker with ChirpStack's end of it. */
async function broker(t: ExecutionContext) {
  t.timeout(240_000);
  const place = await startMosquitto(t);
  return { place, server: await ServerEnd.connect(t, place.url, commands) };
}

test("JSON: a deferral's decision is in the node's queue, and its link is stored", async (t) => {
  const { place, server } = await broker(t);
  const { store } = await runCloud(t, { dialect: dialect(), broker: { server: place.url } });
  // What is compiled at first use is not measured.
  await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(1) }));
  await until(() => server.heard.length === 1, "the first decision");
  const asked = now();
  await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(2) }));
  await until(() => server.heard.length === 2, "the second decision");
  t.log(`${Math.round((server.heard[1]!.at - asked) * 1000)} ms from the event to the command`);
  t.deepEqual(decided(server), [1, 2]);
  const [first] = downs(server);
  t.like(first, { devEui, confirmed: false, fPort: ports.decision });
  t.true(Math.abs(Date.parse(first!.expiresAt) / 1000 - now() - 600) < 60);
  t.is(server.heard[0]!.topic, commands.replace("+", devEui));
  await until(async () => (await listDeferrals(store, { limit: 9 })).every(({ sentAt }) => sentAt !== null), "sent");
  const { link } = await timeline(store, devEui, { from: 0, to: 2 ** 40, limit: 10 });
  t.like(link[0], { dataRate: 1, rssi: -36, snr: 10.5, gateway: "0016c001f153a14c", gateways: 2 });
  t.true(link[0]!.airtime! > 800);
});

test("protobuf: the same, and battery and margin of a status are stored", async (t) => {
  const { place, server } = await broker(t);
  const { store, events } = await runCloud(t, { dialect: dialect("protobuf"), broker: { server: place.url } });
  await server.say(topic("up"), bytes({ port: ports.deferral, payload: deferral(3) }));
  await until(() => server.heard.length === 1, "the decision");
  const sent = server.heard[0]!.payload;
  const at = sent.indexOf(Buffer.from([0x20, ports.decision]));
  t.is(decodeDecision(sent.subarray(at + 4, at + 4 + sent[at + 3]!)).sequence, 3);
  await server.say(topic("status"), Buffer.from(encoded.status, "base64"));
  await server.say(topic("log"), Buffer.from(encoded.log, "base64"));
  await until(() => events.some((event) => event["event"] === "server log"), "the log");
  t.like(await findNode(store, devEui), { battery: 200, margin: -5 });
  const { link } = await timeline(store, devEui, { from: 0, to: 2 ** 40, limit: 10 });
  t.like(link[0], { dataRate: 1, rssi: -36, snr: 10.5, gateway: "0016c001f153a14c", gateways: 2 });
});

test("an event that comes twice is answered once; a node that asks again gets the same decision, with the same ID", async (t) => {
  const { place, server } = await broker(t);
  const { store } = await runCloud(t, { dialect: dialect(), broker: { server: place.url } });
  const payload = deferral(4);
  const event = json({ port: ports.deferral, payload });
  await server.say(topic("up"), event);
  await server.say(topic("up"), event);
  await server.say(topic("up"), json({ port: ports.report, payload: report(5) }));
  await until(async () => (await findNode(store, devEui))?.verdictAt !== null && server.heard.length > 0, "both");
  await sleep(1000);
  t.is(server.heard.length, 1);
  await server.say(topic("up"), json({ port: ports.deferral, payload }));
  await until(() => server.heard.length === 2, "the answer to the second frame");
  const [first, second] = downs(server);
  t.is(second!.id, first!.id);
  t.is(second!.data, first!.data);
  t.is((await listDeferrals(store, { limit: 9 })).length, 1);
});

test("what the broker has retained is not taken for new", async (t) => {
  const { place, server } = await broker(t);
  await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(6) }), { retain: true });
  const first = await runCloud(t, { dialect: dialect(), broker: { server: place.url } });
  await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(7) }));
  await until(() => server.heard.length > 0, "the decision");
  await place.stop("SIGTERM");
  await place.restart();
  await until(() => first.events.filter(({ event }) => event === "connected").length === 2, "connected again");
  await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(8) }));
  await until(() => server.heard.length > 1, "the decision");
  t.deepEqual(decided(server), [7, 8]);
  t.is(first.network.statistics.uplinks, 2);
});

for (const signal of ["SIGTERM", "SIGKILL"] as const)
  test(`a broker that dies in the middle (${signal}): nothing is lost, nothing answered twice`, async (t) => {
    const { place, server } = await broker(t);
    const cloud = await runCloud(t, { dialect: dialect(), broker: { server: place.url } });
    const said: Promise<void>[] = [];
    for (let sequence = 0; sequence < 30; sequence++) {
      said.push(server.say(topic("up"), json({ port: ports.deferral, payload: deferral(sequence) })));
      if (sequence === 10) await place.stop(signal);
      if (sequence === 20) await place.restart();
      await sleep(20);
    }
    await Promise.all(said);
    await until(() => new Set(decided(server)).size === 30, "all decisions");
    await sleep(1500);
    // ChirpStack's queue has each ID once; the broker may deliver again what was under way when it died.
    t.is(new Set(downs(server).map(({ id }) => id)).size, 30);
    t.is(cloud.network.statistics.lost, 0);
    const deferrals = await listDeferrals(cloud.store, { limit: 100 });
    t.is(deferrals.length, 30);
    t.true(cloud.events.some(({ event }) => event === "connection lost"));
    t.is(cloud.events.filter(({ kind }) => kind === "decided").length, 30);
  });

test("what comes while the cloud is away waits for it; a deferral that no node waits for is kept and not answered", async (t) => {
  const { place, server } = await broker(t);
  const options = { dialect: dialect(), broker: { server: place.url } };
  const first = await runCloud(t, options);
  await first.close();
  await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(1), time: now() - 700 }));
  await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(2), time: now() - 60 }));
  const { store } = await runCloud(t, options);
  await until(() => server.heard.length > 0, "the decision");
  await until(async () => (await listDeferrals(store, { limit: 9 })).length === 2, "both");
  await sleep(500);
  t.deepEqual(decided(server), [2]);
  const [, old] = await listDeferrals(store, { limit: 9 });
  t.like(old, { sequence: 1, decidedLabel: 1, sentAt: null });
  t.true(old!.received < now() - 650);
});

test("what the database cannot take is not acknowledged, and comes again", async (t) => {
  const { place, server } = await broker(t);
  let isBroken = true;
  const cloud = await runCloud(t, { dialect: dialect(), broker: { server: place.url }, isBroken: () => isBroken });
  for (const sequence of [1, 2, 3])
    await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(sequence) }));
  await until(() => cloud.events.filter(({ event }) => event === "uplink failed").length > 3, "some attempts");
  t.deepEqual(server.heard, []);
  isBroken = false;
  await until(() => server.heard.length === 3, "the decisions");
  await sleep(500);
  t.deepEqual(decided(server).sort(), [1, 2, 3]);
});

test("an uplink that the database refuses, while it takes others, is given up", async (t) => {
  const { place, server } = await broker(t);
  const bad = randomUUID();
  const cloud = await runCloud(t, {
    ...{ dialect: dialect(), broker: { server: place.url } },
    isBroken: ({ frame }) => frame === bad,
  });
  for (const [i, frame] of [randomUUID(), bad, randomUUID()].entries())
    await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(i + 1), frame }));
  await until(() => cloud.network.statistics.lost > 0, "given up", 120);
  await until(() => new Set(decided(server)).size === 2, "the other decisions");
  t.deepEqual([...new Set(decided(server))].sort(), [1, 3]);
  t.is(cloud.network.statistics.lost, 1);
  const told = cloud.events.filter(({ frame }) => frame === bad).map(({ event }) => event);
  t.deepEqual(told, [...Array.from({ length: 4 }, () => "uplink failed"), "uplink lost"]);
});

test("malformed events, and a flood of them, are counted and passed over", async (t) => {
  const { place, server } = await broker(t);
  const { events, network } = await runCloud(t, { dialect: dialect(), broker: { server: place.url } });
  const bad = ["", "{", "null", "[]", "{}", "\0\0", "{".repeat(100_000), JSON.stringify({ ...up, rxInfo: [null] })];
  for (let i = 0; i < 200; i++) await server.say(topic("up"), bad[i % bad.length]!, { qos: i % 2 === 0 ? 1 : 0 });
  await server.say(topic("up", "no device"), JSON.stringify(up));
  await server.say(topic("up"), json({ port: 99, payload: Buffer.from("not of loam") }));
  await server.say(topic("ack"), JSON.stringify({ deviceInfo }));
  await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(9) }));
  await until(() => server.heard.length === 1, "the decision on what is right");
  t.like(network.statistics, { refused: 201, others: 1, uplinks: 2 });
  const lines = events.filter(({ event }) => event === "event refused");
  t.true(lines.length > 0 && lines.length < 10, `${lines.length} lines`);
  t.like(lines[0], { about: topic("up"), count: 1 });
  t.true(events.some(({ kind, port }) => kind === "refused" && port === 99));
});

test("nodes that are none of this cloud's are passed over where the description says so", async (t) => {
  const { place, server } = await broker(t);
  const accepts = (device: string) => device === devEui;
  const { store, network } = await runCloud(t, { dialect: dialect(), broker: { server: place.url }, accepts });
  const device = "0202020202020202";
  await registerNodes(store, [{ devEui: device }]);
  await server.say(topic("up", device), json({ port: ports.deferral, payload: deferral(1), device }));
  await server.say(
    topic("status", device),
    JSON.stringify({ ...status, deviceInfo: { ...deviceInfo, devEui: device } }),
  );
  await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(2) }));
  await until(() => server.heard.length === 1, "the decision");
  t.deepEqual(decided(server), [2]);
  t.is(network.statistics.unknown, 2);
  t.is((await findNode(store, device))!.battery, null);
});

test("another prefix than ChirpStack's default", async (t) => {
  t.timeout(120_000);
  const place = await startMosquitto(t);
  const server = await ServerEnd.connect(t, place.url, `north/${commands}`);
  const prefixed = new ChirpStack({ application, prefix: "north/", encoding: "json" });
  await runCloud(t, { dialect: prefixed, broker: { server: place.url } });
  await server.say(`north/${topic("up")}`, json({ port: ports.deferral, payload: deferral(1) }));
  await until(() => server.heard.length === 1, "the decision");
  t.is(server.heard[0]!.topic, `north/${commands.replace("+", devEui)}`);
});

test("workers of a group get each event once, together", async (t) => {
  const { place, server } = await broker(t);
  const workers = await Promise.all(
    ["one", "two"].map((clientId) =>
      runCloud(t, { dialect: dialect(), broker: { server: place.url, share: "cloud", clientId } }),
    ),
  );
  for (let sequence = 0; sequence < 20; sequence++)
    await server.say(topic("up"), json({ port: ports.deferral, payload: deferral(sequence) }));
  await until(() => server.heard.length >= 20, "the decisions");
  await sleep(500);
  t.is(server.heard.length, 20);
  const taken = workers.map(({ network }) => network.statistics.uplinks);
  t.is(taken[0]! + taken[1]!, 20);
  t.true(taken[0]! > 0 && taken[1]! > 0, taken.join(", "));
});

test("of two processes with one client ID one ends, or says why its connection is closed", async (t) => {
  const { place } = await broker(t);
  const options = { dialect: dialect(), broker: { server: place.url, clientId: "one" } };
  const first = await runCloud(t, options);
  let reason = "";
  first.network.failed.catch((error: unknown) => (reason = (error as Error).message));
  const second = await runCloud(t, options);
  const isSaid = () =>
    reason.includes("another process has connected with the same client ID") ||
    [...first.events, ...second.events].some((event) =>
      String(event["reason"]).includes("each needs a clientId of its own"),
    );
  await until(isSaid, "why");
  t.pass();
});

test("while nobody listens for commands, a decision is not taken for sent, and goes out when somebody does", async (t) => {
  t.timeout(120_000);
  const place = await startMosquitto(t);
  const { store, events } = await runCloud(t, { dialect: dialect(), broker: { server: place.url } });
  const node = await ServerEnd.connect(t, place.url, "nothing", { clientId: "events" });
  await node.say(topic("up"), json({ port: ports.deferral, payload: deferral(1) }));
  await until(() => events.some(({ kind }) => kind === "failed"), "a decision that nobody takes");
  t.regex(String(events.find(({ kind }) => kind === "failed")!["error"]), /nobody has subscribed to application\//);
  t.is((await listDeferrals(store, { limit: 1 }))[0]!.sentAt, null);
  const server = await ServerEnd.connect(t, place.url, commands);
  await until(() => server.heard.length > 0, "the decision");
  t.deepEqual(decided(server), [1]);
});
