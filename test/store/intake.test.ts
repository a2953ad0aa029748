import {
  decodeUplink,
  encodeAppMessage,
  encodeDeferral,
  encodeFaultReport,
  encodeHealth,
  encodeReport,
  encodeSettingsReport,
  encodeUpdateStatus,
  ports,
} from "../../device/codec/codec.js";
import { scriptDefaults } from "../../device/config.js";
import { claimSend, decide, markSent, unanswered } from "../../host-tools/store/decisions.js";
import { findDeferral, listDeferrals } from "../../host-tools/store/deferrals.js";
import { findNode, listNodes, registerNodes } from "../../host-tools/store/fleet.js";
import { takeUplink } from "../../host-tools/store/intake.js";
import type { Store } from "../../host-tools/store/store.js";
import { timeline } from "../../host-tools/store/timeline.js";
import { onEachDatabase } from "./databases.js";

const devEui = "0011223344556677";
const at = 1_900_000_000;
const all = { from: 0, to: 2 ** 40, limit: 100 };
let frames = 0;

/** Takes a payload as one that came in a frame of its own. */
function take(
  store: Store,
  port: number,
  payload: Uint8Array,
  more: { frame?: string; received?: number; devEui?: string } = {},
) {
  const uplink = {
    ...{ devEui, port, payload, frame: `f${++frames}`, received: at + 5, counter: 2 ** 32 - 1, dataRate: 5 },
    ...{ frequency: 868_100_000, airtime: 61.7, receptions: [{ gateway: "g1", rssi: -80, snr: 7.5 }] },
    ...more,
  };
  return takeUplink(store, uplink, decodeUplink(port, payload));
}

const report = (sequence: number, time: number, label = 1) =>
  encodeReport({ sequence, time, label, confidence: 0.8, actions: 3, count: 1 });
const window = { frames: 2, features: 3, data: Int8Array.of(-128, 0, 127, 10, 20, 30) };
const deferral = (sequence: number, time: number) =>
  encodeDeferral({ sequence, time, label: 2, confidence: 0.4, window }, 51);

const health = {
  ...{ safeMode: false, battery: 200, millivolts: 3700, restarts: 0, heapPeak: 16000, stackPeak: 300 },
  ...{ resets: { power: 0, reset: 0, watchdog: 0, panic: 0, brownout: 0 }, duty: 1, airtime: 12.5, erases: 7 },
  ...{ firmware: "1.2.3", script: 9 },
};

onEachDatabase("every kind of payload is kept, with what it says", async (t, open) => {
  const store = await open();
  await take(store, ports.report, report(1, at));
  await take(store, ports.deferral, deferral(2, at + 900));
  const faults = [
    { kind: "stuck", sensor: 3, count: 2 },
    { kind: "restarted", cause: "watchdog", count: 1 },
  ] as const;
  await take(store, ports.fault, encodeFaultReport({ sequence: 3, time: at + 1000, faults: [...faults] }));
  await take(store, ports.health, encodeHealth({ sequence: 4, time: at + 1100, ...health }, 51));
  await take(store, ports.app, encodeAppMessage({ sequence: 5, time: at + 1200, values: [1.5, -2] }));
  await take(store, ports.app, encodeAppMessage({ sequence: 6, time: at + 1300, text: "zero\0 and ü" }));
  const force = { sequence: 0, version: 0 };
  const status = {
    ...({ sequence: 7, time: at + 1400, event: "confirmed", reason: "none", subject: 8, newest: 8 } as const),
    ...{ script: force, model: force, settings: force, settingsHash: 0 },
  };
  await take(store, ports.update, encodeUpdateStatus(status, 51));
  const limits = { ...scriptDefaults };
  const settings = { threshold: 0.6, everySeconds: 900, limits, offsets: [-1.5], classes: ["dry", "zero\0"] };
  await take(store, ports.settings, encodeSettingsReport(settings, at + 1500)[0]!);
  const updates = await store.db.selectFrom("updates").selectAll().orderBy("at").execute();
  t.deepEqual(
    updates.map(({ event, status }) => [event, (JSON.parse(status) as Record<string, unknown>)["classes"]]),
    [
      ["confirmed", undefined],
      ["settings", { 0: "dry", 1: "zero\0" }],
    ],
  );

  const { link, ...found } = await timeline(store, devEui, all);
  t.deepEqual(found.verdicts, [{ at, label: 1, confidence: 0.8, actions: 3, count: 1 }]);
  t.like(found.deferrals, [
    { at: at + 900, sequence: 2, label: 2, confidence: 0.4, content: "window", decidedLabel: null },
  ]);
  t.deepEqual(found.faults, [
    { at: at + 1000, kind: "stuck", sensor: 3, cause: null, count: 2 },
    { at: at + 1000, kind: "restarted", sensor: null, cause: "watchdog", count: 1 },
  ]);
  t.like(found.health[0], { at: at + 1100, safeMode: 0, battery: 200, millivolts: 3700, firmware: "1.2.3", script: 9 });
  t.deepEqual(found.messages, [
    { at: at + 1200, numbers: [1.5, -2], text: null },
    { at: at + 1300, numbers: null, text: "zero\u2400 and ü" },
  ]);
  t.is(link.length, 8);
  t.like(link[0], { received: at + 5, kind: "report", dataRate: 5, rssi: -80, snr: 7.5, airtime: 61.7, gateway: "g1" });
  t.like(await findNode(store, devEui), {
    ...{ lastSeen: at + 5, label: 2, confidence: 0.4, verdictAt: at + 900, battery: 200, millivolts: 3700 },
    ...{ firmware: "1.2.3", script: 9, rssi: -80, snr: 7.5, dataRate: 5, faultAt: at + 1000 },
  });
  const [one] = await listDeferrals(store, { limit: 10 });
  const whole = await findDeferral(store, one!.id);
  t.deepEqual([...whole!.window!], [...new Uint8Array(window.data.buffer)]);
  t.like(whole, { frames: 2, features: 3, pool: 1, bits: 8 });
});

onEachDatabase(
  "a payload is new once: by number, by content, also without a time, and for each node",
  async (t, open) => {
    const store = await open();
    const isNew = async (payload: Uint8Array, more = {}) =>
      !(await take(store, ports.report, payload, more)).isDuplicate;
    t.true(await isNew(report(1, at)));
    t.false(await isNew(report(1, at)), "sent again");
    t.false(await isNew(report(9, at)), "sent again with another number");
    t.true(await isNew(report(1, at + 900)), "its number comes again");
    t.true(await isNew(report(1, at), { devEui: "ffffffffffffffff" }), "another node's");
    t.true(await isNew(report(3, 0)));
    t.true(await isNew(report(4, 0)), "the same verdict without a time");
    t.false(await isNew(report(3, 0)), "sent again without a time");
    t.true(await isNew(report(3, 0, 2)), "the number comes again without a time");
    t.false(await isNew(report(3, 0, 2)));
    t.true(
      await isNew(report(4, 0), { received: at + 60 * 86400 }),
      "the number and verdict come again after two months",
    );
    t.is((await timeline(store, devEui, all)).verdicts.length, 6);
  },
);

onEachDatabase("a node whose clock was years ahead is shown with what came after that", async (t, open) => {
  const store = await open();
  await take(store, ports.report, report(1, at + 3 * 365 * 86400, 4));
  t.like(await findNode(store, devEui), { label: 4, verdictAt: at + 5 });
  await take(store, ports.report, report(2, at + 900, 2), { received: at + 905 });
  t.like(await findNode(store, devEui), { label: 2, verdictAt: at + 900 });
  const { verdicts } = await timeline(store, devEui, all);
  t.deepEqual(
    verdicts.map((one) => [one.at, one.label]),
    [
      [at + 5, 4],
      [at + 900, 2],
    ],
  );
  // As an earlier version has stored it.
  await store.db
    .updateTable("nodes")
    .set({ verdictAt: at + 3 * 365 * 86400 })
    .execute();
  await take(store, ports.report, report(3, at + 1800, 3), { received: at + 1805 });
  t.like(await findNode(store, devEui), { label: 3, verdictAt: at + 1800 });
});

onEachDatabase("payloads that come to many processes at once are stored once each", async (t, open) => {
  const stores = [await open(), await open(), await open()];
  const payloads = Array.from({ length: 20 }, (_, i) => (i % 2 ? report(i, at + i) : report(i, 0)));
  const taken = await Promise.all(
    payloads.flatMap((payload, i) =>
      stores.map((store) => take(store, ports.report, payload, { frame: `shared ${i}` })),
    ),
  );
  t.is(taken.filter(({ isDuplicate }) => !isDuplicate).length, payloads.length);
  t.is(new Set(taken.map(({ id }) => id)).size, payloads.length);
  const { verdicts, link } = await timeline(stores[0]!, devEui, all);
  t.is(verdicts.length, payloads.length);
  t.true(
    link.every(({ copies }) => copies === 1),
    "one frame, however often it was delivered",
  );
});

onEachDatabase(
  "the first decision counts, and one process has the right to send it for each frame",
  async (t, open) => {
    const [one, two] = [await open(), await open()];
    const { id } = await take(one, ports.deferral, deferral(7, at), { frame: "a" });
    const about = { id, devEui, sequence: 7 };
    const decided = await Promise.all([
      decide(one, about, { label: 4, confidence: 0.9 }, at),
      decide(two, about, { label: 5, confidence: 0.8 }, at),
    ]);
    t.deepEqual(decided[0], decided[1]);
    t.deepEqual((await take(two, ports.deferral, deferral(7, at), { frame: "a" })).answer, decided[0]);
    t.like(await findNode(one, devEui), decided[0]);

    const claims = await Promise.all([one, two, one, two].map((store) => claimSend(store, id, "a", at)));
    t.is(claims.filter(Boolean).length, 1);
    t.false(await claimSend(two, id, "a", at + 9), "the other one may still send it");
    t.deepEqual(await unanswered(two, at + 9, at - 600, [0]), []);
    const late = await Promise.all([one, two].map((store) => claimSend(store, id, "a", at + 20)));
    t.is(late.filter(Boolean).length, 1, "it has not sent it");
    await markSent(one, id, "a", at + 21);
    t.false(await claimSend(two, id, "a", at + 900));
    t.deepEqual(await unanswered(two, at + 900, at - 600, [0]), []);
    t.is((await listDeferrals(one, { limit: 1 }))[0]!.sentAt, at + 21);

    await take(one, ports.deferral, deferral(7, at), { frame: "b", received: at + 30 });
    t.like(await unanswered(two, at + 41, at, [0]), [{ id, frame: "b", devEui }]);
    t.true(await claimSend(two, id, "b", at + 41), "the node has asked again");
  },
);

onEachDatabase(
  "nodes are listed by name and place before anything came from them; pages follow each other",
  async (t, open) => {
    const store = await open();
    await registerNodes(store, [
      { devEui: "AA00000000000001", name: "north", latitude: 47.1, longitude: 8.5 },
      { devEui: "aa00000000000002" },
    ]);
    await take(store, ports.report, report(1, at), { devEui: "aa00000000000001" });
    await registerNodes(store, [{ devEui: "aa00000000000001", name: "north field" }]);
    const nodes = await listNodes(store, 10);
    t.like(nodes[0], { devEui: "aa00000000000001", name: "north field", lastSeen: at + 5, label: 1 });
    t.like(nodes[1], { devEui: "aa00000000000002", name: null, firstSeen: null, lastSeen: null });
    t.deepEqual(await listNodes(store, 1, nodes[0]!.devEui), [nodes[1]!]);
  },
);

onEachDatabase("what waited in the node's outbox does not hide what is newer", async (t, open) => {
  const store = await open();
  await take(store, ports.report, report(2, at + 900, 2));
  await take(store, ports.report, report(1, at, 1));
  t.like(await findNode(store, devEui), { label: 2, verdictAt: at + 900 });
  await take(store, ports.report, report(0, at - 900, 1), { received: at - 895 });
  t.like(await findNode(store, devEui), { firstSeen: at + 5, lastSeen: at + 5, label: 2 });
  await take(store, ports.report, report(3, at + 1800, 0), { received: at + 1805 });
  t.is((await findNode(store, devEui))!.lastSeen, at + 1805);
  await take(store, ports.report, report(3, at + 1800, 0), { received: at + 1900 });
  t.is((await findNode(store, devEui))!.lastSeen, at + 1900, "a copy is heard, too");
  await take(store, ports.report, report(3, at + 1800, 0), { received: at + 1850 });
  t.is((await findNode(store, devEui))!.lastSeen, at + 1900);
  t.deepEqual(
    (await timeline(store, devEui, all)).verdicts.map(({ label }) => label),
    [1, 1, 2, 0],
  );
  const state = (sequence: number, time: number, battery: number, firmware: string) =>
    take(store, ports.health, encodeHealth({ ...health, sequence, time, battery, firmware }, 51));
  await state(5, at + 2000, 120, "1.3.0");
  await state(4, at + 1000, 200, "1.2.3");
  t.like(await findNode(store, devEui), { battery: 120, firmware: "1.3.0" });
  await state(6, at + 3000, 110, "1.3.0");
  t.like(await findNode(store, devEui), { battery: 110 });
});
