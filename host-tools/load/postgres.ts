import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { freePort } from "../lib/freePort.js";

/** Debian's folders, the newest version last. */
const versions = "/usr/lib/postgresql";

/** The folder of PostgreSQL's programs; undefined: it is not installed. */
export function findPostgres(): string | undefined {
  const debian = existsSync(versions)
    ? readdirSync(versions)
        .sort((a, b) => Number(a) - Number(b))
        .map((version) => path.join(versions, version, "bin"))
    : [];
  return [...debian, ...(process.env["PATH"] ?? "").split(path.delimiter)].findLast((folder) =>
    existsSync(path.join(folder, "initdb")),
  );
}

/** The server refuses to run as root. */
function user(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (what: string) => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** A PostgreSQL server of one's own, in a folder and at a port of its own. */
export class PostgresServer {
  private constructor(
    readonly port: number,
    readonly pid: number,
    readonly stop: () => Promise<void>,
  ) {}

  /** @param isDurable whether it waits for the disk, as a server does that has something to lose */
  static async start(isDurable = false): Promise<PostgresServer> {
    const programs = findPostgres()!;
    const folder = await mkdtemp(path.join(os.tmpdir(), "loam-postgres-"));
    const who = user();
    if (who.uid !== undefined) await chown(folder, who.uid, who.gid!);
    const data = path.join(folder, "data");
    execFileSync(path.join(programs, "initdb"), ["-D", data, "-U", "loam", "-A", "trust", "-E", "UTF8", "--no-sync"], {
      ...who,
      stdio: ["ignore", "ignore", "pipe"],
      cwd: "/",
    });
    const port = await freePort();
    const server = spawn(
      path.join(programs, "postgres"),
      [
        ...["-D", data, "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"],
        ...["-c", `fsync=${isDurable ? "on" : "off"}`],
      ],
      { ...who, stdio: "ignore", cwd: "/" },
    );
    const ended = new Promise((resolve) => server.once("close", resolve));
    const stop = async () => {
      server.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    };
    const made = new PostgresServer(port, server.pid!, stop);
    for (let tries = 0; ; tries++) {
      const client = new pg.Client({ connectionString: made.url("postgres") });
      try {
        await client.connect();
        await client.end();
        return made;
      } catch (error) {
        if (tries > 100) throw error;
        await sleep(100);
      }
    }
  }

  url(database: string): string {
    return `postgres://loam@127.0.0.1:${this.port}/${database}`;
  }

  /** Makes an empty database. @returns its URL */
  async createDatabase(name: string): Promise<string> {
    const client = new pg.Client({ connectionString: this.url("postgres") });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return this.url(name);
  }
}
