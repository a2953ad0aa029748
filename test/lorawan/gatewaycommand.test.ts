// Slow: weeks of simulated radio
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import test from "ava";
import { encodeReport, ports } from "../../device/codec/codec.js";
import { encodeDataFrame } from "../../device/lorawan/frames.js";
import { Security } from "../../device/lorawan/security.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { ForwarderListener } from "../../host-tools/gateway/semtech/listener.js";
import { PacketForwarder } from "../../host-tools/gateway/semtech/forwarder.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { nodeCrypto } from "./nodecrypto.js";
import { abp, otaa } from "./simulation.js";

const loam = path.join(loamRoot, "host-tools/bin/loam.js");

async function folder(t: { teardown(call: () => unknown): void }): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), "loam-gateway-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

test("loam gateway prints the nodes' payloads, and statistics at the end", async (t) => {
  t.timeout(60000);
  const file = path.join(await folder(t), "nodes.json");
  await writeFile(file, JSON.stringify([{ devEui: otaa.devEui, ...abp }]));
  const child = spawn(process.execPath, [loam, "gateway", "--devices", file, "--listen", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value as string) as Record<string, unknown>;
  const { port, ...listening } = await next();
  t.deepEqual(listening, { event: "listening", host: "127.0.0.1", region: "EU868", nodes: 1 });

  const forwarder = new PacketForwarder({
    server: `127.0.0.1:${String(port)}`,
    eui: "aa555a0000000101",
    now: () => 0,
    transmit: () => "NONE",
  });
  await forwarder.start();
  t.teardown(() => forwarder.close());
  const report = { sequence: 7, time: 1800000000, label: 3, confidence: 1, actions: 1, count: 1 };
  const frame = encodeDataFrame(
    new Security(nodeCrypto),
    Buffer.from(abp.nwkSKey, "hex"),
    Buffer.from(abp.appSKey, "hex"),
    {
      type: 2,
      devAddr: Buffer.from(abp.devAddr, "hex").readUInt32BE(),
      control: 0,
      counter: 5,
      options: Buffer.alloc(0),
      port: ports.report,
      payload: encodeReport(report),
    },
  );
  t.true(
    await forwarder.push(
      { time: 1e6, frequency: 868100000, sf: 7, bandwidth: 125000, rssi: -60, snr: 8, payload: frame },
      5000,
    ),
  );
  t.like(await next(), { event: "gateway", gateway: "aa555a0000000101" });
  t.like(await next(), {
    event: "uplink",
    devEui: otaa.devEui,
    port: ports.report,
    counter: 5,
    dataRate: 5,
    kind: "report",
    ...report,
  });
  child.kill("SIGINT");
  t.like(await next(), { event: "closed", uplinks: 1, unknownOrForged: 0 });
  const [code] = (await once(child, "close")) as [number];
  t.is(code, 0);
});

test("loam gateway --forwarder runs the listed nodes with a network server", async (t) => {
  t.timeout(120000);
  const file = path.join(await folder(t), "nodes.json");
  await writeFile(file, JSON.stringify([otaa]));
  const heard: number[] = [];
  const server = new NetworkServer({
    region: "EU868",
    collect: (run) => setTimeout(() => void run(), 20),
    onUplink: ({ counter }) => void heard.push(counter),
  });
  server.addDevice(otaa);
  const listener = new ForwarderListener(server);
  const port = await listener.listen(0, "127.0.0.1");
  t.teardown(() => listener.close());
  const child = spawn(
    process.execPath,
    [loam, "gateway", "--devices", file, "--forwarder", `127.0.0.1:${port}`, "--hours", "0.1", "--every", "60"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const [code] = (await once(child, "close")) as [number];
  t.is(code, 0);
  t.true(heard.length >= 5);
  t.like(JSON.parse(lines.at(-1)!), { event: "done", received: heard.length + 1, acknowledged: heard.length + 1 });
});

const wrong: [what: string, content: string | undefined, message: RegExp][] = [
  ["no such file", undefined, /there is no such file/],
  ["no JSON", "{", /nodes\.json: /],
  ["an empty list", "[]", /a list of nodes expected/],
  ["a node without keys", '[{"devEui":"0004a30b001c0530"}]', /node 1: devAddr is missing/],
  [
    "a key of the wrong length",
    `[{"devEui":"${otaa.devEui}","joinEui":"${otaa.joinEui}","appKey":"0011"}]`,
    /appKey: 32 hexadecimal digits expected, 4 characters given/,
  ],
];
for (const [what, content, message] of wrong) {
  test(`loam gateway refuses ${what}`, async (t) => {
    const file = path.join(await folder(t), "nodes.json");
    if (content !== undefined) await writeFile(file, content);
    const child = spawn(process.execPath, [loam, "gateway", "--devices", file, "--listen", "0"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (text) => (stderr += String(text)));
    const [code] = (await once(child, "close")) as [number];
    t.is(code, 1);
    t.regex(stderr, message);
  });
}
