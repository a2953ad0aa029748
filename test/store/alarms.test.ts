import { encodeFaultReport, encodeHealth, encodeReport, ports, type FaultKind } from "../../device/codec/codec.js";
import type { AlarmRule } from "../../host-tools/store/alarmRules.js";
import { listAlarms } from "../../host-tools/store/alarms.js";
import { lookForAlarms } from "../../host-tools/store/alarmWatch.js";
import { decide } from "../../host-tools/store/decisions.js";
import { findNode, registerNodes } from "../../host-tools/store/fleet.js";
import type { Store } from "../../host-tools/store/store.js";
import { devEui, take, takeDeferral } from "../cloudpage/fleet.js";
import { onEachDatabase } from "./databases.js";

const hour = 3600;
const start = Math.floor(Date.now() / 1000);

/** Of a day's silence, unless said otherwise. */
const rule = (given: object): AlarmRule => ({
  name: "rule",
  repeatSeconds: 0,
  kind: "silent",
  seconds: 26 * hour,
  ...given,
});

const found = (store: Store, rules: AlarmRule[], now: number, channels: string[] = []) =>
  lookForAlarms(
    store,
    { rules, channels, describe: ({ kind }, { lastSeen }) => ({ what: kind, value: lastSeen ?? 0 }) },
    now,
  );

/** Looks every 30 seconds, as processes do that live. @returns what the last look found */
async function watch(store: Store, rules: AlarmRule[], from: number, until: number) {
  // The row of the watch says only when somebody looked last.
  await found(store, rules, from);
  await store.db
    .updateTable("alarmWatch")
    .set({ evaluatedAt: until - 30 })
    .execute();
  return await found(store, rules, until);
}

let sequence = 0;
const report = (store: Store, at: number, label = 0, confidence = 0.9, count = 1) =>
  take(
    store,
    ports.report,
    encodeReport({ sequence: ++sequence, time: Math.floor(at), label, confidence, actions: 0, count }),
    at,
  );
const fault = (store: Store, at: number, kind: FaultKind) =>
  take(
    store,
    ports.fault,
    encodeFaultReport({ sequence: ++sequence, time: Math.floor(at), faults: [{ kind, count: 1 }] }),
    at,
  );
const health = (store: Store, at: number, millivolts: number, battery = 255) => {
  const about = { sequence: ++sequence, time: Math.floor(at), safeMode: false, battery, millivolts, restarts: 0 };
  const rest = {
    heapPeak: 16000,
    stackPeak: 300,
    airtime: 1,
    erases: 1,
    firmware: "1.0.0",
    script: 1,
    resets: { power: 0, reset: 0, watchdog: 0, panic: 0, brownout: 0 },
    duty: 0,
  };
  return take(store, ports.health, encodeHealth({ ...about, ...rest }, 51), at);
};

onEachDatabase("a node that is silent for longer than the rule says, until it is heard", async (t, open) => {
  const store = await open();
  await registerNodes(store, [{ devEui: "70b3d57ed0000002" }]);
  await report(store, start);
  const rules = [rule({})];
  t.deepEqual(await watch(store, rules, start, start + 26 * hour - 1), { opened: 0, closed: 0 });
  t.deepEqual(await found(store, rules, start + 26 * hour + 5), { opened: 1, closed: 0 }, "never heard is not silent");
  t.deepEqual(await found(store, rules, start + 26 * hour + 10), { opened: 0, closed: 0 });
  t.like(await listAlarms(store, { limit: 9, open: true }), [{ devEui, rule: "rule", kind: "silent", value: start }]);
  await report(store, start + 27 * hour);
  t.deepEqual(await found(store, rules, start + 27 * hour), { opened: 0, closed: 1 });
  t.like(await listAlarms(store, { limit: 9, open: false }), [{ closedAt: start + 27 * hour }]);
});

onEachDatabase("while no process was there no node is silent; nor when the clock jumps", async (t, open) => {
  const store = await open();
  await report(store, start);
  const rules = [rule({ seconds: 10 * hour })];
  await watch(store, rules, start, start + 2 * hour);
  // For a day nobody listens: eight hours are left.
  t.deepEqual(await found(store, rules, start + 26 * hour), { opened: 0, closed: 0 });
  t.deepEqual(await watch(store, rules, start + 26 * hour + 10, start + 34 * hour - 10), { opened: 0, closed: 0 });
  t.deepEqual(await found(store, rules, start + 34 * hour + 10), { opened: 1, closed: 0 });
  t.deepEqual(await found(store, rules, start + 9000 * hour), { opened: 0, closed: 0 });
  t.deepEqual(await found(store, rules, start), { opened: 0, closed: 0 }, "back: the node was not heard again");
  await report(store, start + 9000 * hour);
  t.deepEqual(await found(store, rules, start + 10), { opened: 0, closed: 1 });
  t.is((await findNode(store, devEui))!.lastSeen, start + 10, "what was heard in the future is heard now");
  t.deepEqual(await watch(store, rules, start + 20, start + 10 * hour + 20), { opened: 1, closed: 0 });
});

onEachDatabase("faults of the kinds that a rule names, until none comes for a while", async (t, open) => {
  const store = await open();
  const rules = [
    rule({ kind: "fault", faults: ["stuck", "missing"], seconds: hour }),
    rule({ name: "any", kind: "fault", faults: [], seconds: 2 * hour }),
  ];
  await fault(store, start - 9 * hour, "radio");
  const now = Date.now() / 1000;
  t.deepEqual(await found(store, rules, now + 1), { opened: 1, closed: 0 }, "late, but new");
  await fault(store, start, "stuck");
  t.deepEqual(await found(store, rules, now + 10), { opened: 1, closed: 0 });
  t.deepEqual(await found(store, rules, now + hour + 60), { opened: 0, closed: 1 });
  t.deepEqual(await found(store, rules, now + 2 * hour + 60), { opened: 0, closed: 1 });
});

onEachDatabase("a low battery, by voltage and by percent, until it is well above", async (t, open) => {
  const store = await open();
  const rules = [
    rule({ name: "volts", kind: "battery", by: "volts", below: 3.3, clear: 3.4 }),
    rule({ name: "percent", kind: "battery", by: "percent", below: 20, clear: 30 }),
  ];
  const after = async (minutes: number, millivolts: number, battery?: number) => {
    await health(store, start + 60 * minutes, millivolts, battery);
    return await found(store, rules, start + 60 * minutes);
  };
  t.deepEqual(await after(0, 3300, 255), { opened: 0, closed: 0 });
  t.deepEqual(await after(1, 3299, 52), { opened: 1, closed: 0 }, "20.2 %");
  t.deepEqual(await after(2, 3399, 51), { opened: 1, closed: 0 }, "19.8 %");
  t.deepEqual(await after(3, 3400, 76), { opened: 0, closed: 1 }, "29.6 %");
  t.deepEqual(await after(4, 3200, 255), { opened: 1, closed: 0 }, "unknown is not full");
  t.deepEqual(await after(5, 3500, 0), { opened: 0, closed: 2 }, "external power");
});

onEachDatabase("a class, when the node or the cloud is sure of it, so many windows in a row", async (t, open) => {
  const store = await open();
  const rules = [
    rule({ name: "one", kind: "class", labels: [2], confidence: 0.8, windows: 1 }),
    rule({ name: "three", kind: "class", labels: [1, 2], confidence: 0.8, windows: 3 }),
  ];
  let now = start;
  const look = () => found(store, rules, (now += 60));
  await report(store, now, 2, 0.7);
  t.deepEqual(await look(), { opened: 0, closed: 0 }, "not sure");
  await report(store, now, 2, 0.9);
  t.deepEqual(await look(), { opened: 1, closed: 0 });
  const id = await takeDeferral(store, ++sequence, now, 0);
  t.deepEqual(await look(), { opened: 0, closed: 0 }, "an open question is no answer");
  await decide(store, { id, devEui, sequence }, { label: 1, confidence: 0.95 }, now);
  t.deepEqual(await look(), { opened: 0, closed: 1 }, "two in a row, the last of another class");
  await report(store, now, 1, 0.9);
  t.deepEqual(await look(), { opened: 1, closed: 0 }, "three");
  await report(store, now, 0, 0.9);
  t.deepEqual(await look(), { opened: 0, closed: 1 });
  await report(store, now, 2, 0.9, 3);
  t.deepEqual(await look(), { opened: 2, closed: 0 }, "three windows in one report");
});

onEachDatabase(
  "of a node and a rule one alarm is open, and it comes again after a while at the soonest",
  async (t, open) => {
    const [store, other] = [await open(), await open()];
    const rules = [rule({ kind: "battery", by: "volts", below: 3.3, clear: 3.4, repeatSeconds: hour })];
    await health(store, start, 3000);
    const looks = await Promise.all(
      [store, other, store, other].map((one) => found(one, rules, start + 10, ["a", "b"])),
    );
    t.deepEqual(
      looks.filter((look) => look !== undefined),
      [{ opened: 1, closed: 0 }],
      "one process looks at a time",
    );
    t.is((await store.db.selectFrom("alarmDeliveries").selectAll().execute()).length, 2);
    await health(store, start + 60, 3600);
    t.deepEqual(await found(other, rules, start + 60), { opened: 0, closed: 1 });
    await health(store, start + 120, 3000);
    t.deepEqual(await found(store, rules, start + 120), { opened: 0, closed: 0 });
    t.deepEqual(await found(store, rules, start + 10 + hour), { opened: 1, closed: 0 }, "it is low still");
  },
);

onEachDatabase("a rule is about the nodes that it names, and closes what is no longer its own", async (t, open) => {
  const store = await open();
  const low = { kind: "battery", by: "volts", below: 3.3, clear: 3.4 };
  await health(store, start, 3000);
  t.deepEqual(await found(store, [rule({ ...low, nodes: ["70b3d57ed0000002"] })], start), { opened: 0, closed: 0 });
  t.deepEqual(await found(store, [rule({ ...low, nodes: [devEui] })], start + 10), { opened: 1, closed: 0 });
  t.deepEqual(await found(store, [rule({ ...low, nodes: [] })], start + 20), { opened: 0, closed: 1 });
  t.deepEqual(await found(store, [rule(low)], start + 30), { opened: 1, closed: 0 });
  t.deepEqual(await found(store, [rule({})], start + 40), { opened: 0, closed: 1 }, "another kind");
  t.deepEqual(await found(store, [rule(low)], start + 50), { opened: 1, closed: 0 });
  t.deepEqual(await found(store, [], start + 60), { opened: 0, closed: 1 });
});
