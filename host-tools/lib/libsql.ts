import { createRequire } from "node:module";

/** The part of better-sqlite3's interface that is used, and that libsql has. */
export interface LibsqlDatabase {
  exec(statement: string): void;
  pragma(text: string): unknown;
  prepare(statement: string): LibsqlStatement;
  close(): void;
}

export interface LibsqlStatement {
  readonly reader: boolean;
  run(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  get(...values: unknown[]): unknown;
}

// CommonJS, with the functions of better-sqlite3.
const Database = createRequire(import.meta.url)("libsql") as new (file: string) => LibsqlDatabase;

/** Opens or creates a SQLite database. @throws an error with SQLite's code and message */
export const openLibsql = (file: string): LibsqlDatabase => new Database(file);

/** Whether another process has the database. */
export const isBusy = (error: unknown): boolean => String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");
