import test from "ava";
import { Air } from "../../host-tools/air/index.js";
import { attachForwarder } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { ForwarderListener } from "../../host-tools/gateway/semtech/listener.js";
import type { NodeLife } from "../../host-tools/radionode/life.js";
import { buildRadioNode } from "../../host-tools/radionode/program.js";
import { runHost } from "../../host-tools/xs/index.js";
import { otaa } from "./simulation.js";

test("a simulated node reaches a network server that runs in real time behind UDP, and is answered in its receive windows", async (t) => {
  t.timeout(120000);
  const program = await buildRadioNode();
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
  const start = Date.UTC(2026, 0, 1);
  const life: NodeLife = {
    chip: "sx1262",
    region: "EU868",
    credentials: otaa,
    silenceLimit: 0,
    clockErrorPpm: 20,
    everySeconds: 60,
    outboxBytes: 65536,
    makeUntil: start + 500000,
    endAt: start + 1200000,
    resetAfter: 0,
  };
  const lines: string[] = [];
  const result = await runHost(program, {
    args: [JSON.stringify(life)],
    air: air.nodePort("node", { position: { x: 200, y: 0 } }),
    seed: 3,
    startTime: start,
    timeoutMs: 100000,
    onLine: (line) => lines.push(line),
  });
  t.is(result.exitCode, 0, result.stderr);
  const made = lines.filter((line) => line.includes("made"));
  t.true(made.length >= 5);
  t.is(heard.length, made.length);
  t.is(server.statistics.joins, 1);
  t.is(lines.at(-1), '{"left":0}', "every confirmed payload was acknowledged");
  t.true(heard.some(({ confirmed }) => confirmed));
  t.is(forwarder.counts.transmitted, server.statistics.downlinks);
});
