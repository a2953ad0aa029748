import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  RawNode,
  SelectQueryNode,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
  type SqliteDatabase,
} from "kysely";
import { UserError } from "../lib/errors.js";
import { isBusy, openLibsql, type LibsqlDatabase } from "../lib/libsql.js";
import { systemReason } from "../lib/systemreasons.js";

/** ms that a statement waits, at most, for another process that writes. */
const longestWait = 20000;

type Libsql = LibsqlDatabase & SqliteDatabase;

/** @throws UserError for a file that is no database, or cannot be written */
export function openSqlite(file: string): SqliteDialect {
  let database: Libsql | undefined;
  try {
    database = openLibsql(file) as Libsql;
    // What waits is PatientDriver, so that the event loop does not stand still.
    database.pragma("busy_timeout = 0");
    setPatiently(database, "journal_mode = WAL");
    // What was received is on disk before the network server acknowledges it.
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    return new PatientSqlite(database);
  } catch (error) {
    database?.close();
    throw new UserError(
      `the database ${path.normalize(file)}: ${systemReason(error)}; the file of a database of loam cloud expected, or one that is not there yet in a folder that is`,
    );
  }
}

/** Turns the file into one with a write-ahead log, which another process may do at the same time. */
function setPatiently(database: Libsql, pragma: string): void {
  for (let tries = 0; ; tries++) {
    try {
      database.pragma(pragma);
      return;
    } catch (error) {
      if (!isBusy(error) || tries === 100) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

class PatientSqlite extends SqliteDialect {
  readonly #database: Libsql;

  constructor(database: Libsql) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): SqliteDriver {
    return new PatientDriver(this.#database);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** Migrations are transactions, one process after the other. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Waits while another process writes: when a transaction begins, and never within one. One that only reads first would fail when another process
 * has written meanwhile. What stands outside of transactions, and writes, is one of its own.
 */
class PatientDriver extends SqliteDriver {
  readonly #database: Libsql;
  #isInTransaction = false;

  constructor(database: Libsql) {
    super({ database });
    this.#database = database;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      streamQuery: (...given) => connection.streamQuery(...given),
      executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
        if (this.#isInTransaction || reads(query)) return await connection.executeQuery<R>(query);
        await this.beginTransaction();
        try {
          const result = await connection.executeQuery<R>(query);
          await this.commitTransaction();
          return result;
        } catch (error) {
          await this.rollbackTransaction();
          throw error;
        }
      },
    };
  }

  override async beginTransaction(): Promise<void> {
    const until = performance.now() + longestWait;
    for (;;) {
      try {
        // Not a prepared statement: after SQLITE_BUSY libsql leaves it open, and then no transaction can be committed.
        this.#database.exec("begin immediate");
        this.#isInTransaction = true;
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > until) throw error;
        await sleep(5 + 20 * Math.random());
      }
    }
  }

  override commitTransaction(): Promise<void> {
    return this.#end("commit");
  }

  override rollbackTransaction(): Promise<void> {
    // After a full disk SQLite has done so itself.
    return this.#end("rollback").catch(() => undefined);
  }

  async #end(statement: string): Promise<void> {
    this.#isInTransaction = false;
    this.#database.exec(statement);
    await Promise.resolve();
  }
}

const reads = ({ query, sql }: CompiledQuery): boolean =>
  SelectQueryNode.is(query) || (RawNode.is(query) && /^\s*(select|pragma)\b/i.test(sql));
