import type { Fields } from "../flash/fields.js";
import { linkDefaults } from "./defaults.js";
import type { Prng } from "./prng.js";
import type { Choice, Exchange } from "./exchange.js";
import { heardOn, joinChoice, joinStart } from "./joinchannels.js";
import { decodeJoinAccept, encodeJoinRequest, type JoinAccept } from "./frames.js";
import type { JoinBackoff } from "./joinbackoff.js";
import type { SessionPersistence } from "./sessionpersistence.js";
import { parseHex } from "../codec/hex.js";
import type { Security } from "./security.js";
import type { Session } from "./session.js";
import { commonJoin, firstJoin } from "./regions/fixed.js";
import { isDownlinkRate } from "./regions/regions.js";
import type { LinkOptions, OtaaCredentials } from "./types.js";

/** JOIN_ACCEPT_DELAY1, ms. */
const acceptDelay = 5000;
const requestBytes = 23;
/** Join requests of which one has a channel: two passes through a fixed plan. */
const channelChoices = 18;
/** ms of waiting between two writes to flash. */
const persistEvery = 600000;
const maxDevNonce = 0xffff;

/** The parts of the MAC that a join needs, and the AppKey of `options.credentials`. */
export interface JoinerParts {
  options: LinkOptions;
  session: Session;
  security: Security;
  persistence: SessionPersistence;
  exchange: Exchange;
  backoff: JoinBackoff;
  appKey: Uint8Array;
  prng: Prng;
}

/** Over-the-air activation: join requests, spaced by the back-off, until one is accepted. */
export class Joiner {
  readonly #options: LinkOptions;
  readonly #session: Session;
  readonly #security: Security;
  readonly #persistence: SessionPersistence;
  readonly #exchange: Exchange;
  readonly #backoff: JoinBackoff;
  readonly #appKey: Uint8Array;
  readonly #prng: Prng;
  readonly #devEui: Uint8Array;
  readonly #joinEui: Uint8Array;
  #attempt = 0;
  /** Where the sequence of channels begins (joinchannels.ts). */
  #start = 0;
  /** Where a request was accepted last (`heardOn`); 0: nowhere, or unknown. */
  #heard = 0;
  #lastChannel = -1;
  #isRunning = false;
  /** A join that the program before this one has begun goes on. */
  #isResumed = false;
  #waitsUntil = 0;

  /** @throws RangeError when an EUI of the credentials is not 8 bytes in hexadecimal */
  constructor({ options, session, security, persistence, exchange, backoff, appKey, prng }: JoinerParts) {
    const { devEui, joinEui } = options.credentials as OtaaCredentials;
    this.#devEui = parseHex(devEui, 8, "devEui");
    this.#joinEui = parseHex(joinEui, 8, "joinEui");
    this.#options = options;
    this.#session = session;
    this.#security = security;
    this.#persistence = persistence;
    this.#exchange = exchange;
    this.#backoff = backoff;
    this.#appKey = appKey;
    this.#prng = prng;
  }

  /** All 65,536 DevNonce values were used: this AppKey cannot join again. */
  get exhausted(): boolean {
    return this.#session.devNonce > maxDevNonce;
  }

  /** See Link. */
  get joinsAt(): number {
    return this.#waitsUntil;
  }

  /** Stores or restores a join that is under way. */
  layout(fields: Fields): void {
    const running = fields.number(1, this.#isRunning ? 1 : 0);
    if (fields.isReading) this.#isResumed = running === 1;
    this.#attempt = fields.number(4, this.#attempt);
    this.#start = fields.number(1, this.#start);
    this.#heard = fields.number(1, this.#heard);
    this.#lastChannel = fields.number(1, this.#lastChannel + 1) - 1;
  }

  /** Resolves once there is a session. @throws Error when `stopped` returns true, or when DevNonce is exhausted */
  async run(stopped: () => boolean): Promise<void> {
    const { region } = this.#session.channels;
    if (!this.#isResumed) this.#prepare();
    this.#persistence.remainingWait = 0;
    this.#isResumed = false;
    this.#session.resetLink(region, this.#options.subBand ?? 0);
    this.#isRunning = true;
    try {
      // In a microtask, as sending is: the callers' frames take most of the stack.
      await Promise.resolve();
      await this.#request(stopped);
    } finally {
      this.#isRunning = false;
    }
  }

  #prepare(): void {
    const { channels } = this.#session;
    this.#backoff.start(this.#options.clock.now(), this.#persistence.remainingWait, this.#prng);
    this.#persistence.remainingWait = 0;
    this.#attempt = 0;
    // What worked comes first; after a power cut the stored mask has it.
    this.#start = joinStart(channels, this.#options, this.#heard, (limit) => this.#prng.below(limit));
  }

  get #isSilent(): boolean {
    const { silenceLimit = linkDefaults.silenceLimit } = this.#options;
    return silenceLimit > 0 && this.#session.joined && this.#session.adrAckCnt >= silenceLimit;
  }

  /** See `Link.wantsRejoin`; and the back-off allows a join request now. */
  get isDue(): boolean {
    return this.#isSilent && !this.exhausted && this.#backoff.next <= this.#options.clock.now();
  }

  /** At most one join request, now, while the session goes on until it is accepted. @returns whether there is a new session */
  async once(): Promise<boolean> {
    // In a microtask, as sending is.
    await Promise.resolve();
    const now = this.#options.clock.now();
    if (this.#backoff.next === 0) {
      this.#prepare();
      return false;
    }
    let earliest = now + persistEvery;
    for (let i = 0; i < channelChoices; i++, this.#attempt++) {
      const { at } = this.#choose().choice;
      if (at <= now) {
        const isAccepted = await this.#try(() => false);
        this.#attempt++;
        return isAccepted;
      }
      earliest = Math.min(earliest, at);
    }
    this.#backoff.next = earliest;
    return false;
  }

  /** A downlink has come: the session works after all. */
  heard(): void {
    if (this.#isSilent) this.#backoff.reset();
  }

  #choose(): { dataRate: number; choice: Choice } {
    const { region } = this.#session.channels;
    const { dataRate, isAllowed } = joinChoice(region, this.#attempt, this.#start, this.#options);
    return { dataRate, choice: this.#exchange.choose(dataRate, requestBytes, this.#lastChannel, isAllowed) };
  }

  async #request(stopped: () => boolean): Promise<void> {
    for (;;) {
      await this.#waitUntil(stopped, this.#backoff.next);
      if (stopped()) throw new Error("closed while joining");
      if (this.exhausted)
        throw new Error("all 65,536 DevNonce values of this AppKey are used: give the node a new AppKey");
      if (await this.#try(stopped)) return;
      this.#attempt++;
    }
  }

  /** Waits. The remaining time is persisted periodically, so that a node with a loose battery contact joins in the end. */
  async #waitUntil(stopped: () => boolean, until: number): Promise<void> {
    const { clock, onWait } = this.#options;
    this.#waitsUntil = until;
    onWait?.();
    try {
      while (until > clock.now() + persistEvery) {
        await clock.until(clock.now() + persistEvery);
        if (stopped()) return;
        this.#backoff.count(clock.now());
        this.#persistence.saveCounters();
      }
      await clock.until(until);
    } finally {
      this.#waitsUntil = 0;
    }
  }

  async #try(stopped: () => boolean): Promise<boolean> {
    const session = this.#session;
    const { clock } = this.#options;
    const { dataRate, choice } = this.#choose();
    await this.#waitUntil(stopped, choice.at);
    if (stopped() || !(await this.#exchange.isFree(choice.channel))) return false;
    this.#lastChannel = choice.channel;
    // Persist before transmitting: neither a reset nor a power cut can reuse a DevNonce or shorten the back-off.
    const devNonce = session.devNonce++;
    this.#backoff.sent(this.#exchange.airtime(dataRate, requestBytes), clock.now(), this.#prng);
    this.#exchange.reserve(choice.channel, dataRate, requestBytes);
    this.#persistence.saveCounters();
    this.#options.memory?.commit();
    const frame = encodeJoinRequest(this.#security, this.#appKey, this.#joinEui, this.#devEui, devNonce);
    const windows = this.#exchange.joinWindows(choice.channel, dataRate, acceptDelay);
    const end = await this.#exchange.transmit(frame, choice.channel, dataRate, windows, "join", devNonce);
    return this.#exchange.listen(end, windows, ({ payload }) => {
      const accept = decodeJoinAccept(this.#security, this.#appKey, payload, devNonce);
      if (!accept || !this.#isNew(accept)) return false;
      this.#begin(accept, choice.channel, dataRate);
      return true;
    });
  }

  /** A join accept does not identify its request, so an old one could be replayed: JoinNonce must increase. */
  #isNew({ joinNonce }: JoinAccept): boolean {
    const { joinNonceCounter = linkDefaults.joinNonceCounter } = this.#options;
    return joinNonceCounter ? joinNonce > this.#session.joinNonce : joinNonce !== this.#session.joinNonce;
  }

  #begin(accept: JoinAccept, channel: number, dataRate: number): void {
    const session = this.#session;
    const { channels } = session;
    const { region } = channels;
    const { subBand = 0 } = this.#options;
    const join = commonJoin(region, channel - firstJoin);
    session.resetLink(region, subBand, join?.plan);
    session.rx2Frequency = channels.rx2Frequency(channel);
    session.joined = true;
    session.joinNonce = accept.joinNonce;
    session.devAddr = accept.devAddr;
    session.netId = accept.netId;
    session.nwkSKey.set(accept.nwkSKey);
    session.appSKey.set(accept.appSKey);
    session.rx1Offset = accept.rx1Offset;
    if (isDownlinkRate(region, accept.rx2DataRate)) session.rx2DataRate = accept.rx2DataRate;
    session.rxDelay = accept.rxDelay;
    if (region.fixed) {
      this.#heard = heardOn(channels, channel);
      // Most gateways hear one sub-band: without a channel list the node stays where it was heard, until the network enables other channels.
      if (subBand === 0) channels.useSubBand(channels.subBandOf(join?.channel ?? channel));
    }
    if (accept.channelList) channels.applyList(accept.channelList);
    // The network received this data rate; a fixed plan's 500 kHz data rate maps to the fastest of 125 kHz.
    const heard = dataRate === channels.fixed?.wide?.dataRate ? region.uplinkRates[1] : dataRate;
    session.dataRate = this.#options.dataRate ?? heard;
    session.repair();
    this.#backoff.reset();
    this.#persistence.saveAll();
  }
}
