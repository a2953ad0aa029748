/** loam cloud as a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { ExecutionContext } from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { abp, otaa } from "../lorawan/simulation.js";

const loam = path.join(loamRoot, "host-tools/bin/loam.js");
export const { devEui } = otaa;

export type Line = Record<string, unknown>;

/** A folder with a description of the cloud, for one node that needs no join. */
export async function cloudFolder(t: ExecutionContext, config: Record<string, unknown> = {}): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-cloud-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, "nodes.json"), JSON.stringify([{ devEui, ...abp }]));
  const network = { kind: "own", port: 0, devices: "nodes.json" };
  await writeFile(
    path.join(folder, "cloud.config.json"),
    JSON.stringify({ network, http: { port: 0 }, names: [{ devEui, name: "north field" }], ...config }),
  );
  return folder;
}

export class CloudProcess {
  readonly lines: Line[] = [];
  stderr = "";
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #waiting: (() => void)[] = [];

  constructor(t: ExecutionContext, folder: string, ...options: string[]) {
    const config = path.join(folder, "cloud.config.json");
    this.#child = spawn(process.execPath, [loam, "cloud", "--json", "--config", config, ...options], {
      cwd: loamRoot,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#ended = once(this.#child, "close");
    this.#child.stderr!.on("data", (text) => (this.stderr += String(text)));
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.lines.push(JSON.parse(line) as Line);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    void this.#ended.then(() => {
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    t.teardown(() => this.end("SIGKILL"));
  }

  /** The first line of an event, which may have come already. @throws when the process ends before */
  async line(event: string): Promise<Line> {
    for (;;) {
      const found = this.lines.find((line) => line["event"] === event);
      if (found) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`loam cloud has ended before "${event}": ${this.stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** @returns its exit code */
  async end(signal: "SIGINT" | "SIGKILL"): Promise<number | null> {
    this.#child.kill(signal);
    await this.#ended;
    return this.#child.exitCode;
  }
}
