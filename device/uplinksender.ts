import { confirmedFrom } from "./codec/importance.js";
import { decodeDeferral, encodeDeferral, ports } from "./codec/codec.js";
import { writeTime } from "./codec/stamp.js";
import type { Link } from "./lorawan/link.js";
import type { LinkClock, SendResult } from "./lorawan/types.js";
import type { LogRecord } from "./flash/log.js";
import type { Outbox } from "./outbox/outbox.js";
import type { SyncedClock } from "./knowntime.js";

/** What the node did, for whoever watches. */
export type Journal = (event: string, fields: Record<string, unknown>) => void;

/** ms to wait after a confirmed uplink that was not acknowledged: doubled each time, up to the most. */
const firstPause = 30_000;
const longestPause = 900_000;
/** Uplinks without payload in one go, at most: a network that always has more must not empty the battery. */
const mostFetches = 8;
/** Uplinks without payload that ask for the time before payloads go without it. */
const mostAsks = 2;
/** ms to wait after the radio failed, or while the link does something else. */
const troublePause = 20_000;

/** Brings what is in the outbox to the network, one item at a time, and takes out what has arrived. */
export class UplinkSender {
  readonly #outbox: Outbox;
  readonly #link: Link;
  readonly #clock: LinkClock;
  readonly #timeOfDay: SyncedClock;
  readonly #journal: Journal;
  readonly #onTrouble: (error: unknown) => void;
  #isRunning = false;
  #pause = firstPause;
  #asks = 0;

  /** @param options.timeOfDay default: the time is known */
  constructor(options: {
    outbox: Outbox;
    link: Link;
    clock: LinkClock;
    timeOfDay?: SyncedClock;
    journal: Journal;
    onTrouble: (error: unknown) => void;
  }) {
    this.#outbox = options.outbox;
    this.#link = options.link;
    this.#clock = options.clock;
    this.#timeOfDay = options.timeOfDay ?? { isKnown: true, isDue: false, at: (own) => own };
    this.#journal = options.journal;
    this.#onTrouble = options.onTrouble;
  }

  /** There is something in the outbox. */
  kick(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run().finally(() => (this.#isRunning = false));
  }

  async #run(): Promise<void> {
    // In a turn of its own: joining and sending need as much of the stack as the window, verdict and script that they would stand on.
    await undefined;
    let fetches = 0;
    while (this.#outbox.count > 0 || (this.#link.wantsUplink && fetches < mostFetches)) {
      try {
        await this.#link.join();
        // An answer may be lost: the request goes with every uplink until it comes.
        if (this.#timeOfDay.isDue) this.#link.requestTime();
        if (this.#outbox.count > 0)
          await (this.#timeOfDay.isKnown || this.#asks >= mostAsks ? this.#deliver() : this.#ask());
        else {
          fetches++;
          await this.#fetch();
        }
      } catch (error) {
        this.#onTrouble(error);
        await this.#wait(troublePause);
      }
    }
  }

  /** What waits is to be sent with its time. */
  async #ask(): Promise<void> {
    const at = this.#link.nextSendAt(0);
    if (at > this.#clock.now()) return this.#clock.until(at);
    this.#asks++;
    const result = await this.#link.fetch();
    if (!result.sent) await this.#clock.until(result.sendAt);
  }

  /** The network has more, or waits for an acknowledgement. */
  async #fetch(): Promise<void> {
    const at = this.#link.nextSendAt(0);
    if (at > this.#clock.now()) await this.#clock.until(at);
    if (this.#outbox.count > 0) return;
    const result = await this.#link.fetch();
    if (!result.sent) await this.#clock.until(result.sendAt);
  }

  /** Sends the next item, or waits until it may be sent; what is next may have changed by then. */
  async #deliver(): Promise<void> {
    const item = this.#outbox.next()!;
    const payload = fit(item, this.#link.maxPayload());
    const at = this.#link.nextSendAt(payload.length);
    if (at > this.#clock.now()) return this.#clock.until(at);
    const confirmed = item.importance >= confirmedFrom;
    const result = await this.#send(item, payload, confirmed);
    if (!result.sent) {
      if (result.reason === "dutyCycle" || result.reason === "channelBusy") return this.#clock.until(result.sendAt);
      if (result.reason !== "tooLong" && result.reason !== "notJoined") return this.#wait(troublePause);
      return;
    }
    this.#journal("sent", {
      sequence: item.sequence,
      port: item.port,
      bytes: payload.length,
      confirmed,
      acknowledged: result.acknowledged,
      counter: result.counter,
      dataRate: result.dataRate,
    });
    if (!confirmed || result.acknowledged) {
      this.#outbox.remove(item.sequence);
      this.#pause = firstPause;
      return;
    }
    await this.#wait(this.#pause);
    this.#pause = Math.min(longestPause, 2 * this.#pause);
  }

  async #send(item: LogRecord, payload: Uint8Array, confirmed: boolean): Promise<SendResult> {
    if (item.made !== undefined && this.#timeOfDay.isKnown) {
      const time = Math.floor(this.#timeOfDay.at(item.made));
      this.#outbox.date(item.sequence, time);
      writeTime(payload, time);
    }
    this.#outbox.onItsWay(item.sequence);
    let isOut = true;
    try {
      const result = await this.#link.send(item.port, payload, { confirmed });
      isOut = result.sent;
      return result;
    } finally {
      this.#outbox.onItsWay(-1);
      if (isOut) this.#outbox.leaveUndated(item.sequence);
    }
  }

  #wait(ms: number): Promise<void> {
    return this.#clock.until(this.#clock.now() + ms);
  }
}

/** An item in the room that the data rate in force leaves: only deferrals can be made smaller. */
function fit(item: LogRecord, room: number): Uint8Array {
  if (item.port !== ports.deferral || item.payload.length <= room) return item.payload;
  return encodeDeferral(decodeDeferral(item.payload), room);
}
