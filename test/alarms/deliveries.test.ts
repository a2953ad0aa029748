import { lookForAlarms } from "../../host-tools/store/alarmWatch.js";
import { listAlarms } from "../../host-tools/store/alarms.js";
import {
  claimDeliveries,
  claimSeconds,
  markDelivered,
  markUndelivered,
  mostTries,
} from "../../host-tools/store/deliveries.js";
import { registerNodes } from "../../host-tools/store/fleet.js";
import type { Store } from "../../host-tools/store/store.js";
import { onEachDatabase } from "../store/databases.js";

const start = 1_900_000_000;
const nodes = 5;

/** Alarms of silent nodes that are told to "a" and "b". */
async function open(store: Store): Promise<void> {
  await registerNodes(
    store,
    Array.from({ length: nodes }, (_, i) => ({ devEui: `70b3d57ed000000${i}`, name: `node ${i}` })),
  );
  await store.db
    .updateTable("nodes")
    .set({ lastSeen: start - 9000 })
    .execute();
  await look(store, start);
}

const look = (store: Store, now: number, channels = ["a", "b"]) =>
  lookForAlarms(
    store,
    {
      ...{ rules: [{ name: "silent", kind: "silent", seconds: 3600, repeatSeconds: 0 }], channels },
      describe: () => ({ what: "silent", value: start - 9000 }),
    },
    now,
  );

onEachDatabase("each delivery is one process's to attempt, until its claim is over", async (t, opened) => {
  const [one, two] = [await opened(), await opened()];
  await open(one);
  const claimed = (
    await Promise.all([one, two, one, two].map((store) => claimDeliveries(store, "a", nodes, start)))
  ).flat();
  t.is(claimed.length, nodes);
  t.is(new Set(claimed.map(({ id }) => id)).size, nodes);
  t.like(claimed[0], { event: "opened", tries: 1, alarm: { rule: "silent", closedAt: null } });
  t.is((await claimDeliveries(one, "b", nodes, start)).length, nodes, "another channel's are others");
  await markDelivered(one, claimed[0]!, start + 1);
  t.deepEqual(await claimDeliveries(two, "a", nodes, start + claimSeconds - 1), []);
  // The process that had them has ended.
  const again = await claimDeliveries(two, "a", nodes, start + claimSeconds);
  t.deepEqual(
    again.map(({ id }) => id).toSorted(),
    claimed
      .slice(1)
      .map(({ id }) => id)
      .toSorted(),
  );
  t.true(again.every(({ tries }) => tries === 2));
});

onEachDatabase("what is not taken is tried later and later, and in the end no more; it is seen", async (t, opened) => {
  const store = await opened();
  await open(store);
  let now = start;
  const pauses: number[] = [];
  for (let tries = 1; tries <= mostTries; tries++) {
    const [one] = await claimDeliveries(store, "a", 1, now);
    t.is(one!.tries, tries);
    await markUndelivered(store, one!, "answer 503", now);
    const { dueAt } = await store.db
      .selectFrom("alarmDeliveries")
      .select("dueAt")
      .where("id", "=", one!.id)
      .executeTakeFirstOrThrow();
    pauses.push(Math.round(dueAt - now));
    // All others wait far longer.
    await store.db.updateTable("alarmDeliveries").set({ doneAt: now }).where("id", "!=", one!.id).execute();
    t.deepEqual(await claimDeliveries(store, "a", 1, dueAt - 1), []);
    now = dueAt;
  }
  t.deepEqual(pauses.slice(0, -1), [10, 40, 160, 640, 2560, ...Array<number>(6).fill(3600)]);
  t.deepEqual(await claimDeliveries(store, "a", 9, now + 1e6), []);
  const failed = (await listAlarms(store, { limit: 9 })).filter((alarm) => alarm.failed > 0);
  t.like(failed, [{ waiting: 0, failed: 1, error: "answer 503" }]);
});

onEachDatabase("that an alarm has closed is told after that it has opened", async (t, opened) => {
  const store = await opened();
  await open(store);
  await store.db
    .updateTable("nodes")
    .set({ lastSeen: start + 5 })
    .execute();
  t.like(await look(store, start + 10), { closed: nodes });
  const first = await claimDeliveries(store, "a", 99, start + 10);
  t.true(first.every(({ event }) => event === "opened") && first.length === nodes);
  t.deepEqual(await claimDeliveries(store, "a", 99, start + 11), []);
  for (const one of first) await markDelivered(store, one, start + 12);
  const second = await claimDeliveries(store, "a", 99, start + 12);
  t.true(second.every(({ event, alarm }) => event === "closed" && alarm.closedAt === start + 10));
  t.is(second.length, nodes);
});

onEachDatabase(
  "a clock that goes back delays nothing, and a channel that is gone is told nothing",
  async (t, opened) => {
    const store = await opened();
    await open(store);
    t.is((await claimDeliveries(store, "a", 1, start - 86400)).length, 1);
    await look(store, start + 10, ["b"]);
    t.deepEqual(await claimDeliveries(store, "a", 99, start + 86400), []);
    t.is((await claimDeliveries(store, "b", 99, start + 86400)).length, nodes);
    const [shown] = await listAlarms(store, { limit: 1 });
    t.like(shown, { waiting: 1, failed: 1 });
    t.regex(shown!.error!, /no such channel/);
  },
);
