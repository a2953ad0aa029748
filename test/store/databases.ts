/** Each test of the store runs on every database that it has. */
import { rm, mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { openStore, type Store } from "../../host-tools/store/store.js";
import { needs, postgres } from "../helpers/needs.js";
import { PostgresServer } from "../../host-tools/load/postgres.js";

let server: Promise<PostgresServer> | undefined;
let databases = 0;

test.after.always(async () => {
  await (await server)?.stop();
});

/** The place of an empty PostgreSQL database. */
export async function postgresPlace(): Promise<string> {
  server ??= PostgresServer.start();
  return await (await server).createDatabase(`test${++databases}`);
}

/** The place of an SQLite database, with a folder of its own. */
export async function sqlitePlace(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-store-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return path.join(folder, "cloud.db");
}

/** @param run gets the stores that it asks for: each a connection of its own to one database, as processes have */
export function onEachDatabase(
  title: string,
  run: (t: ExecutionContext, open: () => Promise<Store>) => Promise<void>,
): void {
  const of = (place: (t: ExecutionContext) => Promise<string>) => async (t: ExecutionContext) => {
    const at = await place(t);
    const opened: Store[] = [];
    try {
      await run(t, async () => {
        const store = await openStore(at);
        opened.push(store);
        return store;
      });
    } finally {
      for (const store of opened) await store.close();
    }
  };
  test(`SQLite: ${title}`, of(sqlitePlace));
  needs(postgres)(`PostgreSQL: ${title}`, of(postgresPlace));
}
