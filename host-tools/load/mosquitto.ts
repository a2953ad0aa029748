import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../lib/freePort.js";

/** Debian puts it where the PATH of an ordinary user does not look. */
const folders = [...(process.env["PATH"] ?? "").split(path.delimiter), "/usr/sbin", "/usr/local/sbin"];

function find(program: string): string | undefined {
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
}

export const findMosquitto = () => find("mosquitto");

export interface MosquittoOptions {
  /** Of its configuration, after those of the listener; "FOLDER" is its folder. */
  lines?: readonly string[];
  /** Who alone may connect. */
  user?: { name: string; password: string };
  /** Whether what it keeps for who is away is on its disk at once; else it is in memory. Default: true. */
  isPersistent?: boolean;
}

/** An MQTT broker of one's own, in a folder and at a port of its own. */
export class Mosquitto {
  readonly #folder: string;
  #server: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    folder: string,
  ) {
    this.#folder = folder;
  }

  static async start({ lines = [], user, isPersistent = true }: MosquittoOptions = {}): Promise<Mosquitto> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "loam-mosquitto-"));
    const port = await freePort();
    const broker = new Mosquitto(port, folder);
    const users = path.join(folder, "users");
    if (user) {
      await writeFile(users, "");
      execFileSync(find("mosquitto_passwd") ?? "mosquitto_passwd", ["-b", users, user.name, user.password]);
      await chmod(users, 0o600);
    }
    const configuration = [
      // As root it would take another user, who may not read the folder.
      ...(process.getuid?.() === 0 ? ["user root"] : []),
      `listener ${port} 127.0.0.1`,
      ...(user ? ["allow_anonymous false", `password_file ${users}`] : ["allow_anonymous true"]),
      ...(isPersistent
        ? ["persistence true", `persistence_location ${folder}/`, "autosave_on_changes true", "autosave_interval 1"]
        : []),
      ...["max_queued_messages 0", "log_dest none"],
      ...lines.map((line) => line.replaceAll("FOLDER", folder)),
    ];
    await writeFile(path.join(folder, "mosquitto.conf"), `${configuration.join("\n")}\n`);
    await broker.restart();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#server!.pid!;
  }

  /** Starts it again, with what it has kept on its disk. */
  async restart(): Promise<void> {
    const server = spawn(findMosquitto()!, ["-c", path.join(this.#folder, "mosquitto.conf")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#server = server;
    let stderr = "";
    server.stderr.on("data", (text) => (stderr += String(text)));
    for (let tries = 0; !(await this.#listens()); tries++) {
      if (server.exitCode !== null || tries > 200) throw new Error(`mosquitto does not start: ${stderr}`);
      await sleep(50);
    }
  }

  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const server = this.#server;
    if (server?.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  }

  async close(): Promise<void> {
    await this.stop("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #listens(): Promise<boolean> {
    const socket = connect(this.port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
