// Slow: loam cloud as a process, behind a broker
import { randomUUID } from "node:crypto";
import test from "ava";
import { decodeDecision, encodeDeferral, ports } from "../../device/codec/codec.js";
import { featureLayout } from "../../device/features/layout.js";
import { exampleNode } from "../device/helpers/day.js";
import { startMosquitto } from "../helpers/mosquitto.js";
import { mosquitto, needs } from "../helpers/needs.js";
import { application, deviceInfo, up } from "../networks/chirpstackevents.js";
import { ServerEnd, until } from "../networks/cloud.js";
import { cloudFolder, CloudProcess, devEui } from "./server.js";

const network = (server: string, more: object = {}) => ({
  network: { kind: "chirpstack", server, application, onlyNamed: true, ...more },
});

needs(mosquitto)("loam cloud answers by ChirpStack, says who is there, and ends", async (t) => {
  t.timeout(240_000);
  const broker = await startMosquitto(t);
  const server = await ServerEnd.connect(t, broker.url, `application/${application}/device/+/command/down`);
  const folder = await cloudFolder(t, network(broker.url));
  const cloud = new CloudProcess(t, folder);
  t.like(await cloud.line("connected"), { server: broker.url });
  const { window } = exampleNode();
  const features = featureLayout(exampleNode()).count;
  const data = Int8Array.from({ length: window.frames * features }, (_, i) => ((i * 37) % 251) - 125);
  const time = Math.floor(Date.now() / 1000);
  const payload = encodeDeferral(
    { sequence: 7, time, label: 1, confidence: 0.5, window: { frames: window.frames, features, data } },
    222,
  );
  const event = {
    ...{ ...up, deduplicationId: randomUUID(), time: new Date().toISOString(), fPort: ports.deferral },
    ...{ data: Buffer.from(payload).toString("base64"), deviceInfo: { ...deviceInfo, devEui } },
  };
  await server.say(`application/${application}/device/${devEui}/event/up`, JSON.stringify(event));
  await until(() => server.heard.length > 0, "the decision");
  const { fPort, data: sent } = JSON.parse(server.heard[0]!.payload.toString()) as { fPort: number; data: string };
  t.is(fPort, ports.decision);
  const decision = decodeDecision(Buffer.from(sent, "base64"));
  t.like(decision, { sequence: 7 });
  t.like(await cloud.line("decided"), { devEui, sequence: 7, label: decision.label });
  const { url } = (await cloud.line("page")) as { url: string };
  t.like(await (await fetch(`${url}api/nodes/${devEui}`)).json(), {
    devEui,
    name: "north field",
    rssi: -36,
    snr: 10.5,
  });
  t.is(await cloud.end("SIGINT"), 0, cloud.stderr);
});

test("without its broker loam cloud says what is missing, and ends", async (t) => {
  const cloud = new CloudProcess(t, await cloudFolder(t, network("mqtt://127.0.0.1:9")));
  await t.throwsAsync(cloud.line("connected"), {
    message: /loam: the MQTT broker at mqtt:\/\/127\.0\.0\.1:9: no process listens on that socket/,
  });
});
