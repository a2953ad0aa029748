// Slow: receive windows in real time
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import test, { type ExecutionContext } from "ava";
import type { ChannelPlanName, RegionName } from "../../device/lorawan/types.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { loraPacket } from "../../host-tools/gateway/packets.js";
import { PacketForwarder } from "../../host-tools/gateway/semtech/forwarder.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { OwnNetwork, type OwnOptions } from "../../host-tools/networks/own.js";
import type { ReceivedUplink } from "../../host-tools/store/types.js";
import { StationListener, type StationListenerOptions } from "../../host-tools/gateway/station/listener.js";
import { abp as keys, otaa } from "./simulation.js";
import { digitsOf, discover, eui, Station, uplink, type Message } from "./stationpeer.js";

/** RX1 after five seconds, which a busy machine reaches, too. */
const abp = { ...keys, rxDelay: 5 };
const bytes = (text: string) => Buffer.from(text, "hex");
/** xtime of a radio session 0x2a: more digits than a double has. */
const xtime = (microseconds: number, session = 0x2an) => String((session << 48n) + BigInt(microseconds));

const joinFrame = (devNonce: number): Buffer =>
  loraPacket.fromFields(
    {
      MType: 0,
      AppEUI: bytes(otaa.joinEui),
      DevEUI: bytes(otaa.devEui),
      DevNonce: bytes(devNonce.toString(16).padStart(4, "0")),
    },
    undefined,
    undefined,
    bytes(otaa.appKey),
  ).PHYPayload!;

/** By lora-packet, for the session `abp`. */
const dataFrame = (counter: number, text: string, { confirmed = false, options = Buffer.alloc(0) } = {}): Buffer =>
  loraPacket.fromFields(
    {
      MType: confirmed ? 4 : 2,
      DevAddr: bytes(abp.devAddr),
      FCnt: counter,
      FCtrl: {},
      FOpts: options,
      FPort: 11,
      payload: text,
    },
    bytes(abp.appSKey),
    bytes(abp.nwkSKey),
  ).PHYPayload!;

const readDownlink = (pdu: string) => {
  const packet = loraPacket.fromWire(bytes(pdu));
  return {
    ack: packet.getFCtrlACK(),
    valid: loraPacket.verifyMIC(packet, bytes(abp.nwkSKey)),
    text: packet.FRMPayload?.length
      ? loraPacket.decrypt(packet, bytes(abp.appSKey), bytes(abp.nwkSKey)).toString()
      : "",
  };
};

async function listening(t: ExecutionContext, options: Partial<StationListenerOptions> = {}, window?: 1 | 2) {
  const events: Message[] = [];
  const { region = "EU868" } = options;
  const server = new NetworkServer({
    region,
    collect: (run) => setTimeout(() => void run(), 20),
    ...(window && { window }),
  });
  server.addDevice(otaa);
  const listener = new StationListener(server, { region, onEvent: (event) => events.push(event), ...options });
  const port = await listener.listen(0, "127.0.0.1");
  t.teardown(() => listener.close());
  return { server, port, events, traffic: `ws://localhost:${port}/traffic/${eui}` };
}

const settled = async (condition: () => boolean) => {
  for (let i = 0; i < 1000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
};

test("discovery: every spelling of an identity leads to the same place", async (t) => {
  const { port } = await listening(t);
  const answer = { router: "aa55:5a00::101", muxs: "::1", uri: `ws://localhost:${port}/traffic/${eui}` };
  for (const router of ["aa55:5a00:0:101", "AA55:5A00::101", "aa-55-5a-00-00-00-01-01", "AA:55:5A:00:00:00:01:01", eui])
    t.deepEqual(await discover(port, router), answer, router);
  // As an integer it has more digits than a double, and may be signed.
  t.deepEqual(await discover(port, `{"router":${BigInt(`0x${eui}`)}}`), answer);
  t.deepEqual(await discover(port, `{"router":${BigInt.asIntN(64, BigInt(`0x${eui}`))}}`), answer);
  // TLS ends at a proxy, on the usual port.
  const proxied = { headers: { host: "lns.example.org", "x-forwarded-proto": "https" } };
  t.is((await discover(port, eui, proxied))["uri"], `wss://lns.example.org:443/traffic/${eui}`);
  const others: [string, string, string][] = [
    ["::1", "::1", "0000000000000001"],
    ["b8:27:eb:81:d3:69", "b827:ebff:fe81:d369", "b827ebfffe81d369"],
    ["1:0:0:2", "1::2", "0001000000000002"],
    ["ab::", "ab::", "00ab000000000000"],
  ];
  for (const [router, id6, path] of others) {
    const { router: said, uri } = await discover(port, router);
    t.deepEqual([said, uri], [id6, `ws://localhost:${port}/traffic/${path}`]);
  }
  for (const router of ["", "1:2:3", "1::2::3", "1:2:3:4:5", "xyz", null, {}, 1.5])
    t.regex(String((await discover(port, router))["error"]), /router: an EUI such as/);
});

/** Facts of RP002-1.0.4 that a gateway's plan is made of: channels (MHz), the fast channel, some data rates by index, the name that stations know. */
const plans: readonly {
  region: RegionName;
  subBand?: number;
  channelPlan?: ChannelPlanName;
  multi: readonly number[];
  fast?: readonly [mhz: number, bandwidth: number, sf: number];
  rates: Readonly<Record<number, readonly [number, number, number]>>;
  range: readonly [number, number];
  name: string;
  eirp: number;
}[] = [
  {
    region: "EU868",
    multi: [867.1, 867.3, 867.5, 867.7, 867.9, 868.1, 868.3, 868.5],
    fast: [868.3, 250000, 7],
    rates: { 0: [12, 125, 0], 5: [7, 125, 0], 6: [7, 250, 0], 7: [-1, 0, 0] },
    range: [863e6, 870e6],
    name: "EU863",
    eirp: 27,
  },
  {
    region: "US915",
    subBand: 2,
    multi: [903.9, 904.1, 904.3, 904.5, 904.7, 904.9, 905.1, 905.3],
    fast: [904.6, 500000, 8],
    rates: { 0: [10, 125, 0], 3: [7, 125, 0], 4: [8, 500, 0], 8: [12, 500, 1], 13: [7, 500, 1], 14: [-1, 0, 0] },
    range: [902e6, 928e6],
    name: "US902",
    eirp: 27,
  },
  {
    region: "AU915",
    subBand: 1,
    multi: [915.2, 915.4, 915.6, 915.8, 916, 916.2, 916.4, 916.6],
    fast: [915.9, 500000, 8],
    rates: { 0: [12, 125, 0], 5: [7, 125, 0], 6: [8, 500, 0], 8: [12, 500, 1], 13: [7, 500, 1] },
    range: [915e6, 928e6],
    name: "AU915",
    eirp: 27,
  },
  {
    region: "CN470",
    channelPlan: "20A",
    subBand: 5,
    multi: [503.5, 503.7, 503.9, 504.1, 504.3, 504.5, 504.7, 504.9],
    rates: { 0: [12, 125, 0], 1: [11, 125, 0], 5: [7, 125, 0], 6: [7, 500, 0], 7: [-1, 0, 0] },
    range: [470e6, 510e6],
    name: "US902",
    eirp: 14,
  },
  {
    region: "AS923-1",
    multi: [923.2, 923.4],
    fast: [923.4, 250000, 7],
    rates: { 0: [12, 125, 0], 6: [7, 250, 0] },
    range: [915e6, 928e6],
    name: "US902",
    eirp: 14,
  },
  {
    region: "AS923-1-JP",
    multi: [923.2, 923.4],
    fast: [923.4, 250000, 7],
    rates: { 2: [10, 125, 0] },
    range: [920.6e6, 923.4e6],
    name: "AS923JP",
    eirp: 14,
  },
  {
    region: "AS923-2",
    multi: [921.4, 921.6],
    fast: [921.6, 250000, 7],
    rates: { 2: [10, 125, 0] },
    range: [915e6, 928e6],
    name: "US902",
    eirp: 14,
  },
  {
    region: "AS923-3",
    multi: [916.6, 916.8],
    fast: [916.8, 250000, 7],
    rates: { 2: [10, 125, 0] },
    range: [915e6, 921e6],
    name: "US902",
    eirp: 14,
  },
  {
    region: "AS923-4",
    multi: [917.3, 917.5],
    fast: [917.5, 250000, 7],
    rates: { 2: [10, 125, 0] },
    range: [917e6, 920e6],
    name: "US902",
    eirp: 14,
  },
  {
    region: "IN865",
    multi: [865.0625, 865.4025, 865.985],
    rates: { 0: [12, 125, 0], 5: [7, 125, 0], 6: [-1, 0, 0] },
    range: [865e6, 867e6],
    name: "US902",
    eirp: 27,
  },
  {
    region: "KR920",
    multi: [922.1, 922.3, 922.5],
    rates: { 5: [7, 125, 0], 6: [-1, 0, 0] },
    range: [920.9e6, 923.3e6],
    name: "KR920",
    eirp: 14,
  },
  {
    region: "RU864",
    multi: [868.9, 869.1],
    fast: [869.1, 250000, 7],
    rates: { 6: [7, 250, 0] },
    range: [864e6, 870e6],
    name: "US902",
    eirp: 14,
  },
  {
    region: "EU433",
    multi: [433.175, 433.375, 433.575],
    fast: [433.375, 250000, 7],
    rates: { 6: [7, 250, 0] },
    range: [433.05e6, 434.79e6],
    name: "US902",
    eirp: 12,
  },
];

/** Hz from the radio's centre: libloragw refuses more (loragw_hal.c, lgw_rxif_setconf). */
const reach: Readonly<Record<number, number>> = { 125000: 400000, 250000: 375000, 500000: 300000 };

for (const { region, subBand, channelPlan, multi, fast, rates, range, name, eirp } of plans)
  test(`router_config of ${region}`, async (t) => {
    const { traffic } = await listening(t, { region, settings: { subBand, channelPlan } });
    const station = await new Station(traffic).open();
    const config = await station.configure();
    t.like(config, {
      msgtype: "router_config",
      NetID: null,
      JoinEui: null,
      region: name,
      hwspec: "sx1301/1",
      freq_range: range,
    });
    t.like(config, { nocca: false, nodc: false, nodwell: false, max_eirp: eirp });
    t.true(Math.abs((config["MuxTime"] as number) - Date.now() / 1000) < 60);
    const DRs = config["DRs"] as number[][];
    t.is(DRs.length, 16);
    for (const [index, rate] of Object.entries(rates)) t.deepEqual(DRs[Number(index)], rate);
    const [plan] = config["sx1301_conf"] as Record<string, Record<string, number | boolean>>[];
    const placed = (key: string, bandwidth: number) => {
      const { enable, radio, if: offset } = plan![key]!;
      if (!enable) return [];
      const centre = plan![`radio_${radio as number}`]!;
      t.true(centre["enable"]);
      t.true(Math.abs(offset as number) <= reach[bandwidth]!, `${key} is ${offset as number} Hz off`);
      return [((centre["freq"] as number) + (offset as number)) / 1e6];
    };
    t.deepEqual(Array.from({ length: 8 }, (_, i) => placed(`chan_multiSF_${i}`, 125000)).flat(), multi);
    t.deepEqual(placed("chan_Lora_std", fast?.[1] ?? 125000), fast ? [fast[0]] : []);
    if (fast) t.like(plan!["chan_Lora_std"], { bandwidth: fast[1], spread_factor: fast[2] });
    t.deepEqual(plan!["chan_FSK"], { enable: false });
  });

test("a region of 64 channels needs its sub-band", (t) => {
  const server = new NetworkServer({ region: "US915" });
  t.throws(() => new StationListener(server, { region: "US915" }), {
    name: "UserError",
    message: /US915 has 64 channels.*sub-band \(1 to 8\)/,
  });
});

test("CN470 needs its channel plan as well", (t) => {
  const server = new NetworkServer({ region: "CN470" });
  const refusals = [
    [{ subBand: 1 }, /CN470 has the channel plans 20A, 20B, 26A, 26B.*channel plan is missing/],
    [{ channelPlan: "20", subBand: 1 }, /channel plan is missing/],
    [{ channelPlan: "26B" }, /CN470 has 48 channels.*sub-band \(1 to 6\)/],
  ] as const;
  for (const [settings, message] of refusals)
    t.throws(() => new StationListener(server, { region: "CN470", settings }), { name: "UserError", message });
});

test("versions 1 and 2 of the protocol, no others", async (t) => {
  const { traffic } = await listening(t);
  for (const protocol of [1, 2])
    t.is((await (await new Station(traffic).open()).configure(protocol))["msgtype"], "router_config");
  for (const protocol of [3, 0, "2", undefined]) {
    const station = await new Station(traffic).open();
    station.send({ msgtype: "version", station: "9", protocol });
    t.regex(await station.next("error"), /protocol: 1 or 2 expected/);
    t.is(await station.closed, 1008);
  }
  const station = await new Station(traffic).open();
  station.send(uplink(joinFrame(1), { DR: 5, Freq: 868100000, xtime: "1" }));
  station.send({ msgtype: "version", protocol: 2 });
  t.truthy(await station.next("router_config"), "what comes before version is left out");
});

for (const window of [1, 2] as const)
  test(`a join is answered in RX${window}, with all digits of xtime and rctx; dntxed says that it is on the air`, async (t) => {
    const { server, traffic, events } = await listening(t, {}, window);
    const station = await new Station(traffic).open();
    await station.configure();
    station.send(uplink(joinFrame(0x0109), { DR: 3, Freq: 868300000, xtime: xtime(3e6), rctx: "9007199254740993" }));
    const text = await station.next("dnmsg");
    const message = JSON.parse(text) as Message;
    t.is(digitsOf(text, "xtime"), xtime(3e6));
    t.is(digitsOf(text, "rctx"), "9007199254740993");
    t.like(message, { dC: 0, RxDelay: 5, priority: 1 });
    if (window === 1) t.like(message, { RX1DR: 3, RX1Freq: 868300000, RX2DR: undefined, RX2Freq: undefined });
    else t.like(message, { RX1DR: undefined, RX1Freq: undefined, RX2DR: 0, RX2Freq: 869525000 });
    t.notRegex(String(message["DevEui"]), /^(00-)+00$/);
    const accept = loraPacket.fromWire(bytes(message["pdu"] as string));
    t.is(accept.getMType(), "Join Accept");
    t.is(server.statistics.joins, 1);
    t.is(server.statistics.downlinks, 0, "not before it is on the air");
    station.send({
      msgtype: "dntxed",
      diid: message["diid"],
      DevEui: message["DevEui"],
      rctx: 0,
      xtime: 1,
      txtime: 1.5,
      gpstime: 0,
    });
    await settled(() => server.statistics.downlinks > 0);
    t.like(server.statistics, { downlinks: 1, downlinksDropped: 0 });
    t.deepEqual(
      events.map(({ event }) => event),
      ["gateway", "station"],
    );
  });

test("a downlink that is not said to be on the air goes out in RX2; older stations name it seqno", async (t) => {
  t.timeout(60000);
  const { server, traffic, events } = await listening(t);
  server.addDevice({ devEui: "70b3d57ed0000009", ...abp });
  const station = await new Station(traffic).open();
  await station.configure(1);
  void server.sendDownlink("70b3d57ed0000009", 20, Buffer.from("decision"));
  station.send(
    uplink(dataFrame(1, "report", { confirmed: true, options: bytes("02") }), {
      DR: 5,
      Freq: 868100000,
      xtime: xtime(9e6),
    }),
  );
  const first = JSON.parse(await station.next("dnmsg")) as Message;
  t.like(first, { RxDelay: 5, RX1DR: 5, RX1Freq: 868100000 });
  const second = JSON.parse(await station.next("dnmsg")) as Message;
  t.like(second, { RxDelay: 5, RX2DR: 0, RX2Freq: 869525000 });
  t.is(second["pdu"], first["pdu"]);
  t.deepEqual(readDownlink(second["pdu"] as string), { ack: true, valid: true, text: "decision" });
  station.send({ msgtype: "dntxed", seqno: second["diid"] });
  await settled(() => server.statistics.downlinks > 0);
  t.like(server.statistics, { uplinks: 1, downlinks: 1, downlinksDropped: 0 });
  t.deepEqual(
    events.filter(({ event }) => event === "downlink refused"),
    [{ event: "downlink refused", gateway: eui, error: "the station has not sent it" }],
  );
});

test("the radio's clock begins again at a lower number, in another session: downlinks go on", async (t) => {
  t.timeout(60000);
  const { server, traffic } = await listening(t);
  server.addDevice({ devEui: "70b3d57ed0000009", ...abp });
  const month = 30 * 86400e6;
  for (const [i, start] of [xtime(month, 0x11n), xtime(4e6, 0x7fn)].entries()) {
    const station = await new Station(traffic).open();
    await station.configure();
    station.send(uplink(dataFrame(i + 1, "x", { confirmed: true }), { DR: 0, Freq: 868100000, xtime: start }));
    const text = await station.next("dnmsg");
    t.is(digitsOf(text, "xtime"), start);
    station.send({ msgtype: "dntxed", diid: (JSON.parse(text) as Message)["diid"] });
    await settled(() => server.statistics.downlinks > i);
    t.is(server.statistics.downlinks, i + 1);
  }
});

test("timesync is answered with GPS time", async (t) => {
  const { traffic } = await listening(t);
  const station = await new Station(traffic).open();
  await station.configure();
  station.send('{"msgtype":"timesync","txtime":9007199254740995}');
  const text = await station.next("timesync");
  t.is(digitsOf(text, "txtime"), "9007199254740995");
  // GPS time began on 6 January 1980 and is 18 leap seconds ahead of UTC since 2017.
  const expected = Date.now() - Date.UTC(1980, 0, 6) + 18000;
  t.true(Math.abs(Number(digitsOf(text, "gpstime")) / 1000 - expected) < 60000);
});

const own = async (t: ExecutionContext, options: Partial<OwnOptions> = {}) => {
  const heard: ReceivedUplink[] = [];
  const events: Message[] = [];
  const network = new OwnNetwork({
    ...{
      region: "EU868",
      registrations: [{ devEui: otaa.devEui, ...abp }],
      host: "127.0.0.1",
      port: 0,
      station: { port: 0 },
    },
    onEvent: (event) => events.push(event),
    ...options,
  });
  network.onUplink((uplink) => {
    heard.push(uplink);
    return Promise.resolve({ answered: Promise.resolve() });
  });
  await network.start();
  t.teardown(() => network.close());
  const [listening] = events as [{ port: number; stationPort: number }];
  return { network, heard, events, ...listening };
};

test("both protocols at once: one uplink of two gateways, answered by the one that heard it best", async (t) => {
  t.timeout(60000);
  const { heard, network, port, stationPort } = await own(t);
  const sent: string[] = [];
  let time = 0;
  const forwarder = new PacketForwarder({
    server: `127.0.0.1:${port}`,
    eui: "aa555a0000000202",
    now: () => time,
    transmit: () => (sent.push("forwarder"), "NONE"),
  });
  await forwarder.start();
  t.teardown(() => forwarder.close());
  const station = await new Station(`ws://127.0.0.1:${stationPort}/traffic/${eui}`).open();
  await station.configure();
  for (const [counter, snr, best] of [
    [1, 9, "station"],
    [2, 2, "forwarder"],
  ] as const) {
    const frame = dataFrame(counter, "report", { confirmed: true });
    station.send(uplink(frame, { DR: 5, Freq: 868100000, xtime: xtime(counter * 60e6), snr }));
    const link = { frequency: 868100000, sf: 7, bandwidth: 125000, rssi: -60, snr: 5 };
    time += 60e6;
    await forwarder.push({ time, ...link, payload: frame });
    if (best === "station") {
      const text = await station.next("dnmsg");
      t.like(readDownlink((JSON.parse(text) as Message)["pdu"] as string), { ack: true, valid: true });
      station.send({ msgtype: "dntxed", diid: (JSON.parse(text) as Message)["diid"] });
    } else await settled(() => sent.length > 0);
    await settled(() => network.statistics.downlinks === counter);
    t.like(network.statistics, { uplinks: counter, duplicateReceptions: counter, downlinks: counter });
    t.deepEqual(
      heard[counter - 1]!.receptions.map(({ gateway }) => gateway),
      best === "station" ? [eui, "aa555a0000000202"] : ["aa555a0000000202", eui],
    );
  }
  t.deepEqual(sent, ["forwarder"]);
});

test("only listed gateways, only with the token", async (t) => {
  const token = "s3cret";
  const headers = (authorization: string) => ({ headers: { authorization } });
  const { stationPort, events } = await own(t, { gateways: [eui.toUpperCase()], station: { port: 0, token } });
  const url = (id: string) => `ws://127.0.0.1:${stationPort}/traffic/${id}`;
  for (const options of [{}, headers("Bearer wrong"), headers(""), headers("Bearer s3cre")]) {
    await t.throwsAsync(discover(stationPort, eui, options), { message: "HTTP 401" });
    await t.throwsAsync(new Station(url(eui), options).open(), { message: "HTTP 401" });
  }
  for (const options of [headers(token), headers(`Bearer ${token}`)]) {
    t.truthy((await discover(stationPort, eui, options))["uri"]);
    t.is((await (await new Station(url(eui), options).open()).configure())["region"], "EU863");
  }
  t.regex(String((await discover(stationPort, "::1", headers(token)))["error"]), /not listed/);
  await t.throwsAsync(new Station(url("::1"), headers(token)).open(), { message: "HTTP 403" });
  t.false(JSON.stringify(events).includes(token));
  t.true(events.some(({ error }) => error === "a wrong or missing token"));
});

const loam = path.join(loamRoot, "host-tools/bin/loam.js");
const run = (args: string[], env: Record<string, string> = {}) =>
  spawn(process.execPath, [loam, "gateway", "--listen", "0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });

test("loam gateway --station: its port, and the token from the environment", async (t) => {
  t.timeout(60000);
  const child = run(["--station", "0"], { STATION_TOKEN: "s3cret" });
  t.teardown(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { stationPort } = JSON.parse((await lines.next()).value as string) as { stationPort: number };
  await t.throwsAsync(discover(stationPort, eui), { message: "HTTP 401" });
  const headers = { authorization: "Bearer s3cret" };
  const { uri } = await discover(stationPort, eui, { headers });
  const station = await new Station(String(uri), { headers }).open();
  t.is((await station.configure())["msgtype"], "router_config");
});

const mistakes: [args: string[], message: RegExp][] = [
  [["--station", "0", "--station-cert", "x.crt"], /stations: a certificate without its key/],
  [["--station-key", "x.key"], /--station-cert and --station-key: --station with the port is missing/],
  [["--station", "0", "--station-cert", "none.crt", "--station-key", "none.key"], /none\.crt/],
  [["--station", "70000"], /port/],
  [["--station", "0", "--region", "AU915"], /AU915 has 64 channels.*sub-band/],
];
for (const [args, message] of mistakes)
  test(`loam gateway ${args.join(" ")}: refused`, async (t) => {
    t.timeout(60000);
    const child = run(args);
    let said = "";
    child.stderr.on("data", (text) => (said += String(text)));
    const [code] = (await once(child, "close")) as [number];
    t.not(code, 0);
    t.regex(said, message);
  });
