/** What the operator of `loam gateway` and `loam cloud` chooses for the network, on the air. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { decodeJoinAccept, encodeDataFrame } from "../../device/lorawan/frames.js";
import { Security } from "../../device/lorawan/security.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { adrRequest } from "../../host-tools/gateway/adr.js";
import { Device } from "../../host-tools/gateway/device.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkCloudConfig } from "../../host-tools/service/config.js";
import { live } from "./livegateway.js";
import { nodeCrypto } from "./nodecrypto.js";
import { abp, joinRequest, otaa } from "./simulation.js";

const security = new Security(nodeCrypto);

async function nodes(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), "loam-settings-"));
  t.teardown(() => rm(made, { recursive: true }));
  const file = path.join(made, "nodes.json");
  await writeFile(file, JSON.stringify([otaa, { devEui: "0004a30b001c0531", ...abp }]));
  return file;
}

test("RxDelay, NetID and power reach the node and the gateway; listed gateways alone are heard", async (t) => {
  t.timeout(120000);
  const args = ["--devices", await nodes(t), "--rx-delay", "5", "--net-id", "00002a", "--power", "10"];
  const gateway = await live(t, [...args, "--no-adr", "--gateway", "aa555a0000000101"]);
  t.true(await gateway.push(joinRequest(9)));
  const accept = await gateway.answer();
  t.is(accept.power, 10);
  const heard = decodeJoinAccept(security, Buffer.from(otaa.appKey, "hex"), accept.payload, 9)!;
  t.like(heard, { netId: 0x2a, rxDelay: 5 });
  t.is(heard.devAddr >>> 25, 0x2a, "the NetID's lower six bits lead DevAddr");
  const keys = [Buffer.from(heard.nwkSKey), Buffer.from(heard.appSKey)] as const;
  const uplink = encodeDataFrame(security, ...keys, {
    ...{ type: 4, devAddr: heard.devAddr, control: 0x80 | 0x40, counter: 0, options: Buffer.alloc(0), port: 1 },
    payload: Buffer.from("uplink"),
  });
  t.true(await gateway.push(uplink));
  const answer = await gateway.answer();
  // Pushes are ten seconds apart.
  t.is(answer.time, 20e6 + 5e6);
  await gateway.end("SIGINT");

  const other = await live(t, ["--devices", args[1]!, "--gateway", "aa555a0000000999"]);
  void other.push(joinRequest(10));
  t.like(await other.next("refused"), { gateway: "aa555a0000000101", error: "a gateway that is not listed" });
  await other.end("SIGINT");
});

test("a higher margin keeps a slower data rate", (t) => {
  const device = new Device(otaa, "EU868");
  device.snrs.push(...Array.from({ length: 20 }, () => 0));
  device.counters.push(...Array.from({ length: 20 }, (_, i) => i));
  const rate = (margin?: number) => {
    const request = adrRequest(device, regions.EU868, 0, { wanted: false, margin });
    return request && request[1]! >> 4;
  };
  // 0 dB is 20 dB above what SF12 needs.
  t.deepEqual([rate(), rate(10), rate(5), rate(0), rate(16)], [3, 3, 5, 5, 1]);
  t.is(rate(20), undefined);
});

test("wrong values are refused, with what is right", async (t) => {
  const file = await nodes(t);
  const loam = path.join(loamRoot, "host-tools/bin/loam.js");
  for (const [args, message] of [
    [["--rx-delay", "16"], /from 1 to 15/],
    [["--sub-band", "9"], /from 1 to 8/],
    [["--sub-band", "2"], /--sub-band 2: EU868 has none; only US915, AU915 and CN470/],
    [["--channel-plan", "20C"], /Allowed choices are 20, 26, 20A, 20B, 26A, 26B/],
    [["--channel-plan", "20A"], /--channel-plan 20A: EU868 has none; only CN470/],
    [["--region", "CN470", "--sub-band", "2"], /--sub-band 2: CN470 has several channel plans/],
    [["--region", "CN470", "--channel-plan", "26A", "--sub-band", "7"], /--sub-band 7: 1 to 6 expected/],
    [["--net-id", "13"], /six hexadecimal digits/],
    [["--power", "40"], /from -6 to 30/],
    [["--adr-margin", "x"], /from 0 to 30/],
    [["--gateway", "aa"], /16 hexadecimal digits expected, 2 characters given/],
  ] as const) {
    const run = spawnSync(process.execPath, [loam, "gateway", "--listen", "0", "--devices", file, ...args], {
      encoding: "utf8",
      timeout: 60000,
    });
    t.is(run.status, 1, args.join(" "));
    t.regex(run.stderr, message);
  }
});

test("the cloud's description has the same settings", (t) => {
  const { network } = checkCloudConfig({
    network: {
      kind: "own",
      rxDelay: 5,
      subBand: 2,
      netId: "00002A",
      power: 10,
      adr: false,
      gateways: ["AA555A0000000101"],
    },
  });
  t.like(network, { rxDelay: 5, subBand: 2, netId: "00002A", power: 10, adr: false, adrMargin: 10 });
  for (const [wrong, message] of [
    [{ rxDelay: 0 }, /network\.rxDelay: .*from 1 to 15/],
    [{ netId: "0x13" }, /network\.netId: .*6 hexadecimal digits/],
    [{ gateways: ["aa"] }, /network\.gateways\[0\]: .*16 hexadecimal digits/],
    [{ adrMargin: 31 }, /network\.adrMargin: .*from 0 to 30/],
  ] as const)
    t.throws(() => checkCloudConfig({ network: { kind: "own", ...wrong } }), { message });
});
