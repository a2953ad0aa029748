// Slow: thousands of messages, and connections that are to time out
import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { StationListener, type StationListenerOptions } from "../../host-tools/gateway/station/listener.js";
import { Random } from "../../host-tools/lib/random.js";
import { Authority } from "../helpers/certificates.js";
import { needs, openssl } from "../helpers/needs.js";
import { joinRequest, otaa } from "./simulation.js";
import { discover, eui, Station, uplink, type Message } from "./stationpeer.js";

const reception = { DR: 3, Freq: 868100000, xtime: "11821949021847553" };
const good = JSON.parse(uplink(joinRequest(9), { ...reception, xtime: "7000000" })) as Message;
const data = JSON.parse(
  uplink(Buffer.from("40010000260001000b00112233445566", "hex"), { ...reception, xtime: "7000000" }),
) as Message;
const upinfo = good["upinfo"] as Message;

async function listening(t: ExecutionContext, options: Partial<StationListenerOptions> = {}) {
  const events: Message[] = [];
  const server = new NetworkServer({ region: "EU868", collect: (run) => setTimeout(() => void run(), 20) });
  server.addDevice(otaa);
  const listener = new StationListener(server, { region: "EU868", onEvent: (event) => events.push(event), ...options });
  const port = await listener.listen(0, "127.0.0.1");
  t.teardown(() => listener.close());
  const open = async (id = eui) => {
    const station = await new Station(`ws://127.0.0.1:${port}/traffic/${id}`).open();
    await station.configure();
    return station;
  };
  return { events, server, port, open };
}

/** Everything that was sent before has been read when it returns. */
async function read(station: Station): Promise<void> {
  station.send({ msgtype: "timesync", txtime: 1 });
  await station.next("timesync");
}

/** Each with what the report says of it; undefined: nothing is to be said. */
const wrong: readonly [unknown, RegExp | undefined][] = [
  ["{", /^not JSON$/],
  ["", /^not JSON$/],
  ["[".repeat(4000), /^not JSON$/],
  ['{"msgtype":"timesync","msgtype":"jreq"}', /^not JSON$/],
  ["null", /expected object|Invalid input/],
  ["[]", /./],
  ["7", /./],
  [{}, /^msgtype: /],
  [{ msgtype: "jacc" }, undefined],
  [{ msgtype: "rmtsh", anything: [] }, undefined],
  [{ msgtype: "router_config" }, /^msgtype: /],
  [{ msgtype: "__proto__" }, /^msgtype: /],
  [{ msgtype: ["jreq"] }, /^msgtype: /],
  [{ ...good, MHdr: 256 }, /^MHdr: /],
  [{ ...good, MHdr: "0" }, /^MHdr: /],
  [{ ...good, JoinEui: "x" }, /^JoinEui: an EUI such as/],
  [{ ...good, DevEui: {} }, /^DevEui: /],
  [{ ...good, DevNonce: 65536 }, /^DevNonce: /],
  [{ ...good, MIC: 2 ** 31 }, /^MIC: /],
  [{ ...good, MIC: 1.5 }, /^MIC: /],
  [{ ...good, DR: 16 }, /^DR: /],
  [{ ...good, DR: 7 }, /^DR: EU868 has no data rate 7 of LoRa$/],
  [{ ...good, Freq: 868.1 }, /^Freq: /],
  [{ ...good, upinfo: null }, /^upinfo: /],
  [{ ...good, upinfo: { ...upinfo, xtime: undefined } }, /^upinfo\.xtime: /],
  [{ ...good, upinfo: { ...upinfo, xtime: "7" } }, /^upinfo\.xtime: /],
  [JSON.stringify(good).replace("7000000", "9".repeat(400)), /^upinfo\.xtime: a whole number of 64 bits/],
  [JSON.stringify(good).replace("7000000", "9223372036854775808"), /^upinfo\.xtime: a whole number of 64 bits/],
  [JSON.stringify(good).replace("7000000", "1e999"), /^upinfo\.xtime: /],
  [{ ...good, upinfo: { ...upinfo, rssi: -1000 } }, /^upinfo\.rssi: /],
  [{ ...good, upinfo: { ...upinfo, snr: null } }, /^upinfo\.snr: /],
  [{ ...good, upinfo: { ...upinfo, gpstime: -1 } }, /^upinfo\.gpstime: /],
  [{ ...data, DevAddr: 2 ** 31 }, /^DevAddr: /],
  [{ ...data, FOpts: "0".repeat(32) }, /^FOpts: 15 bytes at most/],
  [{ ...data, FOpts: "0" }, /^FOpts: hexadecimal digits/],
  [{ ...data, FPort: -2 }, /^FPort: /],
  [{ ...data, FRMPayload: "zz" }, /^FRMPayload: hexadecimal digits/],
  [{ ...data, FRMPayload: "00".repeat(243) }, /^FRMPayload: 242 bytes at most/],
  [{ ...data, FOpts: "00".repeat(15), FRMPayload: "00".repeat(242) }, /^a frame of more than 255 bytes$/],
  [{ ...data, msgtype: "propdf", FRMPayload: "00".repeat(256) }, /^FRMPayload: 255 bytes at most/],
  [{ msgtype: "dntxed", diid: 1.5 }, /^diid: /],
  [{ msgtype: "dntxed" }, undefined],
  [{ msgtype: "dntxed", diid: 77 }, undefined],
  [{ msgtype: "timesync" }, /^txtime: /],
  [{ msgtype: "version", protocol: 2, station: "x".repeat(201) }, /^station: /],
];

test("each field of a station's message is checked; what is wrong is reported with its place, and nothing ends", async (t) => {
  t.timeout(60000);
  const { events, server, open } = await listening(t);
  for (const [i, [message, said]] of wrong.entries()) {
    const id = `bb000000000000${i.toString(16).padStart(2, "0")}`;
    const shown = JSON.stringify(message).slice(0, 300);
    const station = await open(id);
    station.send(message as Message);
    await read(station);
    const refused = events.filter(({ event, gateway }) => event === "refused" && gateway === id);
    if (!said) t.deepEqual(refused, [], shown);
    else {
      t.is(refused.length, 1, shown);
      t.like(refused[0], { count: 1 });
      t.regex(String(refused[0]!["error"]), said, shown);
    }
    station.socket.close();
  }
  t.is(server.statistics.joins, 0);
  const station = await open();
  station.socket.send(Buffer.of(1, 2, 3));
  station.send(good);
  t.truthy(await station.next("dnmsg"));
  t.regex(String(events.find(({ event, gateway }) => event === "refused" && gateway === eui)!["error"]), /binary/);
});

test("thousands of messages with bytes and values exchanged: an uplink afterwards is answered", async (t) => {
  t.timeout(120000);
  const { events, open } = await listening(t);
  const random = new Random("hostile station");
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const values = [null, true, -1, 1e308, 2 ** 53, "", "\u0000", [], {}, [[[]]], { length: 5 }, "::1", "__proto__"];
  const bases: readonly Message[] = [
    ...[good, data, { ...data, msgtype: "propdf" }, { msgtype: "dntxed", diid: 1 }],
    ...[
      { msgtype: "version", protocol: 2 },
      { msgtype: "timesync", txtime: 5 },
    ],
  ];
  const station = await open();
  for (let i = 0; i < 5000; i++) {
    const message: Message = { ...pick(bases) };
    if (random.chance(0.7)) message[pick(Object.keys(message))] = pick(values);
    if (random.chance(0.3) && "upinfo" in message)
      message["upinfo"] = { ...upinfo, [pick(Object.keys(upinfo))]: pick(values) };
    // What the frame says, too.
    if (random.chance(0.5) && message["msgtype"] === "propdf")
      message["FRMPayload"] = random.bytes(random.below(256)).toString("hex");
    const bytes = Buffer.from(JSON.stringify(message));
    for (let j = random.chance(0.5) ? 3 : 0; j > 0; j--) bytes[random.below(bytes.length)] = 32 + random.below(95);
    station.send(bytes.toString("utf8", 0, random.chance(0.2) ? random.below(bytes.length) : bytes.length));
    if (i % 100 === 0) await read(station);
  }
  await read(station);
  station.heard.length = 0;
  station.send(uplink(joinRequest(60000), reception));
  t.truthy(await station.next("dnmsg"));
  const reports = events.filter(({ event }) => event === "refused");
  t.true(reports.length > 0 && reports.length <= 10, `${reports.length} reports`);
});

test("discovery with garbage is answered with an error; other paths and what is no WebSocket are refused", async (t) => {
  const { port, open } = await listening(t);
  for (const text of ["{", "{}", '{"router":[]}', `{"router":${"9".repeat(30)}}`])
    t.truthy((await discover(port, text.startsWith("{") ? text : `{${text}`))["error"], text);
  for (const path of ["/", "/router-info/x", "/traffic/", "/traffic/xyz", `/traffic/${eui}/x`, "/../traffic"])
    await t.throwsAsync(new Station(`ws://127.0.0.1:${port}${path}`).open(), { message: "HTTP 404" }, path);
  t.is((await fetch(`http://127.0.0.1:${port}/router-info`)).status, 426);
  const garbage = [
    "\0\0\0\0",
    "GET / HTTP/9\r\n\r\n",
    "GET /router-info HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
  ];
  for (const text of garbage)
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      socket
        .on("data", () => undefined)
        .on("error", () => undefined)
        .on("close", () => resolve());
    });
  t.truthy(await open());
});

test("too long a message ends the connection; the gateway's next one takes over", async (t) => {
  const { events, open } = await listening(t);
  const first = await open();
  first.send("x".repeat(10000));
  t.is(await first.closed, 1009);
  const second = await open();
  const third = await open();
  t.is(await second.closed, 1000);
  await read(third);
  t.true(events.some(({ event, error }) => event === "refused" && /payload size/i.test(String(error))));
});

const withOpenssl = needs(openssl);

withOpenssl(
  "TLS: a station with the authority's certificate connects, one without does not; no plain connections",
  async (t) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "loam-station-"));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const authority = new Authority(folder, "authority");
    const files = authority.sign("localhost", { host: "localhost" });
    const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    const { port } = await listening(t, { tls });
    const ca = readFileSync(authority.file("authority", "crt"));
    const uri = String((await discover(port, eui, { ca }, "wss"))["uri"]);
    t.is(uri, `wss://localhost:${port}/traffic/${eui}`);
    const station = await new Station(uri, { ca }).open();
    t.is((await station.configure())["region"], "EU863");
    await t.throwsAsync(new Station(uri).open(), { message: /certificate/ });
    await t.throwsAsync(new Station(uri.replace("wss", "ws")).open());
    t.throws(
      () =>
        new StationListener(new NetworkServer({ region: "EU868" }), {
          region: "EU868",
          tls: { ...tls, key: Buffer.from("none") },
        }),
      {
        name: "UserError",
        message: /^certificate and key for stations: /,
      },
    );
  },
);
