import test from "ava";
import { Air } from "../../host-tools/air/index.js";
import { attachForwarder } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { ForwarderListener } from "../../host-tools/gateway/semtech/listener.js";
import { runRadioNode } from "./radionode.js";
import { otaa } from "./simulation.js";

test("a simulated node reaches a network server that runs in real time behind UDP, and is answered in its receive windows", async (t) => {
  const heard: { port: number; confirmed: boolean }[] = [];
  const server = new NetworkServer({
    region: "EU868",
    collect: (run) => setTimeout(() => void run(), 50),
    onUplink: ({ port, confirmed }) => void heard.push({ port, confirmed }),
  });
  server.addDevice(otaa);
  const listener = new ForwarderListener(server);
  const port = await listener.listen(0, "127.0.0.1");
  const air = new Air();
  const forwarder = await attachForwarder(air, {
    server: `127.0.0.1:${port}`,
    eui: "aa555a0000000101",
    serverWaitMs: 250,
  });
  t.teardown(() => {
    forwarder.close();
    listener.close();
  });
  const lines = await runRadioNode(t, air, {
    region: "EU868",
    everySeconds: 60,
    makeFor: 500000,
    endAfter: 1200000,
    seed: 3,
  });
  const made = lines.filter((line) => line.includes("made"));
  t.true(made.length >= 5);
  t.is(heard.length, made.length);
  t.is(server.statistics.joins, 1);
  t.true(heard.some(({ confirmed }) => confirmed));
  t.is(forwarder.counts.transmitted, server.statistics.downlinks);
});
