import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { sql } from "kysely";
import { UserError } from "../../host-tools/lib/errors.js";
import { listNodes, registerNodes } from "../../host-tools/store/fleet.js";
import { openStore } from "../../host-tools/store/store.js";
import { freePort } from "../../host-tools/lib/freePort.js";
import { needs, postgres } from "../helpers/needs.js";
import { onEachDatabase, postgresPlace, sqlitePlace } from "./databases.js";

onEachDatabase("several processes may open a new database at once; what was stored is there again", async (t, open) => {
  const [one, two] = await Promise.all([open(), open()]);
  await registerNodes(one, [{ devEui: "aa00000000000001" }]);
  t.is((await listNodes(two, 10)).length, 1);
  t.is((await listNodes(await open(), 10)).length, 1);
});

test("a file that is no database, and a folder that is not there, are refused by name", async (t) => {
  const file = await sqlitePlace(t);
  const text = "this is a letter\n".repeat(100);
  await writeFile(file, text);
  const refused = await t.throwsAsync(openStore(file), { instanceOf: UserError });
  t.true(refused.message.includes(file), refused.message);
  await t.throwsAsync(openStore(path.join(path.dirname(file), "nowhere", "cloud.db")), { instanceOf: UserError });
});

test("a server that is not there is refused by its place, without its password", async (t) => {
  const port = await freePort();
  const refused = await t.throwsAsync(openStore(`postgres://loam:secret@127.0.0.1:${port}/fleet`), {
    instanceOf: UserError,
  });
  t.true(refused.message.includes(`127.0.0.1:${port}/fleet`), refused.message);
  t.false(refused.message.includes("secret"));
});

needs(postgres)("a server that ends a connection amid a transaction does not end the process", async (t) => {
  const place = await postgresPlace();
  const [one, other] = [await openStore(place), await openStore(place)];
  const end = (pid: number) => sql`select pg_terminate_backend(${pid})`.execute(other.db);
  const amid = one.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    await end(rows[0]!.pid);
    await sleep(500);
    await sql`select 1`.execute(trx);
  });
  await t.throwsAsync(amid, { message: /connection|terminat/i });
  t.deepEqual(await listNodes(one, 10), []);
  await one.close();
  await other.close();
});

needs(postgres)("a process that stops amid a transaction holds others up for a while only", async (t) => {
  const store = await openStore(await postgresPlace());
  const { rows } = await sql`show idle_in_transaction_session_timeout`.execute(store.db);
  t.deepEqual(rows, [{ idleInTransactionSessionTimeout: "15s" }]);
  await store.close();
});
