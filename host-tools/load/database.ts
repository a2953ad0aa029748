import { randomBytes } from "node:crypto";
import pg from "pg";
import { UserError } from "../lib/errors.js";

/** A database of a PostgreSQL server for one run, which is dropped after it. */
export async function withDatabase<T>(server: string, use: (url: string, client: pg.Client) => Promise<T>): Promise<T> {
  const name = `loam_bench_${randomBytes(4).toString("hex")}`;
  const admin = new pg.Client({ connectionString: server });
  try {
    await admin.connect();
    await admin.query(`create database ${name}`);
  } catch (error) {
    await admin.end().catch(() => undefined);
    throw new UserError(
      `DATABASE_URL: ${(error as Error).message}; a PostgreSQL server where the user may create databases expected`,
    );
  }
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return await use(url, client);
  } finally {
    await client.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
}
