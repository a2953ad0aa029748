// Slow: stops and starts a broker
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { decodeDecision, ports } from "../../device/codec/codec.js";
import { ThingsStack, type ThingsOptions } from "../../host-tools/networks/things/dialect.js";
import { listDeferrals } from "../../host-tools/store/deferrals.js";
import { findNode } from "../../host-tools/store/fleet.js";
import { timeline } from "../../host-tools/store/timeline.js";
import { startMosquitto } from "../helpers/mosquitto.js";
import { mosquitto, needs } from "../helpers/needs.js";
import { deferral, now, report, runCloud, ServerEnd, until } from "./cloud.js";
import { application, devEui, device, downlink, ids, up } from "./thingsevents.js";

const test = needs(mosquitto);
const dialect = (more: Partial<ThingsOptions> = {}) =>
  new ThingsStack({ application, tenant: "ttn", downlink: "push", region: "EU868", ...more });
const topic = (name: string) => `v3/${application}@ttn/devices/${device}/${name}`;
const pushes = topic("down/push").replace(device, "+");

let counter = 0;
const uplink = (port: number, payload: Uint8Array, at = now()): string =>
  JSON.stringify({
    ...up,
    uplink_message: {
      ...up.uplink_message,
      ...{ f_port: port, f_cnt: ++counter, frm_payload: Buffer.from(payload).toString("base64") },
      received_at: new Date(at * 1000).toISOString().replace("Z", "593298Z"),
    },
  });
interface Push {
  downlinks: { f_port: number; frm_payload: string; correlation_ids: string[] }[];
}
const pushed = (server: ServerEnd) =>
  server.heard.flatMap(({ payload }) => (JSON.parse(payload.toString()) as Push).downlinks);
const decided = (server: ServerEnd): number[] =>
  pushed(server).map(({ frm_payload }) => decodeDecision(Buffer.from(frm_payload, "base64")).sequence);

/** A broker with The Things Stack's end of it. */
async function broker(t: ExecutionContext, subscription = pushes) {
  t.timeout(240_000);
  const place = await startMosquitto(t, { user: { name: `${application}@ttn`, password: "NNSXS.VEEBURF3KR77ZR" } });
  const login = { username: `${application}@ttn`, password: "NNSXS.VEEBURF3KR77ZR" };
  const server = await ServerEnd.connect(t, place.url, subscription, login);
  return { place, server, broker: { server: place.url, ...login } };
}

test("its own MQTT server (MQTT 3.1.1, QoS 0): a deferral is answered, link and battery are stored", async (t) => {
  const { server, broker: at } = await broker(t);
  const { store, events } = await runCloud(t, { dialect: dialect(), broker: at });
  await server.say(topic("up"), uplink(ports.report, report(1)), { qos: 0 });
  const asked = now();
  const event = uplink(ports.deferral, deferral(2));
  await server.say(topic("up"), event, { qos: 0 });
  await until(() => server.heard.length > 0, "the decision");
  t.log(`${Math.round((server.heard[0]!.at - asked) * 1000)} ms from the event to the push`);
  // The same event once more.
  await server.say(topic("up"), event, { qos: 0 });
  const [first] = pushed(server);
  const sent = { ...downlink, correlation_ids: first!.correlation_ids };
  await server.say(topic("down/sent"), JSON.stringify({ end_device_ids: ids, downlink_sent: sent }), { qos: 0 });
  await until(() => events.some((one) => one["event"] === "downlink sent"), "what became of it");
  await sleep(500);
  t.deepEqual(decided(server), [2]);
  t.is(first!.f_port, ports.decision);
  t.is(server.heard[0]!.topic, topic("down/push"));
  t.like(await findNode(store, devEui), { battery: 229, dataRate: 5, rssi: -31, snr: 9.5 });
  const { link } = await timeline(store, devEui, { from: 0, to: 2 ** 40, limit: 10 });
  t.like(link[0], { dataRate: 5, airtime: 61.696, gateway: "ttig-52ec" });
});

test("what the database cannot take is kept and tried again, since that server delivers nothing twice", async (t) => {
  const { server, broker: at } = await broker(t);
  let isBroken = true;
  const cloud = await runCloud(t, { dialect: dialect(), broker: at, isBroken: () => isBroken });
  for (const sequence of [1, 2, 3])
    await server.say(topic("up"), uplink(ports.deferral, deferral(sequence)), { qos: 0 });
  await until(() => cloud.events.filter(({ event }) => event === "uplink failed").length >= 3, "the attempts");
  isBroken = false;
  await until(() => server.heard.length === 3, "the decisions");
  t.deepEqual(decided(server), [1, 2, 3]);
});

test("after its server was away the connection is renewed", async (t) => {
  const { place, server, broker: at } = await broker(t);
  const { events } = await runCloud(t, { dialect: dialect(), broker: at });
  await place.stop("SIGKILL");
  await place.restart();
  await until(() => events.filter(({ event }) => event === "connected").length === 2, "connected again");
  await server.say(topic("up"), uplink(ports.deferral, deferral(1)), { qos: 0 });
  await until(() => server.heard.length > 0, "the decision");
  t.deepEqual(decided(server), [1]);
});

test("a Pub/Sub integration with a broker of one's own: what comes while the cloud is away waits for it", async (t) => {
  const { place, server, broker: at } = await broker(t, "loam/down/replace");
  const options = { dialect: dialect({ pubSub: "loam", downlink: "replace" as const }), broker: at };
  const first = await runCloud(t, options);
  await server.say("loam/up", uplink(ports.deferral, deferral(1)));
  await until(() => server.heard.length === 1, "the decision");
  await first.close();
  await server.say("loam/up", uplink(ports.deferral, deferral(2)));
  await place.stop("SIGTERM");
  await place.restart();
  const { store } = await runCloud(t, { ...options, dialect: dialect({ pubSub: "loam", downlink: "replace" }) });
  await until(() => server.heard.length === 2, "the decision");
  t.deepEqual(decided(server), [1, 2]);
  t.is((await listDeferrals(store, { limit: 9 })).length, 1);
});
