import test from "ava";
import fc from "fast-check";
import { ChirpStack } from "../../host-tools/networks/chirpstack/dialect.js";
import { encodeDown } from "../../host-tools/networks/chirpstack/messages.js";
import { application, devEui, deviceInfo, encoded, status, up } from "./chirpstackevents.js";
import { wireMessage } from "./wire.js";

const json = new ChirpStack({ application, prefix: "", encoding: "json" });
const protobuf = new ChirpStack({ application, prefix: "", encoding: "protobuf" });
const topic = (event: string) => `application/${application}/device/${devEui}/event/${event}`;
const read = (event: string, value: unknown) => json.read(topic(event), Buffer.from(JSON.stringify(value)));
const readBytes = (event: string, base64: string) => protobuf.read(topic(event), Buffer.from(base64, "base64"));

const uplink = {
  devEui,
  port: 10,
  payload: new Uint8Array(Buffer.from("1000070102030400000001", "hex")),
  frame: up.deduplicationId,
  counter: 4711,
  dataRate: 1,
  frequency: 867_100_000,
  receptions: [
    { gateway: "0016c001f153a14c", rssi: -36, snr: 10.5 },
    { gateway: "0016c001f153a14d", rssi: -110, snr: -7.25 },
  ],
};

test("an uplink says the same as JSON and as a protobuf message", (t) => {
  for (const event of [read("up", up), readBytes("up", encoded.up)]) {
    if (event.kind !== "uplink") return t.fail(event.kind);
    const { airtime, received, ...rest } = event.uplink;
    t.deepEqual(rest, uplink);
    t.true(Math.abs(received - Date.parse("2022-07-18T09:34:15.775Z") / 1000) < 0.001);
    // 24 bytes at SF11, 125 kHz, low data rate optimization, by the SX1276 data sheet, 4.1.1.7: 12.25 + 38 symbols of 16.384 ms.
    t.true(Math.abs(airtime! - 50.25 * 16.384) < 0.01, `${airtime}`);
  }
});

test("battery and margin of a status are those of the node's DevStatusAns", (t) => {
  const at = Date.parse(status.time) / 1000;
  const expected = { kind: "status", status: { devEui, at, battery: 200, margin: -5 } };
  t.deepEqual<unknown, unknown>(read("status", status), expected);
  t.deepEqual<unknown, unknown>(readBytes("status", encoded.status), expected);
  const batteryOf = (more: object) => {
    const event = read("status", { ...status, ...more });
    return event.kind === "status" ? event.status.battery : undefined;
  };
  t.is(batteryOf({ externalPowerSource: true, batteryLevel: 0 }), 0);
  t.is(batteryOf({ batteryLevelUnavailable: true, batteryLevel: 0 }), 255);
  for (let level = 1; level < 255; level++)
    t.is(batteryOf({ batteryLevel: Math.fround((Math.fround(level) / 254) * 100) }), level);
});

test("absent fields are 0, as Protocol Buffers has it, and a field of null is absent", (t) => {
  const { dr, fCnt, rxInfo, txInfo, ...rest } = up;
  t.truthy([dr, fCnt, rxInfo, txInfo]);
  const event = read("up", { ...rest, txInfo: null, time: null });
  if (event.kind !== "uplink") return t.fail();
  t.like(event.uplink, { dataRate: 0, counter: 0, receptions: [] });
  t.true(Math.abs(event.uplink.received - Date.now() / 1000) < 10);
  t.like(read("up", { ...up, fCnt: "4294967295" }), { uplink: { counter: 4294967295 } });
});

test("an uplink from the future came now", (t) => {
  const event = read("up", { ...up, time: "2122-07-18T09:34:15Z" });
  t.true(event.kind === "uplink" && Math.abs(event.uplink.received - Date.now() / 1000) < 10);
});

test("an uplink came when ChirpStack got it first, where a gateway's GPS is years behind", (t) => {
  const at = (seconds: string) => `2022-07-18T09:34:${seconds}Z`;
  const [one, two] = up.rxInfo;
  const rxInfo = [
    { ...one, nsTime: at("15.9") },
    { ...two, nsTime: at("15.8") },
  ];
  for (const event of [read("up", { ...up, time: "2002-12-02T09:34:15Z", rxInfo }), readBytes("up", encoded.behind)]) {
    if (event.kind !== "uplink") return t.fail(event.kind);
    t.true(Math.abs(event.uplink.received - Date.parse(at("15.800")) / 1000) < 0.001);
  }
});

test("other events are shown or passed over, and none is taken for an uplink", (t) => {
  t.deepEqual(read("up", { ...up, fPort: 0, data: "" }), { kind: "other" });
  t.deepEqual(read("up", { ...up, data: "" }), { kind: "other" });
  for (const name of ["ack", "location", "integration", "up2"]) t.deepEqual(read(name, up), { kind: "other" });
  t.deepEqual<unknown, unknown>(read("join", { deviceInfo, devAddr: "00189440" }), {
    kind: "notice",
    notice: { event: "join", devEui, devAddr: "00189440" },
  });
  const description = "Device queue-item discarded because it has expired";
  const notice = { event: "server log", devEui, level: "ERROR", code: "EXPIRED", description };
  t.deepEqual<unknown, unknown>(readBytes("log", encoded.log), { kind: "notice", notice });
  t.deepEqual<unknown, unknown>(read("log", { deviceInfo, level: "ERROR", code: "EXPIRED", description }), {
    kind: "notice",
    notice,
  });
  t.deepEqual<unknown, unknown>(readBytes("txack", encoded.txack), {
    kind: "notice",
    notice: { event: "downlink sent", devEui, counter: 12 },
  });
});

const wrong: [what: string, event: unknown, message: RegExp][] = [
  ["a list", [], /no JSON/],
  ["no device", { ...up, deviceInfo: undefined }, /deviceInfo: expected an object/],
  ["another device", { ...up, deviceInfo: { devEui: "0202020202020202" } }, /expected 0101010101010101, the device/],
  ["a DevEUI that is none", { ...up, deviceInfo: { devEui: "1" } }, /devEui: expected 16 hexadecimal digits/],
  ["no deduplication ID", { ...up, deduplicationId: "" }, /deduplicationId: expected a text/],
  ["one that is a number", { ...up, deduplicationId: 7 }, /deduplicationId: expected a text/],
  ["one with NUL", { ...up, deduplicationId: "a\0b" }, /deduplicationId: expected a text without NUL/],
  ["a port above 255", { ...up, fPort: 256 }, /fPort: expected a whole number from 0 to 255/],
  ["a port of 1.5", { ...up, fPort: 1.5 }, /fPort/],
  ["a counter beyond 32 bits", { ...up, fCnt: 2 ** 32 }, /fCnt/],
  ["a negative counter", { ...up, fCnt: "-1" }, /fCnt/],
  ["a counter of 10^400", { ...up, fCnt: "1".repeat(400) }, /fCnt/],
  ["a data rate of 16", { ...up, dr: 16 }, /dr: expected a whole number from 0 to 15/],
  ["data that is no base64", { ...up, data: "q*==" }, /data: expected at most 242 bytes in base64/],
  ["data of a wrong length", { ...up, data: "qqqqq" }, /data/],
  ["data longer than a frame", { ...up, data: "A".repeat(328) }, /data/],
  ["data that is a list", { ...up, data: [1, 2] }, /data/],
  ["a time that is none", { ...up, time: "yesterday" }, /time: expected a time such as/],
  ["a 13th month", { ...up, time: "2022-13-18T09:34:15Z" }, /time/],
  ["gateways that are no list", { ...up, rxInfo: {} }, /rxInfo: expected a list/],
  ["a gateway of null", { ...up, rxInfo: [null] }, /rxInfo\[0\]: expected an object/],
  ["an RSSI that is a text", { ...up, rxInfo: [{ gatewayId: "1", rssi: "x" }] }, /rxInfo\[0\]\.rssi/],
  ["1001 gateways", { ...up, rxInfo: Array(1001).fill(up.rxInfo[0]) }, /rxInfo: expected at most 1000/],
];
for (const [what, event, message] of wrong)
  test(`refused: ${what}`, (t) => {
    t.throws(() => read("up", event), { message });
  });

test("refused: another application's topic, no JSON, and the other encoding, which is named", (t) => {
  const bytes = Buffer.from(JSON.stringify(up));
  t.throws(() => json.read(topic("up").replace("17c8", "17c9"), bytes), { message: /expected a topic such as/ });
  t.throws(() => json.read(`${topic("up")}/more`, bytes), { message: /expected a topic such as/ });
  t.throws(() => json.read(topic("up"), Buffer.from('{"a"')), { message: /4 bytes that are no JSON/ });
  t.throws(() => protobuf.read(topic("up"), bytes), { message: /json = false in \[integration\.mqtt\]/ });
  t.throws(() => json.read(topic("up"), Buffer.from(encoded.up, "base64")), { message: /json = true/ });
});

test("a command says the same as JSON and as a protobuf message", (t) => {
  const down = { devEui, port: 20, payload: Buffer.from("10000701c8", "hex"), confirmed: false, until: 1_900_000_000 };
  const asJson = json.command(down);
  t.is(asJson.topic, `application/${application}/device/${devEui}/command/down`);
  const message = JSON.parse(asJson.payload.toString()) as { id: string };
  t.deepEqual<unknown, unknown>(message, {
    ...{ id: message.id, devEui, confirmed: false, fPort: 20, data: "EAAHAcg=" },
    expiresAt: "2030-03-17T17:46:40.000Z",
  });
  t.regex(message.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const asBytes = protobuf.command(down).payload;
  const expected = wireMessage(
    ...([
      [1, message.id],
      [2, devEui],
      [4, 20],
      [5, down.payload],
    ] as [number, string][]),
    [7, wireMessage([1, 1_900_000_000])],
  );
  t.is(asBytes.toString("hex"), expected.toString("hex"));
  const fixed = { id: "00112233-4455-8677-8899-aabbccddeeff", devEui, confirmed: false, fPort: 20 };
  t.is(encodeDown({ ...fixed, data: down.payload, expiresAt: 1_900_000_000 }).toString("base64"), encoded.down);
});

test("the same downlink has the same ID, whichever frame it answers, and another one another", (t) => {
  const down = { devEui, port: 20, payload: Buffer.from("10000701c8", "hex"), confirmed: false };
  const { key } = json.command({ ...down, correlation: "a" });
  t.is(json.command({ ...down, correlation: "b", until: 5e9 }).key, key);
  t.is(protobuf.command(down).key, key);
  t.not(json.command({ ...down, devEui: "0202020202020202" }).key, key);
  t.not(json.command({ ...down, payload: Buffer.from("10000801c8", "hex") }).key, key);
});

test("whatever comes, an event is read or refused with a text", (t) => {
  const tryRead = (dialect: ChirpStack, event: string, bytes: Uint8Array) => {
    try {
      dialect.read(topic(event), bytes);
    } catch (error) {
      t.true(error instanceof Error && error.constructor === Error && error.message.length > 0, String(error));
    }
  };
  const events = fc.constantFrom("up", "status", "join", "txack", "log");
  fc.assert(
    fc.property(events, fc.uint8Array({ maxLength: 400 }), (event, bytes) => {
      tryRead(json, event, bytes);
      tryRead(protobuf, event, bytes);
    }),
  );
  fc.assert(
    fc.property(events, fc.json(), (event, text) => tryRead(json, event, Buffer.from(`{"deviceInfo":${text}}`))),
  );
  // Recorded messages with some bytes changed or cut off.
  const damage = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom("up", "status", "log", "txack"), damage, fc.nat(2000), (event, changes, cut) => {
      const whole = Buffer.from(encoded[event], "base64");
      for (const [at, byte] of changes) whole[at % whole.length] = byte;
      tryRead(protobuf, event, whole.subarray(0, cut % 3 === 0 ? cut % whole.length : whole.length));
      const text = Buffer.from(JSON.stringify(event === "status" ? status : up));
      for (const [at, byte] of changes) text[at % text.length] = byte;
      tryRead(json, event, text);
    }),
  );
});

test("no field of an object that JSON has named __proto__ reaches another", (t) => {
  const text = JSON.stringify(up).replace('"adr"', '"__proto__":{"fPort":99},"constructor"');
  t.like(json.read(topic("up"), Buffer.from(text)), { uplink: { port: 10 } });
  t.is(({} as { fPort?: number }).fPort, undefined);
});
