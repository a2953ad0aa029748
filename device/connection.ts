import Timer from "timer";
import { errorText } from "./errortext.js";
import type { NodeConfig } from "./config.js";
import { decodeReceived, PayloadError, ports } from "./codec/codec.js";
import type { RetainedPart } from "./flash/fields.js";
import type { Link, LinkHealth } from "./lorawan/link.js";
import { AckRequests } from "./outbox/ackrequests.js";
import type { Outbox } from "./outbox/outbox.js";
import type { Retained } from "./retained.js";
import type { SyncedClock } from "./syncedclock.js";
import type { OpenedLink, OpenFlash, OpenLink, UplinkEvents } from "./uplinks/types.js";
import type { TimeServer } from "./timesource.js";
import { UplinkSender, type Fetcher, type Journal } from "./uplinksender.js";

/** ms until a radio that failed is tried again. */
const radioRetryDelay = 60_000;

/** ms */
const clockMargin = 60_000;

export interface ConnectionParts {
  config: NodeConfig;
  openLink: OpenLink;
  openFlash: OpenFlash;
  /** As in DevStatusAns. */
  battery(): number;
  outbox: Outbox;
  timeOfDay: SyncedClock;
  retained: Retained;
  journal: Journal;
  events: Omit<UplinkEvents, "onWait" | "onRadioError">;
  onRadioError(error: unknown): void;
  /** An uplink was sent, and its receive windows are over. */
  onSent(isAcknowledged: boolean): void;
  /** It has nothing to do for a while: see `idleUntil`. */
  onIdle(): void;
  fetcher: Fetcher | undefined;
  timeServer: TimeServer;
}

/** The way out: opens the link when there is something to send, and sends. The node measures and acts without it. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #acks = new AckRequests();
  #sender: UplinkSender | undefined;
  #link: Link | undefined;
  #shutDown: (() => Promise<void>) | undefined;
  #encryptBlock: OpenedLink["encryptBlock"];
  #isOpening = false;
  /** Uptime (ms) at which a radio that failed is tried again. */
  #retryAt = 0;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    parts.retained.attach("acks", this.#acks);
  }

  /** Sends what is in the outbox. */
  kick(): void {
    if (this.#sender) this.#sender.kick();
    else if (!this.#isOpening) this.#open();
  }

  /**
   * Whether an uplink is due after a deep sleep, within the minute by which the link's clock may be behind. A repetition that is due later can wait for the
   * window's payload: opening the link does not disturb the window then.
   */
  get isDue(): boolean {
    const { outbox, timeOfDay, fetcher } = this.#parts;
    const isRepeatDue = outbox.unanswered > 0 && this.#acks.dueAt <= timeOfDay.atLeast + clockMargin;
    return outbox.waiting > 0 || isRepeatDue || (fetcher?.wantsUplink ?? false);
  }

  /** An acknowledgement that names payloads. */
  receive(payload: Uint8Array): void {
    try {
      this.#sender?.received(decodeReceived(payload), true);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.#parts.journal("bad downlink", { port: ports.acknowledgement, error: error.message });
    }
  }

  /** A decision has come for the deferral with this sequence number. */
  decided(sequence: number): void {
    this.#sender?.received({ first: sequence, map: Uint8Array.of(1) }, false);
  }

  /** Uptime (ms) before which there is nothing to do; Infinity: nothing waits; 0: it is at work. */
  get idleUntil(): number {
    const { timeOfDay, fetcher } = this.#parts;
    if (fetcher?.isBusy) return 0;
    if (this.#sender) {
      const at = this.#sender.idleUntil;
      return at === 0 || at === Infinity ? at : at + timeOfDay.uptime - timeOfDay.atLeast;
    }
    return this.#isOpening ? this.#retryAt : Infinity;
  }

  /** How the open link's flash and airtime fare; undefined: it is not open. */
  takeHealth(): LinkHealth | undefined {
    return this.#link?.takeHealth();
  }

  /** Of the open link; undefined: it is not open, or has none. */
  get encryptBlock(): OpenedLink["encryptBlock"] {
    return this.#encryptBlock;
  }

  /** For a deep sleep. */
  shutDown(): Promise<void> {
    return this.#shutDown?.() ?? Promise.resolve();
  }

  #open(): void {
    const { config, openLink, openFlash, battery, outbox, timeOfDay, retained, journal, events, onIdle, ...parts } =
      this.#parts;
    const { onRadioError, onSent, fetcher, timeServer } = parts;
    this.#isOpening = true;
    this.#retryAt = 0;
    const failed = (error: unknown): void => {
      journal("radio failed", { error: errorText(error) });
      onRadioError(error);
    };
    const memory = {
      attach: (part: RetainedPart) => retained.attach("link", part),
      commit: () => retained.commit(),
      retainLogs: [
        (log: RetainedPart) => retained.attach("sessionLog", log),
        (log: RetainedPart) => retained.attach("sessionMirror", log),
      ] as const,
    };
    // In a microtask: the main module's frame is off the stack then.
    Promise.resolve()
      .then(() =>
        openLink(
          config,
          { ...events, onWait: onIdle, onRadioError: failed },
          { now: () => timeOfDay.atLeast, memory, openFlash, battery },
        ),
      )
      .then(
        ({ link, clock, encryptBlock, shutDown }) => {
          this.#link = link;
          this.#encryptBlock = encryptBlock;
          this.#shutDown = shutDown;
          const sender = new UplinkSender({
            outbox,
            link,
            clock,
            timeOfDay,
            journal,
            onRadioError,
            onSent,
            onIdle,
            fetcher,
            timeServer,
            acks: this.#acks,
          });
          retained.attach("sender", sender);
          this.#sender = sender;
          sender.kick();
        },
        (error: unknown) => {
          failed(error);
          this.#retryAt = timeOfDay.uptime + radioRetryDelay;
          Timer.set(() => this.#open(), radioRetryDelay);
          onIdle();
        },
      );
  }
}
