import { registrationOf } from "../../host-tools/node/registration.js";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { createInterface } from "node:readline";
import test, { type ExecutionContext } from "ava";
import { askGateway, askGatewayOnce, ControlServer } from "../../host-tools/gateway/control.js";
import { Deliveries } from "../../host-tools/gateway/deliveries.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { encodeSettingsReport } from "../../device/codec/settingsreport.js";
import { writeSequence } from "../../device/codec/stamp.js";
import { settingsInForce } from "../../device/update/inforce.js";
import {
  decodeUpdateStatus,
  encodeUpdateStatus,
  splitUpdateStatus,
  type Refusal,
  type UpdateEvent,
} from "../../device/codec/update.js";
import { encodeFragmentAnswer, setupRefusals } from "../../device/codec/fragments.js";
import { ports } from "../../device/codec/codec.js";
import { describeRecord } from "../../host-tools/script/view.js";
import { expectedSettings } from "../../host-tools/script/settingsView.js";
import { pack, packRollback } from "../../host-tools/script/pack.js";

import { freePort } from "../../host-tools/lib/freePort.js";
import { until } from "../networks/cloud.js";
import { config, keys } from "../update/rig.js";

const { devEui } = config.radio;

/** A gateway's control server, and the port that it listens on. */
async function listening(
  t: ExecutionContext,
  persist = () => Promise.resolve(),
): Promise<{ port: number; deliveries: Deliveries }> {
  const server = new NetworkServer({ region: config.radio.region, collect: (run) => void run() });
  server.addDevice(registrationOf(config.radio));
  const deliveries = new Deliveries({
    server,
    region: config.radio.region,
    registrations: [registrationOf(config.radio)],
    now: () => 0,
  });
  const control = new ControlServer(deliveries, persist);
  t.teardown(() => control.close());
  const port = await freePort();
  await control.listen(port);
  return { port, deliveries };
}

async function opened(t: ExecutionContext, port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  t.teardown(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

const refused: [line: string, error: RegExp][] = [
  ["x", /^a line of JSON expected, with "command" \(send, status, cancel, refresh\)/],
  ["null", /^a line of JSON expected/],
  ["{}", /^a line of JSON expected/],
  ['{"command":"status"}', /^a line of JSON expected/],
  [`{"command":"reset","devEui":"${devEui}"}`, /^a line of JSON expected/],
  [`{"command":"send","devEui":"${devEui}"}`, /^a line of JSON expected/],
  [`{"command":"send","devEui":"${devEui}","package":"AAAA"}`, /^what was to be sent is no package: /],
  ['{"command":"status","devEui":"00"}', /^devEui 00 is not registered: one of /],
];

test("a gateway answers what is no request with what would be one, and goes on", async (t) => {
  const { port } = await listening(t);
  for (const [line, error] of refused) {
    const socket = await opened(t, port);
    socket.write(`${line}\n`);
    const [reply] = (await once(createInterface({ input: socket }), "line")) as [string];
    t.regex((JSON.parse(reply) as { error: string }).error, error, line);
  }
  t.deepEqual(await askGatewayOnce(String(port), { command: "status", devEui }), {
    record: { devEui: devEui.toLowerCase() },
  });
});

test("a connection that is reset does a gateway no harm", async (t) => {
  const { port } = await listening(t);
  const socket = await opened(t, port);
  socket.write('{"command":');
  socket.resetAndDestroy();
  await once(socket, "close");
  t.true("record" in (await askGatewayOnce(String(port), { command: "status", devEui })));
});

test("a web page's request to a gateway's port cancels nothing", async (t) => {
  const { port, deliveries } = await listening(t);
  const head = { config, key: keys.privateKey, sequence: 1, version: 1, name: "page" };
  deliveries.send(devEui, await pack({ ...head, settings: { threshold: 0.5 } }));
  const body = `${JSON.stringify({ command: "cancel", devEui })}\n`;
  await t.throwsAsync(fetch(`http://127.0.0.1:${port}/`, { method: "POST", body }));
  t.is(deliveries.record(devEui).delivery?.phase, "setup");
});

const others: [what: string, serve: (socket: Socket) => void, error: RegExp][] = [
  ["another program", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n"), /is no loam gateway: name its port/],
  ["one that ends", (socket) => socket.end(), /^the gateway has ended; start it again/],
  ["one that is killed", (socket) => socket.once("data", () => socket.resetAndDestroy()), /^the gateway has ended/],
];

for (const [what, serve, message] of others)
  test(`what is asked of a gateway: ${what} at its port`, async (t) => {
    const server = createServer(serve).listen(0, "127.0.0.1");
    t.teardown(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await t.throwsAsync(askGateway(String(port), { command: "status", devEui }).next(), { name: "UserError", message });
  });

test("a gateway's port that none can have", async (t) => {
  for (const at of ["70000", "here", "localhost:"])
    await t.throwsAsync(askGateway(at, { command: "status", devEui }).next(), {
      name: "UserError",
      message: `gateway ${at}: PORT or HOST:PORT expected, with a port up to 65535`,
    });
});

function status(
  subject: number,
  event: UpdateEvent,
  reason: Refusal = "none",
  stamp = { sequence: 0, time: 0 },
): Uint8Array {
  const none = { sequence: 0, version: 0 };
  const inForce = { newest: subject, script: none, model: none, settings: none, settingsHash: 0 };
  return encodeUpdateStatus({ ...stamp, event, reason, subject, ...inForce }, 51);
}

test("a step of a delivery is said when it is on disk, as it was then", async (t) => {
  const saved: (() => void)[] = [];
  const { port, deliveries } = await listening(t, () => new Promise((resolve) => saved.push(resolve)));
  const head = { config, key: keys.privateKey, sequence: 1, version: 1, name: "step" };
  const bytes = await pack({ ...head, settings: { threshold: 0.5 } });
  const socket = await opened(t, port);
  const phases: (string | undefined)[] = [];
  createInterface({ input: socket }).on("line", (line) => {
    const reply = JSON.parse(line) as { record: { delivery?: { phase: string } } };
    phases.push(reply.record.delivery?.phase);
  });
  socket.write(`${JSON.stringify({ command: "send", devEui, package: Buffer.from(bytes).toString("base64") })}\n`);
  const save = async (count: number): Promise<void> => {
    await until(() => saved.length > 0, "saved");
    saved.shift()!();
    await until(() => phases.length === count, `${count} steps`);
  };
  await save(1);
  const hear = (event: UpdateEvent): void =>
    deliveries.receive({ devEui: devEui.toLowerCase(), port: ports.update, payload: Buffer.from(status(1, event)) });
  hear("accepted");
  hear("confirmed");
  await askGatewayOnce(String(port), { command: "status", devEui });
  t.is(phases.length, 1, "nothing is on disk");
  await save(2);
  await save(3);
  t.deepEqual(phases, ["setup", "probation", "confirmed"]);
});

test("after settings that a node took back, a rollback is of those before them", async (t) => {
  const { deliveries } = await listening(t);
  const head = { config, key: keys.privateKey, version: 1, name: "settings" };
  for (const [sequence, event] of [
    [1, "confirmed"],
    [2, "confirmed"],
    [3, "taken back"],
  ] as const) {
    deliveries.send(devEui, await pack({ ...head, sequence, settings: { threshold: sequence / 10 } }));
    deliveries.cancel(devEui);
    deliveries.receive({
      devEui: devEui.toLowerCase(),
      port: ports.update,
      payload: Buffer.from(status(sequence, event)),
    });
  }
  deliveries.send(devEui, packRollback({ ...head, sequence: 4, parts: ["settings"] }));
  t.is(expectedSettings(deliveries.record(devEui).sentSettings)?.sequence, 1);
  // A rollback that does not come brings nothing back.
  deliveries.cancel(devEui);
  t.is(expectedSettings(deliveries.record(devEui).sentSettings)?.sequence, 2);
});

test("what a node repeats late does not take the place of what it has said since; what it says after an erase does", async (t) => {
  const { deliveries } = await listening(t);
  const head = { config, key: keys.privateKey, version: 1, name: "late" };
  const hear = (port: number, payload: Uint8Array): void =>
    deliveries.receive({ devEui: devEui.toLowerCase(), port, payload: Buffer.from(payload) });
  const report = (threshold: number, sequence: number, time: number): Uint8Array => {
    const settings = settingsInForce({ ...config, policy: { ...config.policy, threshold } }, {});
    const [payload] = encodeSettingsReport(settings, time);
    writeSequence(payload!, sequence);
    return payload!;
  };
  const heard = () => {
    const { settings, status: last, delivery } = deliveries.record(devEui);
    return [settings?.threshold?.toFixed(1), last?.event, delivery?.phase];
  };
  deliveries.send(devEui, await pack({ ...head, sequence: 7, settings: { threshold: 0.5 } }));
  hear(ports.update, status(7, "confirmed", "none", { sequence: 65_530, time: 5000 }));
  hear(ports.settings, report(0.5, 65_531, 5000));
  // A rollback, whose numbers begin with 0 again.
  hear(ports.settings, report(0.8, 40, 9000));
  t.deepEqual(heard(), ["0.8", "confirmed", "confirmed"]);
  // What was lost before it.
  hear(ports.settings, report(0.5, 65_500, 4000));
  hear(ports.update, status(7, "accepted", "none", { sequence: 65_529, time: 4900 }));
  hear(ports.update, status(7, "accepted"));
  t.deepEqual(heard().toSpliced(1, 1), ["0.8", "confirmed"]);
  hear(ports.update, status(7, "taken back", "storage", { sequence: 50, time: 9500 }));
  hear(ports.update, status(7, "confirmed", "none", { sequence: 65_530, time: 5000 }));
  t.deepEqual(heard(), ["0.8", "taken back", "failed"]);
  // Numbers begin anew with a later time, or before the time is known.
  hear(ports.settings, report(0.9, 3, 10_000));
  t.is(heard()[0], "0.9");
  hear(ports.settings, report(0.7, 1, 0));
  t.is(heard()[0], "0.7");
});

test("settings that were reported before a rollback are not in force after it, until they are reported anew", async (t) => {
  const { deliveries } = await listening(t);
  const hear = (port: number, payload: Uint8Array, number: number): void => {
    writeSequence(payload, number);
    deliveries.receive({ devEui: devEui.toLowerCase(), port, payload: Buffer.from(payload) });
  };
  const said = (event: UpdateEvent, settings: number): Uint8Array => {
    const none = { sequence: 0, version: 0 };
    const inForce = { newest: 9, script: none, model: none, settings: { sequence: settings, version: 0 } };
    const stamp = { sequence: 0, time: 5000 };
    return encodeUpdateStatus({ ...stamp, event, reason: "none", subject: 9, ...inForce, settingsHash: settings }, 51);
  };
  const report = (threshold: number): Uint8Array =>
    encodeSettingsReport(settingsInForce({ ...config, policy: { ...config.policy, threshold } }, {}), 5000)[0]!;
  const known = () => deliveries.record(devEui).settings?.threshold?.toFixed(1);
  hear(ports.update, said("accepted", 8), 65_533);
  hear(ports.settings, report(0.5), 65_534);
  hear(ports.update, said("confirmed", 8), 65_535);
  t.is(known(), "0.5", "the same settings");
  hear(ports.update, said("accepted", 7), 1);
  t.deepEqual([known(), deliveries.record(devEui).settingsAt], [undefined, undefined]);
  hear(ports.settings, report(0.8), 3);
  hear(ports.update, said("confirmed", 7), 2);
  t.is(known(), "0.8");
  // The report comes first, as the status was lost and is sent again.
  hear(ports.settings, report(0.9), 6);
  hear(ports.update, said("accepted", 6), 5);
  t.is(known(), "0.9");
});

test("a status in its short form, at the slowest data rates, ends the delivery of its package too", async (t) => {
  const head = { config, key: keys.privateKey, version: 1, name: "short" };
  const sequence = 1_795_920_521;
  const none = { sequence: 0, version: 0 };
  const inForce = { newest: sequence, script: none, model: none, settings: none, settingsHash: 0 };
  for (const [event, reason, subject, phase] of [
    ["confirmed", "none", sequence, "confirmed"],
    ["refused", "other profile", sequence, "failed"],
    ["confirmed", "none", sequence - 1, "setup"],
  ] as const) {
    const { deliveries } = await listening(t);
    deliveries.send(devEui, await pack({ ...head, sequence, settings: { threshold: 0.1 } }));
    const payload = encodeUpdateStatus({ sequence: 1, time: 0, event, reason, subject, ...inForce }, 11);
    deliveries.receive({ devEui: devEui.toLowerCase(), port: ports.update, payload: Buffer.from(payload) });
    const record = deliveries.record(devEui);
    t.is(record.delivery?.phase, phase);
    const said = phase === "setup" ? `with ${subject & 0xffff} in the lower 16 bits of its sequence` : String(subject);
    t.true(describeRecord(record)[2]?.startsWith(`  package ${said} ${event}`), describeRecord(record)[2]);
    t.notRegex(describeRecord(record).join(), /undefined/);
  }
});

function inForceOf(sequence: number) {
  const part = { sequence, version: 1 };
  return { newest: sequence, script: part, model: part, settings: part, settingsHash: 1 };
}

test("a status in its short form is followed by what is in force, one thing an uplink, in whatever order these come", async (t) => {
  const { deliveries } = await listening(t);
  const hear = (payload: Uint8Array): void =>
    deliveries.receive({ devEui: devEui.toLowerCase(), port: ports.update, payload: Buffer.from(payload) });
  const status = (sequence: number, time: number, newest: number): Uint8Array[] => {
    const inForce = { script: { sequence: newest, version: 3 }, model: { sequence: 0, version: 0 } };
    const of = { newest, ...inForce, settings: { sequence: newest - 1, version: 1 }, settingsHash: 1 };
    const event = { event: "confirmed", reason: "none", subject: newest, sequence, time } as const;
    return splitUpdateStatus(encodeUpdateStatus({ ...event, ...of }, 51), 11).map((payload, place) => {
      writeSequence(payload, (sequence + place) & 0xffff);
      return payload;
    });
  };
  const lines = (): string[] => describeRecord(deliveries.record(devEui)).slice(2, -2);
  const first = status(65_534, 5000, 1_795_920_521);
  t.deepEqual(
    first.map(({ length }) => length),
    [11, 11, 11, 11, 11],
  );
  const [newest, script, model, settings, short] = first as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  hear(script);
  t.regex(describeRecord(deliveries.record(devEui))[1]!, /has reported nothing/);
  hear(short);
  t.deepEqual(lines(), [
    "  package with 37513 in the lower 16 bits of its sequence confirmed",
    "  script: package 1795920521",
    "  model: not reported",
    "  settings: not reported",
    "  what is not reported comes one by one, as the node's data rate has little room; over its serial line it says all (--to)",
  ]);
  for (const payload of [settings, newest, model, script]) hear(payload);
  const known = [
    "  package 1795920521 confirmed; newest 1795920521",
    "  script: package 1795920521",
    "  model: the firmware's own",
    "  settings: package 1795920520",
  ];
  t.deepEqual(lines(), known);
  // Of another status: that has not come yet, and what was is not of it.
  const next = status(9, 6000, 1_795_930_000);
  hear(next[0]!);
  t.deepEqual(lines(), known);
  hear(next[4]!);
  t.like(deliveries.record(devEui).status, { newest: 1_795_930_000, script: undefined, sequence: 13 });
  // Sent again, as its acknowledgement was lost.
  hear(script);
  t.like(deliveries.record(devEui).status, { newest: 1_795_930_000, script: undefined });
  // At a faster data rate.
  hear(encodeUpdateStatus({ ...decodeUpdateStatus(next[4]!), ...inForceOf(7) }, 51));
  t.like(deliveries.record(devEui).status, { newest: 7, script: { sequence: 7, version: 1 } });
});

test("a package that the node has confirmed is not sent again, unless it has lost it since", async (t) => {
  const { port, deliveries } = await listening(t);
  const sequence = 6;
  const none = { sequence: 0, version: 0 };
  const bytes = await pack({
    config,
    key: keys.privateKey,
    version: 1,
    name: "twice",
    sequence,
    settings: { threshold: 0.1 },
  });
  const send = async () => {
    const request = { command: "send", devEui, package: Buffer.from(bytes).toString("base64") } as const;
    const reply = await askGatewayOnce(String(port), request);
    return "record" in reply ? [reply.record.delivery?.phase, reply.plan !== undefined] : reply;
  };
  const hear = (event: UpdateEvent, reason: Refusal, inForce: number): void => {
    const settings = { sequence: inForce, version: 1 };
    const of = { subject: sequence, newest: sequence, script: none, model: none, settings, settingsHash: 0 };
    const payload = encodeUpdateStatus({ sequence: 1, time: 0, event, reason, ...of }, 51);
    deliveries.receive({ devEui: devEui.toLowerCase(), port: ports.update, payload: Buffer.from(payload) });
  };
  t.deepEqual(await send(), ["setup", true]);
  hear("confirmed", "none", sequence);
  t.deepEqual(await send(), ["confirmed", false]);
  hear("taken back", "script failed", 0);
  t.deepEqual(await send(), ["setup", true]);
});

test("settings that were cancelled, or did not come, are not what a node should have; those that come into force still are", async (t) => {
  const { deliveries } = await listening(t);
  const head = { config, key: keys.privateKey, version: 1, name: "settings" };
  const expected = () => expectedSettings(deliveries.record(devEui).sentSettings)?.sequence;
  const hear = (port: number, payload: Uint8Array): void =>
    deliveries.receive({ devEui: devEui.toLowerCase(), port, payload: Buffer.from(payload) });
  deliveries.send(devEui, await pack({ ...head, sequence: 1, settings: { threshold: 0.1 } }));
  t.is(expected(), 1);
  hear(ports.update, status(1, "confirmed"));
  deliveries.send(devEui, await pack({ ...head, sequence: 2, settings: { threshold: 0.2 } }));
  t.is(expected(), 2);
  deliveries.cancel(devEui);
  t.is(expected(), 1);
  // All of it was there when it was cancelled.
  hear(ports.update, status(2, "accepted"));
  t.is(expected(), 2);
  hear(ports.update, status(2, "confirmed"));
  deliveries.send(devEui, await pack({ ...head, sequence: 3, settings: { threshold: 0.3 } }));
  deliveries.fill({ devEui: devEui.toLowerCase(), dataRate: 5, room: 222 });
  hear(
    ports.fragments,
    Uint8Array.from(encodeFragmentAnswer({ command: "setup", index: 0, refusals: setupRefusals.memory })),
  );
  t.is(deliveries.record(devEui).delivery?.phase, "failed");
  t.is(expected(), 2);
});

test("a package that the node had whole, and that another one has interrupted, has failed; parts that it has interrupted itself have not", async (t) => {
  const { deliveries } = await listening(t);
  const head = { config, key: keys.privateKey, version: 1, name: "interrupted" };
  deliveries.send(devEui, await pack({ ...head, sequence: 7, settings: { threshold: 0.1 } }));
  const phase = () => deliveries.record(devEui).delivery?.phase;
  for (const [subject, expected] of [
    [0, "setup"],
    [7, "failed"],
  ] as const) {
    const payload = Buffer.from(status(subject, "refused", "interrupted"));
    deliveries.receive({ devEui: devEui.toLowerCase(), port: ports.update, payload });
    t.is(phase(), expected);
  }
});
