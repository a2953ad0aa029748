import Sleep from "sleep";
import Timer from "timer";
import type { Fields, RetainedPart } from "./flash/fields.js";
import type { Retained } from "./retained.js";
import type { SyncedClock } from "./syncedclock.js";

/** ms of sleep from which it is worth to end the program: starting it again takes some hundred. */
const leastSleep = 10_000;
/** ms for the start, before a window begins. */
const startTime = 1000;
/** A sleep is no longer than this, ms: the time that the RTC counts is off by a share of it. */
const mostSleep = 86_400_000;
/** ms after which it is at the earliest looked again whether what kept the program awake is done. */
const leastLook = 1000;
/** ms after what is done at `wakeAt`, which is to come first: its timer may be some ms early, and set again. */
const afterwards = 2;

export interface SleeperParts {
  retained: Retained;
  clock: SyncedClock;
  /** Uptime (ms) of the next window; 0 while one is under way. */
  nextWindow(): number;
  /** ms before it in which its sensors warm up. */
  lead: number;
  /** Uptime (ms) at which something else is to be done; Infinity: nothing. Default: never. */
  wakeAt?(): number;
  /** Uptime (ms) until which nothing is to be sent; Infinity: nothing waits; 0: something is under way. */
  idleUntil(): number;
  /** Called before the sleep; resolves when the radio is ready for it. */
  prepare(): Promise<void>;
  /** The program ends: the outputs have to be held. */
  onSleep(seconds: number): void;
}

/** Ends the program in deep sleep whenever nothing is to be done for a while. All that goes on is in the retained parts and in flash. */
export class Sleeper implements RetainedPart {
  readonly #parts: SleeperParts;
  /** Whether a check is due, or a sleep is being prepared. */
  #isBusy = false;
  #look: ReturnType<typeof Timer.set> | undefined;
  /** Uptime (ms) of the next window, from before the program began. */
  nextWindow = 0;

  constructor(parts: SleeperParts) {
    this.#parts = parts;
  }

  layout(fields: Fields): void {
    // Of a window under way: it is lost with a reset, and the next one begins at once.
    this.nextWindow = fields.milli(this.#parts.nextWindow() || this.#parts.clock.uptime);
  }

  /** To be called whenever something has ended: stores the state, and sleeps if nothing is to be done. */
  check(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    // After what is under way has found something else to do; and its frames are off the stack.
    Timer.set(() => this.#rest());
  }

  /** ms of uptime until something is to be done. */
  #free(): number {
    const { clock, nextWindow, lead, wakeAt, idleUntil } = this.#parts;
    const at = Math.min(nextWindow() - lead, wakeAt?.() ?? Infinity);
    return Math.min(at - startTime, idleUntil()) - clock.uptime;
  }

  #rest(): void {
    this.#parts.retained.commit();
    if (!Sleep.canSleep || this.#free() < leastSleep) {
      this.#isBusy = false;
      this.#lookAgain();
    } else
      void this.#parts.prepare().then(() => {
        this.#isBusy = false;
        this.#sleep();
      });
  }

  /** What is done at `wakeAt` need not say that it has ended: a timer of the app script, or of an actuator. */
  #lookAgain(): void {
    if (this.#look) Timer.clear(this.#look);
    this.#look = undefined;
    const { clock, wakeAt } = this.#parts;
    const ms = (wakeAt?.() ?? Infinity) - clock.uptime;
    if (!Sleep.canSleep || ms > leastSleep + startTime) return;
    this.#look = Timer.set(
      () => {
        this.#look = undefined;
        this.check();
      },
      Math.max(leastLook, Math.ceil(ms) + afterwards),
    );
  }

  #sleep(): void {
    const { retained, clock, onSleep } = this.#parts;
    const free = Math.min(mostSleep, this.#free());
    if (free < leastSleep) return;
    onSleep(free / 1000);
    const until = clock.uptime + free;
    retained.commit(true);
    Sleep.deep(clock.byRtc(until - clock.uptime));
  }
}
