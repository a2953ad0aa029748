import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { encodeReport, ports } from "../../device/codec/codec.js";
import { decodeDataFrame, encodeDataFrame, encodeJoinRequest } from "../../device/lorawan/frames.js";
import { Security } from "../../device/lorawan/security.js";
import { Memory } from "../../host-tools/cloud/memory.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { StateFile, type StateEntry } from "../../host-tools/gateway/statefile.js";
import type { GatewayDownlink } from "../../host-tools/gateway/types.js";
import { openLibsql } from "../../host-tools/lib/libsql.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { live } from "./livegateway.js";
import { nodeCrypto } from "./nodecrypto.js";
import { abp, otaa } from "./simulation.js";

const security = new Security(nodeCrypto);
const keys = [Buffer.from(abp.nwkSKey, "hex"), Buffer.from(abp.appSKey, "hex")] as const;
const abpEui = "0004a30b001c0531";

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), "loam-state-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

function uplink(counter: number, sequence: number): Uint8Array {
  return encodeDataFrame(security, ...keys, {
    type: 4,
    devAddr: Buffer.from(abp.devAddr, "hex").readUInt32BE(),
    control: 0,
    counter,
    options: Buffer.alloc(0),
    port: ports.report,
    payload: encodeReport({ sequence, time: 1800000000, label: 3, confidence: 1, actions: 1, count: 1 }),
  });
}

const downlinkCounter = ({ payload }: GatewayDownlink): number => Buffer.from(payload).readUInt16LE(6);

test("killed and restarted, the gateway still knows sessions, counters and delivered payloads", async (t) => {
  t.timeout(120000);
  const directory = await folder(t);
  const [devices, state] = [path.join(directory, "nodes.json"), path.join(directory, "state.json")];
  await writeFile(devices, JSON.stringify([otaa, { devEui: abpEui, ...abp }]));
  const args = ["--devices", devices, "--state", state];

  const first = await live(t, args);
  t.is(first.listening["restored"], undefined);
  t.true(await first.push(uplink(5, 7)));
  t.like(await first.next("uplink"), { counter: 5, sequence: 7, duplicate: false });
  const ack = await first.answer();
  t.truthy(decodeDataFrame(security, ...keys, Buffer.from(ack.payload), 0));
  t.is(downlinkCounter(ack), 0);
  const join = (nonce: number) =>
    encodeJoinRequest(
      security,
      Buffer.from(otaa.appKey, "hex"),
      Buffer.from(otaa.joinEui, "hex"),
      Buffer.from(otaa.devEui, "hex"),
      nonce,
    );
  t.true(await first.push(join(9)));
  t.like(await first.next("join"), { devNonce: 9 });
  await first.answer();
  await first.end("SIGKILL");

  const second = await live(t, args);
  t.is(second.listening["restored"], 2);
  // The acknowledgement was lost: the same frame, then the same payload in another, then under another number.
  t.true(await second.push(uplink(5, 7)));
  t.is(downlinkCounter(await second.answer()), 1, "no downlink counter twice");
  t.true(await second.push(uplink(6, 7)));
  t.like(
    await second.next("uplink"),
    { counter: 6, sequence: 7, duplicate: true },
    "the retransmission was reported before the kill",
  );
  await second.answer();
  t.true(await second.push(uplink(7, 8)));
  t.like(await second.next("uplink"), { counter: 7, sequence: 8, duplicate: true });
  await second.answer();
  t.true(await second.push(join(9)));
  t.true(await second.push(join(10)));
  t.like(await second.next("join"), { devNonce: 10 });
  await second.answer();
  await second.end("SIGKILL");

  const third = await live(t, args);
  t.true(await third.push(uplink(4, 3)));
  await new Promise((resolve) => setTimeout(resolve, 400));
  await third.end("SIGINT");
  t.like(await third.next("closed"), { uplinks: 0, countersReused: 1, joins: 0 });
});

test("invalid state files are refused, and their keys not shown", async (t) => {
  const file = path.join(await folder(t), "state.json");
  const database = (...statements: string[]) => {
    const made = openLibsql(file);
    for (const statement of statements) made.exec(statement);
    made.close();
  };
  for (const [content, message] of [
    ['{"nwkSKey": 001122', /neither a database nor JSON/],
    ["null", /not a state/],
    ['{"version":2,"network":{"devices":[]},"payloads":null,"region":"EU868"}', /not a state/],
    ['{"version":2}', /not a state of loam gateway, or of another version/],
    ['{"version":3,"network":{"devices":[]},"payloads":{},"region":"EU868"}', /or of another version/],
    ['{"version":1,"network":{"devices":[]},"told":{},"region":"US915"}', /in US915, this one is in EU868/],
    ["SQLite format 3\x00001122".padEnd(200, "x"), /state\.json: .* expected/],
    [() => database("create table t (x)", "pragma user_version = 1"), /not a state of loam gateway/],
    [() => database("pragma application_id = 0x6c6f616d", "pragma user_version = 4"), /or of another version/],
  ] as const) {
    await rm(file, { force: true });
    if (typeof content === "string") await writeFile(file, content);
    else content();
    const before = await readFile(file);
    const error = await t.throwsAsync(StateFile.open(file, "EU868"), { name: "UserError", message });
    t.false(error.message.includes("001122"));
    t.true((await readFile(file)).equals(before), "it is left as it was");
  }
  await rm(file);
  (await StateFile.open(file, "US915")).close();
  await t.throwsAsync(StateFile.open(file, "EU868"), { message: /in US915, this one is in EU868/ });
});

test("the state file: for its owner alone, a symbolic link to one stays, a FIFO is refused, and so is one in use", async (t) => {
  const place = await folder(t);
  await symlink("far.db", path.join(place, "state.db"));
  const state = await StateFile.open(path.join(place, "state.db"), "EU868");
  t.is(await readlink(path.join(place, "state.db")), "far.db");
  t.is((await stat(path.join(place, "far.db"))).mode & 0o777, 0o600);
  const devices = path.join(place, "nodes.json");
  await writeFile(devices, JSON.stringify([otaa]));
  const loam = path.join(loamRoot, "host-tools/bin/loam.js");
  const args = [loam, "gateway", "--listen", "0", "--devices", devices, "--state", path.join(place, "far.db")];
  const second = spawnSync(process.execPath, args, { encoding: "utf8" });
  t.is(second.status, 1);
  t.regex(second.stderr, /another loam gateway or loam cloud is using this state/);
  state.close();
  execFileSync("mkfifo", [path.join(place, "fifo")]);
  await t.throwsAsync(StateFile.open(path.join(place, "fifo"), "EU868"), {
    message: /fifo is a device, a FIFO or a socket; a state is kept in a file$/,
  });
  await t.throwsAsync(StateFile.open(path.join(place, "none", "state.db"), "EU868"), {
    message: /^cannot write the state .*none\/state\.db: /,
  });
});

test("what has changed is on disk when a save resolves; what could not be written is written later", async (t) => {
  const file = path.join(await folder(t), "state.db");
  const state = await StateFile.open(file, "EU868");
  let changes: StateEntry[] = [];
  state.addSource(() => changes.splice(0, Infinity));
  await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      changes.push(["device/a", i], [`device/${i}`, { i }]);
      await state.save();
      t.true((state.entries("device").find(([name]) => name === "a")![1] as number) >= i);
    }),
  );
  t.is(state.entries("device").length, 51);
  t.deepEqual(state.entries("devic"), []);
  changes = [["device/b", 1n]];
  await t.throwsAsync(state.save(), { name: "UserError", message: /^cannot write the state/ });
  changes = [
    ["device/a", undefined],
    ["device/b", 1],
  ];
  await state.save();
  state.close();
  const again = await StateFile.open(file, "EU868");
  const names = again.entries("device").map(([name]) => name);
  t.true(names.includes("b") && !names.includes("a"));
  again.close();
});

test("a state that earlier versions wrote as JSON is converted, with sessions, counters, payloads and packages", async (t) => {
  const place = await folder(t);
  const [devices, file] = [path.join(place, "nodes.json"), path.join(place, "state.json")];
  await writeFile(devices, JSON.stringify([{ devEui: abpEui, ...abp }]));
  const session = { ...abp, lastFrame: "", fCntUp: 5, fCntDown: 3, rxDelay: 1 };
  const known = { kind: "report", sequence: 7, time: 1800000000, digest: "none" };
  await writeFile(
    file,
    JSON.stringify({
      ...{ version: 2, region: "EU868", payloads: { [abpEui]: [known] } },
      network: {
        nextAddress: 9,
        devices: [{ devEui: abpEui, lastDevNonce: -1, joinNonce: 0, power: 0, session }],
      },
    }),
  );
  const gateway = await live(t, ["--devices", devices, "--state", file]);
  t.is(gateway.listening["restored"], 1);
  t.true(await gateway.push(uplink(5, 1)));
  t.true(await gateway.push(uplink(6, 7)));
  t.like(await gateway.next("uplink"), { counter: 6, duplicate: true });
  t.is(downlinkCounter(await gateway.answer()), 3);
  await gateway.end("SIGINT");
  t.is((await readFile(file)).toString("latin1", 0, 15), "SQLite format 3");
  t.deepEqual((await readdir(place)).sort(), ["nodes.json", "state.json"]);
});

test("with a thousand nodes, an uplink costs some kilobytes of state, not all of it", async (t) => {
  const file = path.join(await folder(t), "state.db");
  const state = await StateFile.open(file, "EU868");
  const server = new NetworkServer({ region: "EU868", persist: () => state.save() });
  const memory = new Memory();
  for (const part of [server, memory]) state.addSource(() => part.takeChanges());
  for (let i = 0; i < 1000; i++) {
    const devEui = `70b3d57ed1${i.toString(16).padStart(6, "0")}`;
    server.addDevice({ devEui, ...abp });
    server.setCounters(devEui, 0, 0);
    for (let sequence = 0; sequence < 64; sequence++)
      memory.remember(devEui, {
        kind: "report",
        ...{ sequence, time: 18e8, label: 3, confidence: 1, actions: 1, count: 1 },
      });
  }
  server.addDevice({ devEui: abpEui, ...abp, devAddr: "26010000" });
  await state.save();
  const whole = (await stat(file)).size;
  const written = async (): Promise<number> =>
    Number(/^wchar: (\d+)$/m.exec(await readFile("/proc/self/io", "utf8"))![1]);
  const before = await written();
  const uplinks = 50;
  for (let counter = 1; counter <= uplinks; counter++) {
    server.setCounters("70b3d57ed1000005", counter, counter);
    memory.remember("70b3d57ed1000005", {
      kind: "report",
      ...{ sequence: counter, time: 19e8, label: 3, confidence: 1, actions: 1, count: 1 },
    });
    await state.save();
  }
  const each = ((await written()) - before) / uplinks;
  t.log(`${Math.round(each)} bytes an uplink, ${whole} bytes at first`);
  t.true(each < 100000, `${each} bytes`);
  state.close();
});

test("nodes are added, changed and removed while it runs; one that comes back goes on where it was", async (t) => {
  t.timeout(120000);
  const place = await folder(t);
  const devices = path.join(place, "nodes.json");
  const list = (...nodes: object[]) => writeFile(devices, JSON.stringify(nodes));
  const first = { devEui: abpEui, ...abp };
  await list(otaa);
  const gateway = await live(t, ["--devices", devices, "--state", path.join(place, "state.db")]);
  await list(otaa, first);
  t.like(await gateway.next("nodes"), { added: [abpEui], changed: [], removed: [], nodes: 2 });
  t.true(await gateway.push(uplink(5, 7)));
  t.like(await gateway.next("uplink"), { counter: 5 });
  t.is(downlinkCounter(await gateway.answer()), 0);
  await list(otaa);
  t.like(await gateway.next("nodes"), { removed: [abpEui], nodes: 1 });
  await writeFile(devices, "[");
  t.regex(String((await gateway.next("nodes refused"))["error"]), /nodes\.json/);
  await list(otaa, { ...first, nwkSKey: "00" });
  t.regex(
    String((await gateway.next("nodes refused"))["error"]),
    /nodes\.json, node 2: nwkSKey: 32 hexadecimal digits/,
  );
  await list(otaa, otaa);
  t.regex(String((await gateway.next("nodes refused"))["error"]), /node 2: devEui .* is registered twice/);
  await list({ ...otaa, appKey: "00".repeat(16) }, first);
  t.like(await gateway.next("nodes"), { added: [abpEui], changed: [otaa.devEui.toLowerCase()], nodes: 2 });
  t.true(await gateway.push(uplink(5, 7)));
  t.is(downlinkCounter(await gateway.answer()), 1, "a repeated frame, with the next downlink counter");
  t.true(await gateway.push(uplink(6, 8)));
  t.like(await gateway.next("uplink"), { counter: 6 });
  await gateway.end("SIGINT");
});
