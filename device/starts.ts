import Sleep from "sleep";
import { restartCauses, type RestartCause } from "./codec/types.js";
import type { Faults } from "./faults.js";
import { FieldReader, FieldWriter, type Fields } from "./flash/fields.js";
import type { Journal } from "./uplinksender.js";

/** So many crashes or hangs within so many ms, with no window handled in between, are a boot loop. */
const loopStarts = 4;
const loopMs = 3_600_000;
/** So many, in whatever time, with no uplink sent in between: one that comes only after a window, too. */
const unheardStarts = 8;
/** ms of safe mode, before the node tries again. */
export const safeModeMs = 6 * 3_600_000;

/** Of the record; to be counted up when it changes. */
const layout = 0x53540002;

const isFailure = (cause: RestartCause): boolean => cause === "watchdog" || cause === "panic";

/**
 * The node's starts, in RTC memory of their own: how often, why, and whether it is in a boot loop. A start counts as failed from before
 * anything else runs until a window has been handled, and a crash or hang after that until an uplink has been sent: whatever crashes the node again and again ends in safe
 * mode, unless downlinks reach it in between.
 */
export class Starts {
  /** Why the program began; undefined after a deep sleep. */
  cause: RestartCause | undefined;
  /** By cause. */
  readonly #counts = new Uint16Array(restartCauses.length);
  /** Failed starts in a row, when the first of them was (ms by the RTC), and why the last one failed. */
  #failures = 0;
  #firstFailure = 0;
  #lastFailure: RestartCause = "panic";
  /** Crashes and hangs since an uplink was sent. */
  #unheard = 0;
  /** Since when it is in safe mode, ms by the RTC, and whether it is. */
  #safeSince = 0;
  #isSafe = false;

  constructor() {
    const record = Sleep.readStarts(layout);
    if (record) this.#layout(new FieldReader(new Uint8Array(record)));
    this.cause = Sleep.cause === "timer" ? undefined : Sleep.cause;
    if (this.cause) this.#count(this.cause);
    this.#commit();
  }

  /** The program before this one crashed or hung. */
  get isFailure(): boolean {
    return this.cause !== undefined && isFailure(this.cause);
  }

  /** The node is to run with its link alone. */
  get isSafe(): boolean {
    return this.#isSafe;
  }

  /** What led to safe mode. */
  get lastFailure(): RestartCause {
    return this.#lastFailure;
  }

  /** ms until safe mode ends. */
  get safeFor(): number {
    return Math.max(0, this.#safeSince + safeModeMs - Sleep.rtc);
  }

  /** A window was handled: the node works. */
  handled(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#commit();
  }

  /** An uplink was sent, and its receive windows are over. Safe mode's say nothing of what led to it. */
  sent(): void {
    if (this.#unheard === 0 || this.#isSafe) return;
    this.#unheard = 0;
    this.#commit();
  }

  /** The reset that follows is intended: in a row of crashes it would be one too many. */
  expectReset(): void {
    this.#unheard = 0;
    this.#failures = 0;
    this.#commit();
  }

  /** The next start is a usual one; when that fails too, it is safe mode again. */
  leaveSafeMode(): void {
    this.#isSafe = false;
    this.#failures = loopStarts - 1;
    this.#unheard = unheardStarts - 1;
    this.#firstFailure = Sleep.rtc;
    this.#commit();
  }

  /** The reset that began the program was intended: it is not counted. */
  forgive(): void {
    if (!this.cause) return;
    const index = restartCauses.indexOf(this.cause);
    this.#counts[index] = Math.max(0, this.#counts[index]! - 1);
    this.#failures = Math.max(0, this.#failures - 1);
    this.#unheard = Math.max(0, this.#unheard - 1);
    this.cause = undefined;
    this.#commit();
  }

  /** Starts by cause since the counts were last cleared, other than after a deep sleep. */
  get counts(): Record<RestartCause, number> {
    const counts = {} as Record<RestartCause, number>;
    restartCauses.forEach((cause, index) => (counts[cause] = this.#counts[index]!));
    return counts;
  }

  clearCounts(): void {
    this.#counts.fill(0);
    this.#commit();
  }

  #count(cause: RestartCause): void {
    const index = restartCauses.indexOf(cause);
    this.#counts[index] = Math.min(this.#counts[index]! + 1, 0xffff);
    if (!isFailure(cause)) return;
    const now = Sleep.rtc;
    if (this.#failures === 0 || now - this.#firstFailure > loopMs) {
      this.#failures = 0;
      this.#firstFailure = now;
    }
    this.#lastFailure = cause;
    this.#failures++;
    this.#unheard++;
    if (this.#isSafe || (this.#failures < loopStarts && this.#unheard < unheardStarts)) return;
    this.#isSafe = true;
    this.#safeSince = now;
  }

  #layout(fields: Fields): void {
    for (let i = 0; i < restartCauses.length; i++) this.#counts[i] = fields.number(2, this.#counts[i]!);
    this.#failures = fields.number(1, Math.min(this.#failures, 255));
    this.#unheard = fields.number(1, Math.min(this.#unheard, 255));
    this.#firstFailure = fields.number(7, Math.round(this.#firstFailure));
    this.#lastFailure = restartCauses[fields.number(1, restartCauses.indexOf(this.#lastFailure))] ?? "panic";
    this.#isSafe = fields.number(1, this.#isSafe ? 1 : 0) === 1;
    this.#safeSince = fields.number(7, Math.round(this.#safeSince));
  }

  #commit(): void {
    const writer = new FieldWriter(40);
    this.#layout(writer);
    Sleep.writeStarts(layout, writer.buffer, writer.length);
  }
}

/** After a deep sleep and power-on there is nothing to report. @returns whether there was */
export function reportStart({ cause }: Starts, faults: Pick<Faults, "add">, journal: Journal): boolean {
  if (!cause || cause === "power") return false;
  faults.add("restarted", restartCauses.indexOf(cause));
  journal("restarted", { cause });
  return true;
}
