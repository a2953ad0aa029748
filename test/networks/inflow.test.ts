import { setTimeout as sleep } from "node:timers/promises";
import mqtt from "mqtt";
import { clientOptions } from "../../host-tools/networks/mqtt/broker.js";
import { Inflow } from "../../host-tools/networks/mqtt/inflow.js";
import { MqttLink } from "../../host-tools/networks/mqtt/link.js";
import { startMosquitto } from "../helpers/mosquitto.js";
import { mosquitto, needs } from "../helpers/needs.js";
import { until } from "./cloud.js";

needs(mosquitto)(
  "more messages than are taken at one time: all come, and what goes out is answered meanwhile",
  async (t) => {
    const { url } = await startMosquitto(t);
    const kind = { version: 5, qos: 1 } as const;
    const count = 1000;
    const taken: string[] = [];
    const link = new MqttLink({
      broker: { server: url, sessionSeconds: 60 },
      kind,
      role: "inflow",
      filters: ["up/#"],
      onEvent: () => undefined,
      take: async ({ topic }) => {
        // Some at once, and in another order than they came.
        if (taken.length % 3 > 0) await sleep(taken.length % 7);
        taken.push(topic);
      },
    });
    await link.start();
    t.teardown(() => link.close());
    const options = await clientOptions({ server: url, sessionSeconds: 60, clientId: "sender" }, kind, "sender");
    const sender = await mqtt.connectAsync(url, { ...options, manualConnect: false });
    t.teardown(() => sender.endAsync());
    const sent = Array.from({ length: count }, (_, i) => sender.publishAsync(`up/${i}`, Buffer.alloc(300), { qos: 1 }));
    // Somebody hears them.
    await sender.subscribeAsync("down/#", { qos: 1 });
    for (let i = 0; i < 20; i++) await link.publish(`down/${i}`, Buffer.from([i]), String(i));
    await Promise.all(sent);
    await until(() => taken.length >= count, "all taken", 30);
    t.is(new Set(taken).size, count);
    t.is(taken.length, count, "none twice");
  },
);

needs(mosquitto)("nobody waits for what is being taken when its connection has ended", async (t) => {
  const broker = await startMosquitto(t);
  const kind = { version: 5, qos: 1 } as const;
  const options = await clientOptions({ server: broker.url, sessionSeconds: 60, clientId: "waiting" }, kind, "waiting");
  const client = mqtt.connect(broker.url, { ...options, reconnectPeriod: 0 });
  t.teardown(() => client.end(true));
  let taken = 0;
  const never = () => {
    taken++;
    return new Promise<void>(() => undefined);
  };
  const inflow = new Inflow(client, never, (error) => t.fail(error.message));
  const connected = new Promise((resolve) => client.once("connect", resolve));
  client.connect();
  await connected;
  await client.subscribeAsync("up", { qos: 1 });
  await client.publishAsync("up", "1", { qos: 1 });
  await until(() => taken > 0, "taken");
  const quiet = inflow.quiet(1);
  t.is(await Promise.race([quiet, sleep(500, "waits")]), "waits");
  client.stream.destroy();
  t.is(await Promise.race([quiet, sleep(10_000, "waits")]), undefined);
});
