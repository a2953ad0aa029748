import { adrAckRequest, adrBackoff } from "./adr.js";
import { MacCommands, commandId } from "./commands.js";
import { Prng } from "./prng.js";
import { linkDefaults } from "./defaults.js";
import { DutyCycle } from "./dutycycle.js";
import { Exchange, type Choice } from "./exchange.js";
import {
  control,
  decodeDataFrame,
  encodeDataFrame,
  frameOverhead,
  isDataFrameFor,
  messageType,
  expandFCnt,
} from "./frames.js";
import { JoinBackoff } from "./joinbackoff.js";
import { Joiner } from "./joiner.js";
import { SessionPersistence } from "./sessionpersistence.js";
import type { Link, LinkHealth } from "./link.js";
import { MacState } from "./macstate.js";
import { openSession } from "./activation.js";
import { maxPayloadAt, regions } from "./regions/regions.js";
import type { Region } from "./regions/types.js";
import { Security } from "./security.js";
import { Session } from "./session.js";
import type { LinkOptions, LinkState, ReceivedPacket, Refusal, SendOptions, SendResult } from "./types.js";

export type { Link } from "./link.js";
export type * from "./types.js";
/** FCntUp is reserved in flash in blocks of this many; a reset skips the rest of its block. */
const fCntBlock = 32;
const maxFCnt = 0xffffffff;
/** A retransmission that the duty cycle delays longer than this (ms) is left to the caller. */
const maxRetransmitDelay = 60000;
/** Bytes of FOpts. */
const maxFOpts = 15;
/** MAC answers take at most this many frames on port 0 before a payload. */
const maxAnswerFrames = 8;
const noBytes = new Uint8Array(0);

/** LoRaWAN 1.0.4 Class A (TS001-1.0.4) for the regions of RP002. One call at a time: a send or a join while another is under way is "busy". */
export class LoRaWAN implements Link {
  readonly #options: LinkOptions;
  readonly #session: Session;
  readonly #security: Security;
  readonly #persistence: SessionPersistence;
  readonly #duty: DutyCycle;
  readonly #exchange: Exchange;
  readonly #commands: MacCommands;
  readonly #prng = new Prng();
  readonly #joiner: Joiner | undefined;
  #state: LinkState = "idle";
  #joining: Promise<void> | undefined;
  #busy = false;
  #closed = false;
  readonly #flags: MacState;

  /** @throws RangeError for credentials, a region or a partition that cannot be used; the message never contains a key */
  constructor(options: LinkOptions) {
    const region = regions[options.region] as Region | undefined;
    if (!region) throw new RangeError(`region ${options.region}: one of ${Object.keys(regions).join(", ")} expected`);
    const { flash, clock, memory } = options;
    const session = new Session(region);
    const security = new Security(options.crypto);
    const duty = new DutyCycle(region);
    const backoff = new JoinBackoff();
    const persistence = new SessionPersistence({ flash, session, duty, backoff, clock, retain: memory?.retainLogs });
    const exchange = new Exchange(options, session, duty, this.#prng);
    this.#options = options;
    this.#session = session;
    this.#security = security;
    this.#persistence = persistence;
    this.#duty = duty;
    this.#exchange = exchange;
    const commands = (this.#commands = new MacCommands(session));
    const { appKey } = openSession(options, session, persistence);
    this.#prng.seed(session.owner, session.devNonce + session.fCntUpLimit, options.radio.random());
    const prng = this.#prng;
    if (appKey) this.#joiner = new Joiner({ options, session, security, persistence, exchange, backoff, prng, appKey });
    this.#flags = new MacState({ session, persistence, duty, backoff, prng, commands, joiner: this.#joiner });
    memory?.attach(this.#flags);
    if (session.joined) this.#state = "joined";
  }

  get joinsAt(): number {
    return this.#joiner?.joinsAt ?? 0;
  }

  get state(): LinkState {
    return this.#state;
  }

  join(): Promise<void> {
    if (this.#session.joined) return Promise.resolve();
    if (!this.#joiner)
      return Promise.reject(
        new Error("the frame counter of this ABP session is exhausted: give the node a new session"),
      );
    this.#joining ??= this.#join(this.#joiner).finally(() => (this.#joining = undefined));
    return this.#joining;
  }

  async #join(joiner: Joiner): Promise<void> {
    this.#setState("joining");
    try {
      await joiner.run(() => this.#closed);
      this.#flags.begin();
      this.#setState("joined");
    } catch (error) {
      this.#setState(joiner.exhausted ? "exhausted" : "idle");
      throw error;
    }
  }

  get wantsRejoin(): boolean {
    return !this.#closed && (this.#joiner?.isDue ?? false);
  }

  async rejoin(): Promise<void> {
    if (this.#busy || this.#joining || !this.wantsRejoin) return;
    this.#busy = true;
    const isNew = await this.#joiner!.once().finally(() => (this.#busy = false));
    if (!isNew) return;
    this.#flags.begin();
    this.#options.onStateChange?.(this.#state);
  }

  async send(port: number, payload: Uint8Array, options: SendOptions = {}): Promise<SendResult> {
    if (!(Number.isInteger(port) && port >= 1 && port <= 223))
      throw new RangeError(`port ${port}: an integer from 1 to 223 expected`);
    return this.#send(port, payload, options);
  }

  get wantsUplink(): boolean {
    return this.#flags.ackDue || this.#flags.fPending;
  }

  fetch(): Promise<SendResult> {
    return this.#send(-1, noBytes, {});
  }

  async #send(port: number, payload: Uint8Array, options: SendOptions): Promise<SendResult> {
    if (this.#busy || this.#joining) return this.#refuse("busy");
    if (!this.#session.joined) return this.#refuse(this.#state === "exhausted" ? "exhausted" : "notJoined");
    const room = this.maxPayload();
    if (payload.length > room) return this.#refuse("tooLong");
    const at = this.nextSendAt(payload.length);
    if (at > this.#options.clock.now()) return this.#refuse("dutyCycle", at);
    this.#busy = true;
    try {
      // In a microtask: what follows needs most of the stack, which the callers would still occupy.
      await Promise.resolve();
      // MAC answers that do not fit in FOpts are sent before the payload, on port 0.
      for (
        let frame = 0;
        frame < maxAnswerFrames && this.#commands.waiting > Math.min(maxFOpts, room - payload.length);
        frame++
      ) {
        const result = await this.#uplink(0, noBytes, {});
        if (!result.sent) return result;
        if (this.#commands.pending === 0) break;
      }
      // The downlinks after those frames may have changed the data rate.
      if (payload.length > this.maxPayload()) return this.#refuse("tooLong");
      return await this.#uplink(port, payload, options);
    } finally {
      this.#busy = this.#flags.isOnAir = false;
    }
  }

  maxPayload(): number {
    return maxPayloadAt(this.#session.channels.region, this.#session.dataRate, this.#session.uplinkDwell);
  }

  nextSendAt(bytes = this.maxPayload(), spare = 0): number {
    return this.#choose(this.#session.dataRate, frameOverhead + bytes, -1, spare).at;
  }

  takeHealth(): LinkHealth {
    return { ...this.#persistence.takeStorage(), duty: this.duty };
  }

  get duty(): number {
    return this.#duty.used(this.#options.clock.now());
  }

  requestTime(): void {
    this.#commands.request(commandId.deviceTime);
  }

  requestLinkCheck(): void {
    this.#commands.request(commandId.linkCheck);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = this.#exchange.isClosed = true;
    this.#options.radio.sleep();
  }

  /** One frame with its retransmissions; MAC answers in FOpts or, on port 0, as the payload. */
  async #uplink(port: number, payload: Uint8Array, { confirmed, once, stamp }: SendOptions): Promise<SendResult> {
    const session = this.#session;
    const { clock, adr = linkDefaults.adr } = this.#options;
    if (session.fCntUp >= maxFCnt) return this.#endOfCounter();
    const room = port === 0 ? this.maxPayload() : Math.min(maxFOpts, this.maxPayload() - payload.length);
    const maxBytes = frameOverhead + payload.length + Math.min(room, this.#commands.waiting);
    let dataRate = session.dataRate;
    let choice = this.#choose(dataRate, maxBytes, -1);
    if (choice.at > clock.now()) return this.#refuse("dutyCycle", choice.at);
    const isFree = this.#exchange.isFree(choice.channel);
    if (isFree !== true && !(await isFree))
      return this.#refuse("channelBusy", clock.now() + 100 + this.#prng.below(1000));
    if (session.fCntUp >= session.fCntUpLimit) session.fCntUpLimit = Math.min(maxFCnt, session.fCntUp + fCntBlock);
    await this.#reserve(choice.channel, dataRate, maxBytes, session.fCntUpLimit !== this.#flags.persistedLimit);
    const answers = this.#commands.take(room);
    const options = port === 0 ? noBytes : answers;
    if (port === 0) payload = answers;
    const counter = session.fCntUp++;
    const bits =
      (adr ? control.adr : 0) |
      (adr && adrAckRequest(session) ? control.adrAckReq : 0) |
      (this.#flags.ackDue ? control.ack : 0);
    this.#flags.ackDue = this.#flags.fPending = false;
    stamp?.(payload, this.#exchange.airtime(dataRate, frameOverhead + options.length + payload.length));
    const frame = encodeDataFrame(this.#security, session.nwkSKey, session.appSKey, {
      type: confirmed ? messageType.confirmedUp : messageType.unconfirmedUp,
      devAddr: session.devAddr,
      control: bits,
      counter,
      options,
      port,
      payload,
    });
    const answer = { received: false, acknowledged: false };
    let transmissions = 0;
    this.#flags.isOnAir = true;
    for (;;) {
      this.#options.memory?.commit();
      const windows = this.#exchange.windows(choice.channel, dataRate, session.rxDelay * 1000);
      const end = await this.#exchange.transmit(frame, choice.channel, dataRate, windows, "uplink", counter);
      await this.#exchange.listen(end, windows, (packet) => this.#receive(packet, end, answer));
      const isLast = ++transmissions >= (once ? 1 : session.nbTrans) || this.#closed;
      if (isLast || (confirmed ? answer.acknowledged : answer.received)) break;
      // The network may have changed the data rate meanwhile; a frame too long for the new one keeps the old.
      if (this.maxPayload() + frameOverhead >= frame.length) dataRate = session.dataRate;
      const again = await this.#waitToRetransmit(dataRate, frame.length, choice.channel);
      if (!again) break;
      choice = again;
    }
    if (!answer.received && ++session.adrAckCnt && adr && adrBackoff(session)) this.#save(true);
    return { sent: true, acknowledged: answer.acknowledged, counter, transmissions, dataRate };
  }

  /** RETRANSMIT_TIMEOUT: 1 to 3 s after the receive windows, and when the duty cycle allows. Undefined when that takes too long. */
  async #waitToRetransmit(dataRate: number, bytes: number, last: number): Promise<Choice | undefined> {
    const { clock } = this.#options;
    await clock.until(clock.now() + 1000 + this.#prng.below(2000));
    const choice = this.#choose(dataRate, bytes, last);
    if (choice.at > clock.now() + maxRetransmitDelay) return undefined;
    await clock.until(choice.at);
    const isFree = this.#exchange.isFree(choice.channel);
    if (isFree !== true && !(await isFree)) return undefined;
    await this.#reserve(choice.channel, dataRate, bytes, false);
    return choice;
  }

  #choose(dataRate: number, bytes: number, avoid: number, spare = 0): Choice {
    const { channels } = this.#session;
    return this.#exchange.choose(dataRate, bytes, avoid, (channel) => channels.isOn(channel), spare);
  }

  /** Persists counter and airtime before transmitting. Beginning a block of flash takes 100 ms: what waits meanwhile, such as a sensor's FIFO, goes before the frame. */
  async #reserve(channel: number, dataRate: number, bytes: number, counter: boolean): Promise<void> {
    const airtime = this.#exchange.reserve(channel, dataRate, bytes);
    if (!airtime && !counter) return;
    this.#save(false);
    await this.#options.clock.until(this.#options.clock.now() + 1);
  }

  /** Accepts a packet that is a new, authentic downlink of this session; anything else changes nothing. */
  #receive(packet: ReceivedPacket, end: number, answer: { received: boolean; acknowledged: boolean }): boolean {
    const session = this.#session;
    const { payload: bytes } = packet;
    if (!isDataFrameFor(bytes, session.devAddr, true)) return false;
    const counter = expandFCnt(session.fCntDown, bytes[6]! | (bytes[7]! << 8));
    const frame =
      counter < 0 ? undefined : decodeDataFrame(this.#security, session.nwkSKey, session.appSKey, bytes, counter);
    if (!frame) return false;
    let changed = session.stickyLength > 0;
    this.#joiner?.heard();
    session.fCntDown = counter;
    session.adrAckCnt = 0;
    answer.received = true;
    if (frame.control & control.ack) answer.acknowledged = true;
    if (frame.type === messageType.confirmedDown) this.#flags.ackDue = true;
    this.#flags.fPending = (frame.control & control.pending) !== 0;
    this.#commands.acknowledged();
    const commands = frame.port === 0 ? frame.payload : frame.options;
    if (commands.length > 0) changed = this.#apply(commands, packet.snr, end) || changed;
    // Persist before acting on it: a replay after a power cut is still refused.
    this.#save(changed);
    if (frame.port > 0) {
      this.#options.onDownlink?.(frame.port, frame.payload, {
        rssi: packet.rssi,
        snr: packet.snr,
        pending: this.#flags.fPending,
        counter,
      });
    }
    return true;
  }

  /** @param everything the counters alone otherwise */
  #save(everything: boolean): void {
    if (everything) this.#persistence.saveAll();
    else this.#persistence.saveCounters();
    this.#flags.persistedLimit = this.#session.fCntUpLimit;
  }

  #apply(commands: Uint8Array, snr: number, end: number): boolean {
    const { adr = linkDefaults.adr, battery, onTime, onLinkCheck } = this.#options;
    return this.#commands.apply(commands, {
      snr,
      adr,
      battery: () => battery?.() ?? 255,
      onTime: (seconds) => onTime?.(seconds, end),
      onLinkCheck: (margin, gateways) => onLinkCheck?.(margin, gateways),
    });
  }

  #endOfCounter(): SendResult {
    this.#session.joined = false;
    this.#persistence.saveAll();
    this.#setState(this.#joiner ? "idle" : "exhausted");
    return this.#refuse(this.#joiner ? "notJoined" : "exhausted");
  }

  #refuse(reason: Refusal, sendAt = this.#options.clock.now()): SendResult {
    return { sent: false, reason, sendAt, maxPayload: this.#session.joined ? this.maxPayload() : 0 };
  }

  #setState(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onStateChange?.(state);
  }
}
