import { CamelCasePlugin, Kysely, Migrator, type Migration } from "kysely";
import { UserError } from "../lib/errors.js";
import { bytesAsBuffer, dialectOf, openDialect, requireReachable, type Dialect } from "./dialects.js";
import { first } from "./migrations/0001.js";
import { margin } from "./migrations/0002.js";
import { workers } from "./migrations/0003.js";
import { access } from "./migrations/0004.js";
import { personLabels } from "./migrations/0005.js";
import { sentOrder } from "./migrations/0006.js";
import { networks } from "./migrations/0007.js";
import { candidates } from "./migrations/0008.js";
import { alarms } from "./migrations/0009.js";
import { nodeNetworks } from "./migrations/0010.js";
import type { Tables } from "./tables.js";

/** Where the cloud keeps everything: one schema, in SQLite or PostgreSQL. Its parts are beside this file, each with the queries of one topic. */
export interface Store {
  readonly db: Kysely<Tables>;
  readonly dialect: Dialect;
  close(): Promise<void>;
}

/** In their order; what was released is never changed. */
const migrations = (dialect: Dialect): Record<string, Migration> => ({
  "0001": first(dialect),
  "0002": margin,
  "0003": workers,
  "0004": access,
  "0005": personLabels,
  "0006": sentOrder,
  "0007": networks,
  "0008": candidates,
  "0009": alarms(dialect),
  "0010": nodeNetworks(dialect),
});

/**
 * Opens a database and brings its schema up to date.
 * @param place postgres://..., or a file for SQLite
 * @throws UserError for one that cannot be reached or written, is another program's, or of a later version
 */
export async function openStore(place: string): Promise<Store> {
  const dialect = dialectOf(place);
  const db = new Kysely<Tables>({
    dialect: openDialect(place),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true }), bytesAsBuffer],
  });
  try {
    if (dialect === "postgres") await requireReachable(db, place);
    await migrate(db, dialect);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, dialect, close: () => db.destroy() };
}

async function migrate(db: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const migrator = new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: () => Promise.resolve(migrations(dialect)) },
    migrationTableName: "loam_migrations",
    migrationLockTableName: "loam_migrations_lock",
  });
  const { error } = await migrator.migrateToLatest();
  if (error)
    throw new UserError(
      `the database cannot be brought to this version's schema: ${error instanceof Error ? error.message : JSON.stringify(error)}; a database of loam cloud, or an empty one, expected`,
    );
}
