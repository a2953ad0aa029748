import { confirmedFrom, type Importance } from "./codec/importance.js";
import type { Received } from "./codec/received.js";
import { ports } from "./codec/codec.js";
import { writeSequence, writeTime } from "./codec/stamp.js";
import { errorText } from "./errortext.js";
import type { Fields, RetainedPart } from "./flash/fields.js";
import type { Link } from "./lorawan/link.js";
import type { LinkClock, SendResult } from "./lorawan/types.js";
import { AckRequests } from "./outbox/ackrequests.js";
import { fit, split } from "./outbox/fit.js";
import { mostSends } from "./outbox/memos.js";
import type { Outbox, OutboxItem } from "./outbox/outbox.js";
import type { SyncedTimeSource, TimeServer } from "./timesource.js";

/** The node's event log. */
export type Journal = (event: string, fields: Record<string, unknown>) => void;

/** Limit of uplinks without payload in a row: a network that always sets FPending must not drain the battery. */
const maxFetches = 8;
/**
 * DeviceTimeReq uplinks without payload, before payloads are sent with an estimated timestamp or none: two without an answer. One that a reset
 * interrupted says little about the network, and counts a quarter; a node that is reset by each of its transmissions must send payloads, too.
 */
const interruptedRequest = 1;
const unansweredRequest = 4;
const maxTimeRequests = 2 * unansweredRequest;
/** With this many payloads an outbox takes little RAM, and outlasts a deep sleep without a scan of flash. */
const fewItems = 32;
/** ms to wait after the radio failed, or while the link is busy. */
const radioRetryDelay = 20_000;
/** The share of the duty cycle up to which fragments are fetched: the rest is for payloads. */
export const maxFetchDuty = 0.75;

/** What is fetched by uplinks without payload, as long as it comes. */
export interface Fetcher {
  /** It works on what has come. */
  readonly isBusy: boolean;
  readonly wantsUplink: boolean;
  /** An uplink was sent. */
  fetched(): void;
}

/** Sends the outbox's items one at a time, each in its turn, and removes those that have arrived. */
export class UplinkSender implements RetainedPart {
  readonly #outbox: Outbox;
  readonly #link: Link;
  readonly #clock: LinkClock;
  readonly #timeOfDay: SyncedTimeSource;
  readonly #journal: Journal;
  readonly #onRadioError: (error: unknown) => void;
  readonly #onSent: (isAcknowledged: boolean) => void;
  readonly #onIdle: () => void;
  readonly #fetcher: Fetcher | undefined;
  readonly #timeServer: TimeServer | undefined;
  readonly #acks: AckRequests;
  /** Since the last uplink: the network has answered, and has named payloads that it received. */
  #isHeard = false;
  #isNamed = false;
  /** It has named some that were here. */
  #hasArrived = false;
  /** While it waits: until when; 0: it works. */
  #waitsUntil = 0;
  #isRunning = false;
  /** Ends a wait for the next fetch or repetition. And when such waits end, by the link's clock, those too that a payload has ended: each has a timer, which a later one uses. */
  #wake: (() => void) | undefined;
  readonly #alarms: number[] = [];
  /** Weight of those since the time was known. */
  #timeRequests = 0;

  /** @param options.timeOfDay default: the time is known @param options.onIdle called when it has nothing to do for a while: see `idleUntil` */
  constructor(options: {
    outbox: Outbox;
    link: Link;
    clock: LinkClock;
    timeOfDay?: SyncedTimeSource;
    journal: Journal;
    onRadioError: (error: unknown) => void;
    onSent?: (isAcknowledged: boolean) => void;
    onIdle?: () => void;
    fetcher?: Fetcher | undefined;
    timeServer?: TimeServer;
    acks?: AckRequests;
  }) {
    this.#outbox = options.outbox;
    this.#link = options.link;
    this.#clock = options.clock;
    this.#timeOfDay = options.timeOfDay ?? { isKnown: true, needsSync: false, at: (uptime) => uptime };
    this.#journal = options.journal;
    this.#onRadioError = options.onRadioError;
    this.#onSent = options.onSent ?? (() => undefined);
    this.#onIdle = options.onIdle ?? (() => undefined);
    this.#fetcher = options.fetcher;
    this.#timeServer = options.timeServer;
    this.#acks = options.acks ?? new AckRequests();
  }

  layout(fields: Fields): void {
    this.#timeRequests = fields.number(1, this.#timeRequests);
  }

  /** The link's clock (ms) until which it has nothing to do: Infinity when nothing waits; 0: it is sending, or receiving. A program that begins then goes on from there. */
  get idleUntil(): number {
    if (!this.#isRunning) return Infinity;
    return this.#waitsUntil || this.#link.joinsAt;
  }

  /** To be called when the outbox has an item. */
  kick(): void {
    this.#wake?.();
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run().finally(() => {
      this.#isRunning = false;
      this.#onIdle();
    });
  }

  /** The cloud has these payloads. @param isBatch it names all that it received, other than with a decision */
  received(received: Received, isBatch: boolean): void {
    this.#isHeard = true;
    if (isBatch) {
      this.#isNamed = true;
      this.#acks.named();
    }
    if (this.#outbox.acknowledge(received)) this.#hasArrived = true;
  }

  /** The link's clock (ms) from which a payload may be sent; Infinity: none waits, 0: at once. */
  get #dueAt(): number {
    if (this.#outbox.waiting > 0) return 0;
    return this.#outbox.unanswered > 0 ? this.#acks.dueAt : Infinity;
  }

  async #run(): Promise<void> {
    let fetches = 0;
    for (;;) {
      const dueAt = this.#dueAt;
      const asksServer = this.#timeServer?.isDue;
      const wantsFetch = this.#fetcher?.wantsUplink || (this.#link.wantsUplink && fetches < maxFetches);
      if (dueAt === Infinity && !asksServer && !wantsFetch) return;
      try {
        // In a turn of the event loop of its own: samples may be due, and what called this still occupies the stack.
        await this.#clock.until(this.#clock.now() + 1);
        if (this.#link.state !== "joined") {
          await this.#link.join();
          continue;
        }
        if (this.#link.wantsRejoin) await this.#link.rejoin();
        // The answer may be lost: every uplink carries the request until it comes.
        const { needsSync } = this.#timeOfDay;
        if (needsSync) this.#link.requestTime();
        if (this.#timeOfDay.isKnown) this.#timeRequests = 0;
        let isSent: boolean;
        if (dueAt <= this.#clock.now()) isSent = await (this.#isTimeFirst ? this.#requestTime() : this.#deliver());
        else if (asksServer) isSent = await this.#askServer(this.#timeServer, 1 - maxFetchDuty);
        else if (!wantsFetch) isSent = await this.#until(dueAt, true);
        else {
          isSent = await this.#fetch();
          if (isSent) fetches++;
        }
        if (isSent && needsSync) this.#timeServer?.uplinkEnded();
        if (this.#hasArrived) this.#onSent(true);
        this.#hasArrived = false;
      } catch (error) {
        this.#journal("radio failed", { error: errorText(error) });
        this.#onRadioError(error);
        await this.#wait(radioRetryDelay);
      }
    }
  }

  /** Payloads wait for the time. */
  get #isTimeFirst(): boolean {
    if (this.#timeOfDay.isKnown) return false;
    return this.#timeServer?.isTimeDue ?? this.#timeRequests < maxTimeRequests;
  }

  /** Requests the time before anything is sent, so that payloads carry a timestamp. @returns whether an uplink was sent, as all of these */
  async #requestTime(): Promise<boolean> {
    if (this.#timeServer?.isTimeDue) return this.#askServer(this.#timeServer, 0);
    const at = this.#link.nextSendAt(0);
    if (at > this.#clock.now()) return this.#until(at);
    this.#timeRequests += interruptedRequest;
    const result = await this.#link.fetch();
    if (!result.sent) return this.#until(result.sendAt);
    this.#timeRequests += unansweredRequest - interruptedRequest;
    return true;
  }

  /** Unconfirmed, and once: nothing of it is repeated later. @param spare share of the duty cycle that is left to payloads, which go first when they come meanwhile */
  async #askServer(timeServer: TimeServer, spare: number): Promise<boolean> {
    const payload = timeServer.compose(this.#link.maxPayload());
    const at = payload.length > 0 ? this.#link.nextSendAt(payload.length, spare) : Infinity;
    if (at === Infinity) return this.#wait(radioRetryDelay);
    if (at > this.#clock.now()) return this.#until(at, true);
    const stamp = (bytes: Uint8Array, airtime: number): void => timeServer.stamp(bytes, airtime);
    const result = await this.#link.send(ports.clock, payload, { once: true, stamp });
    if (!result.sent) return this.#refused(result);
    timeServer.sent();
    return true;
  }

  #refused({ reason, sendAt }: Extract<SendResult, { sent: false }>): Promise<false> {
    if (reason === "dutyCycle" || reason === "channelBusy") return this.#until(sendAt);
    if (reason !== "tooLong" && reason !== "notJoined") return this.#wait(radioRetryDelay);
    return Promise.resolve(false);
  }

  /** The network has more downlinks, or waits for an acknowledgement. A payload that comes while it waits goes first */
  async #fetch(): Promise<boolean> {
    const at = this.#link.nextSendAt(0, this.#fetcher?.wantsUplink ? 1 - maxFetchDuty : 0);
    if (at > this.#clock.now()) return this.#until(at, true);
    // Before the answer, which may bring what is fetched.
    this.#fetcher?.fetched();
    const result = await this.#link.fetch();
    if (!result.sent) await this.#until(result.sendAt);
    return result.sent;
  }

  /** The item whose turn it is: a repetition that is due gives way to new payloads, the longer the more often it was sent. */
  #next(): OutboxItem | undefined {
    const fresh = this.#outbox.next();
    if (this.#clock.now() < this.#acks.dueAt) return fresh;
    // A new payload asks about those before it as well.
    if (fresh && this.#isConfirmed(fresh)) return fresh;
    const repeat = this.#outbox.nextRepeat();
    return fresh && !(repeat && repeat.importance - repeat.sends > fresh.importance) ? fresh : repeat;
  }

  #isConfirmed({ port, importance, sends }: OutboxItem): boolean {
    const { unanswered } = this.#outbox;
    // What is on probation waits for an acknowledgement.
    const isAwaited = port === ports.update;
    return (
      (sends > 0 && importance >= confirmedFrom) ||
      this.#acks.isConfirmed(importance, unanswered, isAwaited, this.#clock.now())
    );
  }

  /** Sends the next item, or waits until it may be sent; another may be next by then. */
  async #deliver(): Promise<boolean> {
    const item = this.#next();
    // Undefined: what waited was corrupt in flash.
    if (!item || this.#split(item)) return false;
    const { sequence } = item;
    const payload = fit(item, this.#link.maxPayload());
    const at = this.#link.nextSendAt(payload.length);
    if (at > this.#clock.now()) return this.#until(at);
    const span = this.#outbox.unanswered;
    const confirmed = this.#isConfirmed(item);
    this.#setTimestamp(item, payload);
    this.#outbox.setInFlight(sequence);
    // Before it is on the air: a node that is reset by each of its transmissions gives the others a turn, too.
    this.#outbox.countSend(sequence, 1);
    this.#isHeard = this.#isNamed = false;
    let mayBeOnAir = true;
    let isOver = false;
    let result: SendResult;
    try {
      result = await this.#link.send(item.port, payload, { confirmed });
      mayBeOnAir = isOver = result.sent;
    } finally {
      this.#outbox.setInFlight(-1);
      if (mayBeOnAir) this.#outbox.cancelTimestamp(sequence);
      if (!isOver) this.#outbox.countSend(sequence, -1);
    }
    if (!result.sent) return this.#refused(result);
    this.#journal("sent", {
      sequence: sequence & 0xffff,
      port: item.port,
      bytes: payload.length,
      confirmed,
      acknowledged: result.acknowledged,
      counter: result.counter,
      dataRate: result.dataRate,
    });
    this.#onSent(result.acknowledged);
    this.#settle(item, confirmed, result.acknowledged, span > 0);
    return true;
  }

  /** An item was transmitted. */
  #settle({ sequence, importance }: OutboxItem, confirmed: boolean, isAcked: boolean, isUnanswered: boolean): void {
    const outbox = this.#outbox;
    const now = this.#clock.now();
    if (isAcked || this.#isHeard) {
      if (this.#acks.isSilent) outbox.renew();
      this.#acks.answered(isAcked, this.#isHeard, this.#isNamed, now);
    }
    const mayBeLost = importance < confirmedFrom;
    // While the network is silent an unconfirmed payload is kept, so that it can be sent again.
    if (mayBeLost && !isAcked && this.#acks.isSilent && outbox.count <= fewItems) outbox.keep(sequence);
    else if (mayBeLost || isAcked) outbox.remove(sequence);
    if (isAcked) return;
    if (confirmed) this.#acks.failed((outbox.nextRepeat()?.sends ?? mostSends) >= mostSends, now);
    else if (!mayBeLost && outbox.unanswered > 0) this.#acks.sent(importance, isUnanswered, now);
  }

  /** What does not fit the data rate becomes several items. @returns whether it has */
  #split(item: OutboxItem): boolean {
    const payloads = split(item, this.#link.maxPayload());
    const last = payloads?.pop();
    if (!payloads || !last) return false;
    const outbox = this.#outbox;
    const { port, made } = item;
    const importance = item.importance as Importance;
    const stamped = (payload: Uint8Array): Uint8Array => (writeSequence(payload, outbox.nextSequence), payload);
    const isStored = payloads.every((payload) => outbox.put(port, importance, stamped(payload), made));
    // The last one in the place of all: a power cut leaves nothing out. A status is one without its parts, too.
    const isReplaced =
      (isStored || port === ports.update) && outbox.replace(item.sequence, port, importance, stamped(last), made);
    // What the outbox has no room for is counted as dropped.
    if (!isReplaced) outbox.remove(item.sequence);
    return true;
  }

  /** An estimate is better than nothing once the network does not answer. */
  #setTimestamp(item: OutboxItem, payload: Uint8Array): void {
    const { isKnown, isEstimated = isKnown } = this.#timeOfDay;
    if (item.made === undefined || !isEstimated) return;
    const time = Math.round(this.#timeOfDay.at(item.made));
    this.#outbox.setTimestamp(item.sequence, time);
    writeTime(payload, time);
  }

  #wait(ms: number): Promise<false> {
    return this.#until(this.#clock.now() + ms);
  }

  /** @param mayWake a payload that comes, or whose turn it is, ends it, too. @returns false: nothing was sent */
  async #until(at: number, mayWake = false): Promise<false> {
    if (mayWake) at = Math.min(at, this.#dueAt || at);
    this.#waitsUntil = at;
    this.#onIdle();
    await new Promise<void>((resolve) => {
      if (!mayWake) return void this.#clock.until(at).then(resolve);
      this.#wake = resolve;
      if (this.#alarms.some((alarm) => alarm <= at)) return;
      this.#alarms.push(at);
      void this.#clock.until(at).then(() => {
        this.#alarms.splice(this.#alarms.indexOf(at), 1);
        this.#wake?.();
      });
    });
    this.#wake = undefined;
    this.#waitsUntil = 0;
    return false;
  }
}
