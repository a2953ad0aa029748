// Slow: loam cloud as two processes, of which one is killed
import { randomUUID } from "node:crypto";
import { decodeDecision, encodeDeferral, encodeReport, ports } from "../../device/codec/codec.js";
import { featureLayout } from "../../device/features/layout.js";
import { listDeferrals } from "../../host-tools/store/deferrals.js";
import { openStore } from "../../host-tools/store/store.js";
import { exampleNode } from "../device/helpers/day.js";
import { startMosquitto } from "../helpers/mosquitto.js";
import { mosquitto, needs, postgres } from "../helpers/needs.js";
import { application, deviceInfo, up } from "../networks/chirpstackevents.js";
import { ServerEnd, until } from "../networks/cloud.js";
import { postgresPlace } from "../store/databases.js";
import { cloudFolder, CloudProcess } from "./server.js";

const { window } = exampleNode();
const features = featureLayout(exampleNode()).count;
const start = Math.floor(Date.now() / 1000) - 10_000;
const nodes = 10;

const deviceOf = (i: number) => `0011223344556${String(i % nodes).padStart(3, "0")}`;

/** Every third payload is a deferral; each node numbers its own. */
function payloadOf(i: number): { port: number; payload: Uint8Array } {
  const sequence = Math.floor(i / nodes);
  const about = { sequence, time: start + i, label: 1, confidence: 0.5 };
  if (i % 3 > 0)
    return { port: ports.report, payload: encodeReport({ ...about, confidence: 0.9, actions: 0, count: 1 }) };
  const data = Int8Array.from({ length: window.frames * features }, (_, k) => ((k * 37 + i) % 251) - 125);
  return {
    port: ports.deferral,
    payload: encodeDeferral({ ...about, window: { frames: window.frames, features, data } }, 222),
  };
}

function event(i: number): { topic: string; text: string } {
  const devEui = deviceOf(i);
  const { port, payload } = payloadOf(i);
  const text = JSON.stringify({
    ...{ ...up, deduplicationId: randomUUID(), time: new Date().toISOString(), fPort: port },
    ...{ data: Buffer.from(payload).toString("base64"), deviceInfo: { ...deviceInfo, devEui } },
  });
  return { topic: `application/${application}/device/${devEui}/event/up`, text };
}

needs(mosquitto, postgres)(
  "of two workers one is killed: each payload is stored once, each deferral answered, none twice by those that live",
  async (t) => {
    t.timeout(240_000);
    const broker = await startMosquitto(t);
    const database = await postgresPlace();
    const server = await ServerEnd.connect(t, broker.url, `application/${application}/device/+/command/down`);
    const network = { kind: "chirpstack", server: broker.url, application, share: "cloud" };
    const folder = await cloudFolder(t, { network, database, names: [] });
    const worker = async () => {
      const one = new CloudProcess(t, folder, "--no-page");
      await one.line("connected");
      return one;
    };
    const first = await worker();
    const second = await worker();
    const payloads = 300;
    let killed: Promise<unknown> | undefined;
    for (let i = 0; i < payloads; i++) {
      const { topic, text } = event(i);
      await server.say(topic, text);
      // The broker, or the network server, says it twice.
      if (i % 5 === 0) await server.say(topic, text);
      if (i === payloads / 2) killed = first.end("SIGKILL");
    }
    await killed;
    const heard = () =>
      server.heard.map(({ topic, payload, at }) => {
        const { data } = JSON.parse(payload.toString()) as { data: string };
        return { key: `${topic.split("/")[3]} ${decodeDecision(Buffer.from(data, "base64")).sequence}`, at };
      });
    const deferrals = payloads / 3;
    await until(() => new Set(heard().map(({ key }) => key)).size >= deferrals, "all answered", 120);
    const taken = await second.line("taken over");
    t.true((taken["messages"] as number) > 0, "the broker has kept something for the dead one");
    const store = await openStore(database);
    t.teardown(() => store.close());
    // What the dead one has sent without saying so the other sends, when its claim is over.
    const isSettled = async () =>
      (await listDeferrals(store, { limit: 1000 })).filter(({ sentAt }) => sentAt !== null).length === deferrals;
    await until(isSettled, "all sent by the database's word", 120);
    t.is(await second.end("SIGINT"), 0, second.stderr);

    const stored = await store.db.selectFrom("uplinks").select(["devEui", "sequence", "copies"]).execute();
    t.is(stored.length, payloads);
    t.is(new Set(stored.map(({ devEui, sequence }) => `${devEui} ${sequence}`)).size, payloads);
    t.true(stored.every(({ copies }) => copies === 1));
    const listed = await listDeferrals(store, { limit: 1000 });
    t.is(listed.length, deferrals);
    // What the dead one may have sent without saying so: no more than it worked at. Of what came to both it may have sent what the other decided.
    const byDead = new Set(
      first.lines
        .filter(({ event }) => event === "received")
        .map(({ devEui, sequence }) => `${String(devEui)} ${String(sequence)}`),
    );
    const keys = heard().map(({ key }) => key);
    const twice = keys.filter((key, i) => keys.indexOf(key) !== i);
    t.true(twice.length <= 16, `${twice.length} answered twice`);
    t.deepEqual(
      twice.filter((key) => !byDead.has(key)),
      [],
      "answered twice by who lives",
    );
  },
);
