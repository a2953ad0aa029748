import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { writeFileAtomicSync } from "../lib/files.js";
import { requireFolder } from "../lib/overwrite.js";
import type { NetworkServer } from "../gateway/networkserver.js";
import type { SimulationEvent } from "./events.js";

interface Persisted {
  /** Of recording, node description, and the package or app script that the node begins with: the state of another one is refused. */
  fingerprint: string;
  network: ReturnType<NetworkServer["save"]> | undefined;
}

/**
 * A simulation's folder: the node's flash, the network server's state, and all events, which show the progress. Every change is on disk
 * before the simulation goes on, so that it can be killed at any moment and started again.
 */
export class SimulationState {
  readonly flash: string;
  /** Events of earlier runs. */
  readonly events: SimulationEvent[] = [];
  readonly #file: string;
  readonly #log: string;
  #state: Persisted;

  /** @throws UserError when the folder belongs to another recording */
  constructor(directory: string, fingerprint: string) {
    requireFolder(directory);
    mkdirSync(directory, { recursive: true });
    this.flash = path.join(directory, "flash.bin");
    this.#file = path.join(directory, "state.json");
    this.#log = path.join(directory, "events.jsonl");
    this.#state = { fingerprint, network: undefined };
    if (existsSync(this.#file)) this.#open(directory);
    else this.#write();
  }

  #open(directory: string): void {
    const found = JSON.parse(readFileSync(this.#file, "utf8")) as Persisted;
    if (found.fingerprint !== this.#state.fingerprint)
      throw new UserError(
        `${directory} holds the state of a simulation of another recording, node, package or app script: choose another folder, or delete it`,
      );
    this.#state = found;
    if (existsSync(this.#log)) this.#readLog();
  }

  get network(): Persisted["network"] {
    return this.#state.network;
  }

  append(event: SimulationEvent): void {
    appendFileSync(this.#log, `${JSON.stringify(event)}\n`);
  }

  saveNetwork(network: Persisted["network"]): void {
    this.#state.network = network;
    this.#write();
  }

  #write(): void {
    writeFileAtomicSync(this.#file, JSON.stringify(this.#state));
  }

  /** Truncates an incomplete last line, written when the simulation was killed. */
  #readLog(): void {
    const text = readFileSync(this.#log, "utf8");
    const whole = text.lastIndexOf("\n") + 1;
    if (whole < text.length) truncateSync(this.#log, Buffer.byteLength(text.slice(0, whole)));
    for (const line of text.slice(0, whole).split("\n"))
      if (line) this.events.push(JSON.parse(line) as SimulationEvent);
  }
}
