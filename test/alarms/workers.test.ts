// Slow: loam cloud as processes, of which one is killed
import path from "node:path";
import type { ExecutionContext } from "ava";
import test from "ava";
import { registerNodes } from "../../host-tools/store/fleet.js";
import { claimSeconds } from "../../host-tools/store/deliveries.js";
import { openStore } from "../../host-tools/store/store.js";
import { needs, postgres } from "../helpers/needs.js";
import { cloudFolder, CloudProcess } from "../service/server.js";
import { postgresPlace } from "../store/databases.js";
import { secret, startReceiver, until, verified } from "./receiver.js";

const nodes = 20;
const low = { kind: "battery", volts: 3.3 };

/**
 * A worker is killed while the receiver of its first message thinks about it; two others go on. All that is told is told, by those that live once,
 * and what the dead one was telling with the same ID again.
 */
async function killedWorker(t: ExecutionContext, database: string | undefined): Promise<void> {
  t.timeout(300_000);
  let isSlow = true;
  const { posts, url } = await startReceiver(t, () => (isSlow ? undefined : 204));
  const alarms = { rules: [low], webhooks: [{ name: "pager", url, secret }] };
  const home = await cloudFolder(t);
  const worker = async () => {
    const folder = await cloudFolder(t, { alarms, database: database ?? `../${path.basename(home)}/cloud.db` });
    return new CloudProcess(t, folder, "--no-page");
  };
  const store = await openStore(database ?? path.join(home, "cloud.db"));
  t.teardown(() => store.close());
  const devEuis = Array.from({ length: nodes }, (_, i) => `70b3d57ed00001${String(i).padStart(2, "0")}`);
  await registerNodes(
    store,
    devEuis.map((devEui) => ({ devEui })),
  );
  await store.db.updateTable("nodes").set({ millivolts: 3000 }).where("devEui", "in", devEuis).execute();

  const first = await worker();
  await until(() => posts.length === 1, "the first message");
  t.like(await first.line("alarms"), { opened: nodes, closed: 0 });
  await first.end("SIGKILL");
  isSlow = false;

  const others = [await worker(), await worker()];
  const ids = () => posts.map(({ headers }) => headers["webhook-id"]);
  await until(() => new Set(ids()).size === nodes, "all but what was being told");
  // The claim of the dead one is over.
  await store.db
    .updateTable("alarmDeliveries")
    .set(({ eb }) => ({ dueAt: eb("dueAt", "-", claimSeconds) }))
    .where("doneAt", "is", null)
    .execute();
  await until(() => posts.length === nodes + 1, "what was being told");
  await store.db.updateTable("nodes").set({ millivolts: 3600 }).where("devEui", "in", devEuis).execute();
  await until(() => posts.length === 2 * nodes + 1, "that all is well");
  for (const one of others) t.is(await one.end("SIGINT"), 0, one.stderr);

  const twice = ids().filter((id, i) => ids().indexOf(id) !== i);
  t.deepEqual(twice, [ids()[0]], "only what the dead one was telling");
  const told = posts.slice(1).map(verified);
  const of = (type: string) => told.filter((body) => body.type === type).map(({ data }) => data["devEui"]);
  t.deepEqual(of("alarm.opened").toSorted(), devEuis);
  t.deepEqual(of("alarm.closed").toSorted(), devEuis);
  const left = await store.db.selectFrom("alarmDeliveries").select("id").where("doneAt", "is", null).execute();
  t.deepEqual(left, []);
}

test("SQLite: each alarm is told, once by processes that live", (t) => killedWorker(t, undefined));
needs(postgres)("PostgreSQL: each alarm is told, once by processes that live", async (t) =>
  killedWorker(t, await postgresPlace()),
);
