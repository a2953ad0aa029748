import test from "ava";
import fc from "fast-check";
import { ThingsStack, type ThingsOptions } from "../../host-tools/networks/things/dialect.js";
import { application, devEui, device, downlink, ids, up } from "./thingsevents.js";

const make = (more: Partial<ThingsOptions> = {}) =>
  new ThingsStack({ application, tenant: "ttn", downlink: "push", region: "EU868", ...more });
const topic = (name: string) => `v3/${application}@ttn/devices/${device}/${name}`;
const read = (name: string, value: unknown, stack = make()) =>
  stack.read(topic(name), Buffer.from(JSON.stringify(value)));
const withMessage = (more: object) => ({ ...up, uplink_message: { ...up.uplink_message, ...more } });

test("an uplink of The Things Stack's documentation", (t) => {
  const event = read("up", up);
  if (event.kind !== "uplink") return t.fail(event.kind);
  t.deepEqual(event.uplink, {
    devEui,
    port: 2,
    payload: new Uint8Array(Buffer.from("sQAAEAHlANcB", "base64")),
    frame: `${device}/14/1744804453.787`,
    received: 1744804453.787,
    counter: 14,
    dataRate: 5,
    frequency: 867_700_000,
    airtime: 61.696,
    receptions: [{ gateway: "ttig-52ec", rssi: -31, snr: 9.5 }],
  });
  // 228 of 253 parts are 90.118576 per cent.
  t.deepEqual(event.status, { devEui, at: 1744804453.787, battery: 229 });
  // Without it: 22 bytes at SF7, 125 kHz, by the SX1276 data sheet, 4.1.1.7 (what its airtime says had MAC commands beside).
  const { consumed_airtime, ...rest } = up.uplink_message;
  t.is(consumed_airtime, "0.061696s");
  const computed = read("up", { ...up, uplink_message: rest });
  t.true(computed.kind === "uplink" && Math.abs(computed.uplink.airtime! - 56.576) < 0.001);
});

test("what is empty, 0 or false is absent, and other messages are shown or passed over", (t) => {
  const { rx_metadata, settings, f_cnt, last_battery_percentage, ...rest } = up.uplink_message;
  t.truthy([rx_metadata, settings, f_cnt, last_battery_percentage]);
  t.like(read("up", { ...up, uplink_message: rest }), { uplink: { counter: 0, receptions: [] }, status: undefined });
  t.deepEqual(read("up", withMessage({ frm_payload: undefined })), { kind: "other" });
  t.deepEqual(read("up", withMessage({ f_port: undefined })), { kind: "other" });
  t.deepEqual<unknown, unknown>(read("join", { end_device_ids: ids, join_accept: {} }), {
    kind: "notice",
    notice: { event: "join", devEui },
  });
  t.like(read("down/sent", { end_device_ids: ids, downlink_sent: downlink }), {
    notice: { event: "downlink sent", devEui, counter: 1 },
  });
  const error = { namespace: "pkg/networkserver", message_format: "application downlink payload is too long" };
  t.like(read("down/failed", { end_device_ids: ids, downlink_failed: { downlink, error } }), {
    notice: { event: "downlink failed", devEui, reason: "application downlink payload is too long" },
  });
  t.like(read("up", { ...up, end_device_ids: { ...ids, join_eui: 7 } }), { kind: "uplink" });
});

const other = { ...ids, device_id: "other", application_ids: { application_id: "other" } };
const wrong: [what: string, value: unknown, message: RegExp][] = [
  ["a list", [], /no object/],
  ["no device", { ...up, end_device_ids: undefined }, /end_device_ids: expected an object/],
  ["no DevEUI", { ...up, end_device_ids: { ...ids, dev_eui: undefined } }, /dev_eui: expected 16 hexadecimal digits/],
  ["another application", { ...up, end_device_ids: other }, /application_id: expected starter-kit/],
  ["another device", { ...up, end_device_ids: { ...ids, device_id: "other" } }, /device_id: expected the device of/],
  ["a device ID with a slash", { ...up, end_device_ids: { ...ids, device_id: "a/b" } }, /device_id: expected a device/],
  ["no message", { ...up, uplink_message: null }, /uplink_message: expected an object/],
  ["a port of 256", withMessage({ f_port: 256 }), /f_port: expected a whole number from 0 to 255/],
  ["a counter of 2^32", withMessage({ f_cnt: 2 ** 32 }), /f_cnt/],
  ["no base64", withMessage({ frm_payload: "?" }), /frm_payload: expected at most 242 bytes in base64/],
  ["no time", withMessage({ received_at: undefined }), /received_at: expected a time such as/],
  ["an airtime without unit", withMessage({ consumed_airtime: "0.06" }), /consumed_airtime: expected a duration/],
  ["a frequency that is a word", withMessage({ settings: { frequency: "low" } }), /settings\.frequency/],
  ["101 per cent", withMessage({ last_battery_percentage: { value: 101 } }), /last_battery_percentage\.value/],
];
for (const [what, value, message] of wrong)
  test(`refused: ${what}`, (t) => {
    t.throws(() => read("up", value), { message });
  });

test("refused: the topics of others", (t) => {
  const bytes = Buffer.from(JSON.stringify(up));
  for (const wrongTopic of [`v3/${application}/devices/${device}/up`, topic("up/normalized"), topic("down/push"), "up"])
    t.throws(() => make().read(wrongTopic, bytes), { message: /expected a topic such as v3\/starter-kit@ttn/ });
});

const payload = Buffer.from("10000701c8", "hex");
const decision = { devEui, port: 20, payload, confirmed: false, correlation: `${device}/14/1744804453.787` };
interface Push {
  end_device_ids: { device_id: string };
  downlinks: { f_port: number; frm_payload: string; correlation_ids: [string] }[];
}
const parsed = (command?: { payload: Buffer }) => JSON.parse(command!.payload.toString()) as Push;

test("push: once, until it was sent, failed, or was asked for twice more", (t) => {
  const stack = make();
  const first = stack.command(decision);
  t.is(first!.topic, topic("down/push"));
  const id = parsed(first).downlinks[0]!.correlation_ids[0];
  t.deepEqual<unknown, unknown>(parsed(first), {
    end_device_ids: { device_id: device, application_ids: { application_id: application } },
    downlinks: [{ f_port: 20, frm_payload: "EAAHAcg=", priority: "NORMAL", confirmed: false, correlation_ids: [id] }],
  });
  t.is(stack.command(decision), undefined);
  t.truthy(stack.command(decision), "it may be lost there");
  t.is(stack.command(decision), undefined);
  read(
    "down/sent",
    { end_device_ids: ids, downlink_sent: { ...downlink, correlation_ids: ["as:downlink:1", id] } },
    stack,
  );
  t.truthy(stack.command(decision), "it was sent, and is wanted again");
  const error = { name: "no_session" };
  const failed = { downlink: { ...downlink, correlation_ids: [id] }, error };
  read("down/failed", { end_device_ids: ids, downlink_failed: failed }, stack);
  t.truthy(stack.command(decision));
  t.truthy(stack.command({ ...decision, payload: Buffer.from("10000801c8", "hex") }), "another decision");
});

test("replace: with what the node still waits for", (t) => {
  const stack = make({ downlink: "replace" });
  const bytesOf = (command?: { payload: Buffer }) => parsed(command).downlinks.map(({ frm_payload }) => frm_payload);
  const soon = Date.now() / 1000 + 600;
  const first = stack.command({ ...decision, until: soon });
  t.is(first!.topic, topic("down/replace"));
  stack.command({ ...decision, payload: Buffer.from("past"), until: soon - 700 });
  const second = stack.command({ ...decision, payload: Buffer.from("more"), until: soon });
  t.deepEqual(bytesOf(second), ["EAAHAcg=", Buffer.from("more").toString("base64")]);
  t.deepEqual(bytesOf(stack.command({ ...decision, until: soon })), bytesOf(second));
  const correlation_ids = [parsed(first).downlinks[0]!.correlation_ids[0]];
  read("down/sent", { end_device_ids: ids, downlink_sent: { ...downlink, correlation_ids } }, stack);
  t.deepEqual(bytesOf(stack.command({ ...decision, payload: Buffer.from("more"), until: soon })), ["bW9yZQ=="]);
});

test("the device's ID: of the frame that is answered, of an earlier uplink, or the one that the console suggests", (t) => {
  const stack = make();
  const idOf = (correlation?: string) =>
    parsed(make().command({ ...decision, ...(correlation !== undefined && { correlation }) })).end_device_ids.device_id;
  t.is(idOf("north-field/14/1744804453.787"), "north-field");
  const { correlation, ...rest } = decision;
  t.truthy(correlation);
  t.is(parsed(stack.command(rest)).end_device_ids.device_id, device);
  const named = { ...ids, device_id: "north-field" };
  stack.read(topic("up").replace(device, "north-field"), Buffer.from(JSON.stringify({ ...up, end_device_ids: named })));
  t.is(parsed(stack.command({ ...rest, port: 21 })).end_device_ids.device_id, "north-field");
});

test("topics with a tenant, without one, and of a Pub/Sub integration", (t) => {
  t.is(make().filters[0], "v3/starter-kit@ttn/devices/+/up");
  t.deepEqual(make().kind, { version: 4, qos: 0 });
  const own = new ThingsStack({ application, downlink: "push", region: "EU868" });
  t.is(own.filters[0], "v3/starter-kit/devices/+/up");
  const pubSub = make({ pubSub: "loam/field" });
  t.is(pubSub.filters[0], "loam/field/up");
  t.deepEqual(pubSub.kind, { version: 5, qos: 1 });
  t.is(pubSub.read("loam/field/up", Buffer.from(JSON.stringify(up))).kind, "uplink");
  t.is(pubSub.command(decision)!.topic, "loam/field/down/push");
});

test("whatever comes, an event is read or refused with a text", (t) => {
  const stack = make();
  const names = fc.constantFrom("up", "join", "down/sent", "down/ack", "down/nack", "down/failed");
  const tryRead = (name: string, bytes: Uint8Array) => {
    try {
      stack.read(topic(name), bytes);
    } catch (error) {
      t.true(error instanceof Error && error.constructor === Error && error.message.length > 0, String(error));
    }
  };
  fc.assert(fc.property(names, fc.uint8Array({ maxLength: 300 }), tryRead));
  fc.assert(
    fc.property(names, fc.jsonValue(), (name, value) => {
      const field = name === "up" ? "uplink_message" : name.replace("down/", "downlink_");
      tryRead(name, Buffer.from(JSON.stringify({ end_device_ids: ids, [field]: value })));
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3000), fc.nat(255)), { maxLength: 5 }), (changes) => {
      const text = Buffer.from(JSON.stringify(up));
      for (const [at, byte] of changes) text[at % text.length] = byte;
      tryRead("up", text);
    }),
  );
});
