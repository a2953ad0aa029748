import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { encodeReport, ports } from "../../device/codec/codec.js";
import { decodeDataFrame, encodeDataFrame, encodeJoinRequest } from "../../device/lorawan/frames.js";
import { Security } from "../../device/lorawan/security.js";
import { readState, StateFile, type PersistedState } from "../../host-tools/gateway/statefile.js";
import type { GatewayDownlink } from "../../host-tools/gateway/types.js";
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
  t.is(await readState(file, "EU868"), undefined);
  for (const [content, message] of [
    ['{"nwkSKey": 001122', /not JSON/],
    ["null", /not a state/],
    ['{"version":2,"network":{"devices":[]},"payloads":null,"region":"EU868"}', /not a state/],
    ['{"version":2}', /not a state of loam gateway, or of another version/],
    ['{"version":1,"network":{"devices":[]},"told":{},"region":"US915"}', /in US915, this one is in EU868/],
  ] as const) {
    await writeFile(file, content);
    const error = await t.throwsAsync(readState(file, "EU868"), { name: "UserError", message });
    t.false(error.message.includes("001122"));
  }
});

test("the state file: a symbolic link to one stays, a FIFO is refused", async (t) => {
  const place = await folder(t);
  const state = { region: "EU868" } as PersistedState;
  await symlink("far.json", path.join(place, "state.json"));
  await new StateFile(path.join(place, "state.json"), () => state).save();
  t.is(await readlink(path.join(place, "state.json")), "far.json");
  t.like(JSON.parse(await readFile(path.join(place, "far.json"), "utf8")), { region: "EU868" });
  execFileSync("mkfifo", [path.join(place, "fifo")]);
  await t.throwsAsync(readState(path.join(place, "fifo"), "EU868"), {
    message: /fifo is a device, a FIFO or a socket; a state is kept in a file$/,
  });
});

test("state writes are serialized, and each holds everything known when it was requested", async (t) => {
  const file = path.join(await folder(t), "state.json");
  let nextAddress = 0;
  const stateFile = new StateFile(file, () => ({
    region: "EU868",
    network: { nextAddress, devices: [] },
    payloads: {},
  }));
  await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      nextAddress = i;
      await stateFile.save();
      const { network } = JSON.parse(await readFile(file, "utf8")) as PersistedState;
      t.true(network.nextAddress >= i);
    }),
  );
  t.is((await readState(file, "EU868"))!.network.nextAddress, 49);
  const broken = new StateFile(path.join(file, "below", "a", "file"), () => ({
    region: "EU868",
    network: { nextAddress, devices: [] },
    payloads: {},
  }));
  await t.throwsAsync(broken.save(), { name: "UserError" });
  await t.throwsAsync(broken.save(), { name: "UserError" });
});
