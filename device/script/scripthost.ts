import { ScriptMachine } from "script";
import Sleep from "sleep";
import type { ScriptFailure } from "../codec/types.js";
import { errorText } from "../errortext.js";
import { QuotaError } from "./quota.js";
import { mostStrikes, type Strikes } from "./strikes.js";

/** ms of uptime after which a script that could not be started is started again, when there is something for it. */
const retryAfter = 60_000;
/** Events that wait for the end of a window; further ones are dropped. */
const mostWaiting = 16;
/** Bytes that stopped calls may leave behind before the node starts again. */
const mostLost = 4096;
/**
 * Bytes of a text that is compiled at any time, in memory that the node has free: 40 KB at most. A longer one is compiled when the program begins,
 * before the network has its arena.
 */
export const compiledAnytime = 256;

export interface ScriptLimits {
  seconds: number;
  bytes: number;
  stack: number;
  calls: number;
}

/** What happened, and what the script gets. */
export type ScriptEvent = [name: string, ...args: unknown[]];

export interface ScriptHostParts {
  limits: ScriptLimits;
  strikes: Strikes;
  /** Reads the script's text; "": the firmware's own. */
  source(): string;
  /** What the script gets at its start. */
  info(): object;
  /** Answers what the script asks. @throws QuotaError, RangeError, TypeError */
  answer(name: string, args: unknown[]): unknown;
  /** No window is under way. */
  isFree(): boolean;
  /** ms */
  uptime(): number;
  onFailure(failure: ScriptFailure, error: string, strikes: number): void;
  /** A script has three strikes: the firmware's own takes over. */
  onReplaced(error: string): void;
  /** A script other than the firmware's own could not be started. */
  onStartFailed(error: string): void;
  /** The event could not be passed to a script, or it failed with it. */
  onUnhandled(event: ScriptEvent): void;
  /** The event is about to be passed on; events that waited come one after the other. */
  onBegin(event: ScriptEvent): void;
  /** The program is to begin anew: memory is lost until then, or the script is to be compiled. @returns false when it cannot */
  onRestart(): boolean;
}

/**
 * The app script in its machine. It runs between windows, within its limits; whatever it does, the node goes on. A failure is a strike, ends the machine, and the
 * next event begins a new one; after three strikes that runs the firmware's own script.
 */
export class ScriptHost {
  readonly #parts: ScriptHostParts;
  #waiting: ScriptEvent[] = [];
  #id: number;
  #machine: ScriptMachine | undefined;
  #isStarted = false;
  #asked = 0;
  #isCalling = false;
  #failedStart = -Infinity;
  #lastError = "";
  /** Of the script; 0: it has none, or does not run. */
  version = 0;

  constructor(parts: ScriptHostParts) {
    this.#parts = parts;
    const { strikes } = parts;
    const source = parts.source();
    this.#id = source === "" ? 0 : Sleep.checksum(ArrayBuffer.fromString(source)) >>> 0;
    const crash = "the node began anew while it ran";
    if (strikes.crashed === this.#id) this.#strike("crash", crash);
    // Its predecessor is in force again, and has done nothing.
    else if (strikes.crashed !== undefined) parts.onFailure("crash", crash, strikes.of(strikes.crashed));
    if (strikes.of(this.#id) >= mostStrikes) this.#replace("it had three strikes");
  }

  /** Makes its machine. To be called when the program begins, before the network has its arena: what the compiler takes for a long text is not free later. */
  compile(): void {
    const { limits, uptime } = this.#parts;
    const source = this.#source();
    this.version = 0;
    this.#isStarted = false;
    this.#failedStart = uptime();
    try {
      this.#machine = new ScriptMachine({
        bytes: limits.bytes,
        stack: limits.stack,
        module: "script/guest",
        ask: (question) => this.#answer(question),
      });
    } catch (error) {
      this.#failed("memory", errorText(error));
    }
    if (!this.#machine || this.#call("start", source) === undefined) this.#notStarted();
  }

  /** Tells scripts apart; 0: the firmware's own. */
  get id(): number {
    return this.#id;
  }

  /** Its start is under way. */
  get isStarting(): boolean {
    return this.#isCalling && !this.#isStarted;
  }

  #source(): string {
    return this.#id === 0 ? "" : this.#parts.source();
  }

  #notStarted(): void {
    if (this.#id !== 0) this.#parts.onStartFailed(this.#lastError);
  }

  start(): void {
    if (!this.#machine || this.#isStarted) return;
    const version = this.#call("start", JSON.stringify(["start", this.#parts.info()]));
    if (version === undefined) return this.#notStarted();
    this.version = Number(version);
    this.#isStarted = true;
    this.#failedStart = -Infinity;
  }

  /** A new machine for what has failed; with a long text that takes a new program. */
  #startAgain(): void {
    if (this.#parts.uptime() - this.#failedStart < retryAfter) return;
    if (this.#source().length > compiledAnytime && this.#parts.onRestart()) return;
    this.compile();
    this.start();
  }

  /** Passes an event on: at once, or at the window's end. */
  post(...event: ScriptEvent): void {
    if (this.#waiting.length < mostWaiting || event[0] === "onVerdict") this.#waiting.push(event);
    else this.#parts.onUnhandled(event);
    this.flush();
  }

  flush(): void {
    if (this.#isCalling) return;
    while (this.#parts.isFree()) {
      const event = this.#waiting.shift();
      if (!event) return;
      this.#parts.onBegin(event);
      if (!this.#machine) this.#startAgain();
      if (!this.#isStarted || this.#call(event[0], JSON.stringify(event)) === undefined) this.#parts.onUnhandled(event);
    }
  }

  /** @returns what the guest returned; undefined when the script has failed */
  #call(what: string, message: string): string | undefined {
    const { strikes, limits } = this.#parts;
    this.#asked = 0;
    this.#isCalling = true;
    strikes.arm(this.#id);
    const { outcome, text } = this.#machine!.call(message, Math.round(limits.seconds * 1000));
    strikes.disarm();
    this.#isCalling = false;
    if (outcome === "ok" && !text.startsWith("!")) return text;
    if (outcome !== "ok") this.#failed(outcome, `${what}: stopped`);
    else this.#failed(text[1] === "Q" ? "quota" : "exception", text.slice(2));
    return undefined;
  }

  #failed(failure: ScriptFailure, error: string): void {
    this.#lastError = `${failure}: ${error}`;
    const lost = this.#machine?.close() ?? 0;
    this.#machine = undefined;
    this.#isStarted = false;
    this.version = 0;
    this.#strike(failure, error);
    if (lost > mostLost) this.#parts.onRestart();
  }

  /** The script has taken more than it may, but in no call. */
  exceeded(error: string): void {
    this.#failed("quota", error);
  }

  #strike(failure: ScriptFailure, error: string): void {
    const { strikes, onFailure } = this.#parts;
    const count = strikes.add(this.#id);
    onFailure(failure, error, count);
    if (count >= mostStrikes) this.#replace(`${failure}: ${error}`);
  }

  /** The firmware's own goes on as long as the node does. */
  #replace(error: string): void {
    if (this.#id === 0) return;
    this.#id = 0;
    this.#failedStart = -Infinity;
    // Of timers that end with it.
    this.#waiting = this.#waiting.filter(([name]) => name !== "onTimer");
    this.#parts.onReplaced(error);
  }

  #answer(question: string): string {
    if (++this.#asked > this.#parts.limits.calls) return "#";
    let name = "";
    let args: unknown[];
    try {
      [name, ...args] = JSON.parse(question) as [string, ...unknown[]];
      const answer = this.#parts.answer(name, args);
      return answer === undefined ? "=" : `=${JSON.stringify(answer)}`;
    } catch (error) {
      const kind = error instanceof QuotaError ? "Q" : error instanceof RangeError ? "R" : "T";
      return `${kind}${name}: ${error instanceof Error ? error.message : errorText(error)}`;
    }
  }
}
