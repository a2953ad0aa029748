import { open } from "node:fs/promises";
import path from "node:path";
import type { RegionName } from "../../device/lorawan/types.js";
import { destinationOf } from "../lib/destination.js";
import { UserError } from "../lib/errors.js";
import { isBusy, openLibsql, type LibsqlDatabase } from "../lib/libsql.js";
import { systemReason } from "../lib/systemreasons.js";
import { convertOldState } from "./oldstate.js";

/** Of the content: 1 and 2 were JSON. */
const version = 3;
/** Of the file, so that no other database is taken for one. */
const applicationId = 0x6c6f616d;
const magic = "SQLite format 3\0";

/** Part and name, such as "device/0004a30b001c0530". */
export type StateEntry = readonly [key: string, value: unknown];

/** What has changed since the last call, each with its present value; undefined removes it. */
export type StateSource = () => Iterable<StateEntry>;

/**
 * The network server's state in a SQLite file: what has changed is written, whatever the number of nodes, all or nothing. A node that is no longer
 * registered stays in it, with its DevNonce.
 */
export class StateFile {
  readonly #file: string;
  readonly #database: LibsqlDatabase;
  readonly #sources: StateSource[] = [];
  /** Not yet on disk. */
  readonly #pending = new Map<string, unknown>();
  #next: Promise<void> | undefined;

  private constructor(file: string, database: LibsqlDatabase) {
    this.#file = file;
    this.#database = database;
  }

  /** Opens the state, or begins one; one of an earlier version is converted. @throws UserError, which never shows the content: it has keys */
  static async open(file: string, region: RegionName): Promise<StateFile> {
    const { path: place, what } = destinationOf(file);
    if (!["file", "folder", "none"].includes(what))
      throw new UserError(`${file} is a device, a FIFO or a socket; a state is kept in a file`);
    if (what === "none") await (await createPrivate(place)).close();
    else if (!(await isDatabase(file))) await convertOldState(file, region, createState);
    const database = openState(file, region);
    return new StateFile(file, database);
  }

  /** Name and value of everything that one part has stored. */
  entries(part: string): [name: string, value: unknown][] {
    const rows = this.#database.prepare("select key, value from state where key >= ? and key < ? order by key");
    // "0" follows "/".
    return (rows.all(`${part}/`, `${part}0`) as { key: string; value: string }[]).map(({ key, value }) => [
      key.slice(part.length + 1),
      JSON.parse(value) as unknown,
    ]);
  }

  addSource(source: StateSource): void {
    this.#sources.push(source);
  }

  /** Resolves when everything that had changed is on disk; calls of one turn of the event loop share a transaction. @throws UserError when it cannot be written */
  save(): Promise<void> {
    this.#next ??= new Promise((resolve, reject) =>
      setImmediate(() => {
        this.#next = undefined;
        try {
          this.#write();
          resolve();
        } catch (error) {
          reject(new UserError(`cannot write the state ${path.normalize(this.#file)}: ${systemReason(error)}`));
        }
      }),
    );
    return this.#next;
  }

  #write(): void {
    for (const source of this.#sources) for (const [key, value] of source()) this.#pending.set(key, value);
    if (this.#pending.size === 0) return;
    write(this.#database, this.#pending);
    this.#pending.clear();
  }

  close(): void {
    closeState(this.#database);
  }
}

/** In one transaction. */
function write(database: LibsqlDatabase, entries: Iterable<StateEntry>): void {
  const put = database.prepare("insert or replace into state (key, value) values (?, ?)");
  const remove = database.prepare("delete from state where key = ?");
  database.exec("begin immediate");
  try {
    for (const [key, value] of entries) {
      if (value === undefined) remove.run(key);
      else put.run(key, JSON.stringify(value));
    }
    database.exec("commit");
  } catch (error) {
    try {
      database.exec("rollback");
    } catch {
      // After a full disk SQLite has done so itself.
    }
    throw error;
  }
}

/** Its keys are for nobody else. */
async function createPrivate(file: string) {
  try {
    return await open(file, "wx", 0o600);
  } catch (error) {
    throw new UserError(`cannot write the state ${path.normalize(file)}: ${systemReason(error, 0)}`);
  }
}

async function isDatabase(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0);
      return bytesRead === 0 || buffer.toString("latin1") === magic;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new UserError(`cannot read the state ${path.normalize(file)}: ${systemReason(error)}`);
  }
}

/** Writes a state of earlier versions as a new file of this one. */
async function createState(file: string, region: RegionName, entries: Iterable<StateEntry>): Promise<void> {
  await (await createPrivate(file)).close();
  const database = openState(file, region);
  try {
    write(database, entries);
  } finally {
    closeState(database);
  }
}

/** libsql keeps a connection until the garbage collection: its lock is given back now. */
function closeState(database: LibsqlDatabase): void {
  try {
    database.pragma("locking_mode = NORMAL");
    // Takes effect with the next read.
    database.prepare("select key from state limit 1").get();
  } catch {
    // It is no state, or cannot be read: so it has no lock.
  }
  database.close();
}

function openState(file: string, region: RegionName): LibsqlDatabase {
  let database: LibsqlDatabase | undefined;
  try {
    database = openLibsql(file);
    const [{ application_id: id }] = database.pragma("application_id") as [{ application_id: number }];
    const [{ user_version: found }] = database.pragma("user_version") as [{ user_version: number }];
    const [{ count }] = database.prepare("select count(*) as count from sqlite_schema").all() as [{ count: number }];
    const isNew = id === 0 && found === 0 && count === 0;
    if (!isNew && (id !== applicationId || found !== version))
      throw new UserError(`${file}: not a state of loam gateway, or of another version`);
    // No other process has counters of these nodes at the same time.
    database.pragma("locking_mode = EXCLUSIVE");
    // With the write-ahead log the lock could not be given back.
    database.pragma("journal_mode = DELETE");
    // An uplink is acknowledged when its counter is on disk.
    database.pragma("synchronous = FULL");
    database.exec("begin immediate");
    if (isNew) {
      database.exec("create table state (key text primary key, value text not null) without rowid");
      database.exec(`pragma application_id = ${applicationId}`);
      database.exec(`pragma user_version = ${version}`);
      database.prepare("insert into state (key, value) values ('region', ?)").run(JSON.stringify(region));
    }
    database.exec("commit");
    const row = database.prepare("select value from state where key = 'region'").get() as { value: string };
    const before = JSON.parse(row.value) as string;
    if (before !== region)
      throw new UserError(`${file} is the state of a network in ${before}, this one is in ${region}`);
    return database;
  } catch (error) {
    if (database) closeState(database);
    if (error instanceof UserError) throw error;
    if (isBusy(error)) throw new UserError(`${file}: another loam gateway or loam cloud is using this state`);
    throw new UserError(
      `the state ${path.normalize(file)}: ${systemReason(error)}; a state that loam gateway --state has written expected`,
    );
  }
}
