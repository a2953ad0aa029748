import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { UserError } from "../lib/errors.js";

/** `loam cloud` as a process of its own. */
export class Worker {
  /** Messages that it has taken from what the broker kept for dead ones. */
  takenOver = 0;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #stderr = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, "close");
    child.stderr!.on("data", (text) => (this.#stderr += String(text)));
  }

  /** @param loam the command line's program @param config file @param database has precedence over the file's @throws UserError when it ends before it is connected */
  static async start(loam: string, config: string, database: string): Promise<Worker> {
    const child = spawn(process.execPath, [loam, "cloud", "--no-page", "--json", "--config", config], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, DATABASE_URL: database },
    });
    const worker = new Worker(child);
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const { event, messages } = JSON.parse(line) as { event: string; messages?: number };
        if (event === "connected") resolve();
        if (event === "taken over") worker.takenOver += messages ?? 0;
      });
      void worker.#ended.then(() => reject(new UserError(`a worker has ended: ${worker.#stderr.trim()}`)));
    });
    return worker;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async end(signal: "SIGINT" | "SIGKILL"): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }
}
