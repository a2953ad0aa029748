import type { Fields } from "../flash/fields.js";
import { fromGpsTime } from "../codec/gpstime.js";
import { AdrRequest } from "./linkadr.js";
import { isDownlinkRate, largestRx1Offset } from "./regions/regions.js";
import { readU24, readU32 } from "./security.js";
import type { Session } from "./session.js";

/** Command identifiers of Class A (TS001 1.0.4, section 5). */
export const commandId = {
  linkCheck: 0x02,
  linkAdr: 0x03,
  dutyCycle: 0x04,
  rxParamSetup: 0x05,
  devStatus: 0x06,
  newChannel: 0x07,
  rxTimingSetup: 0x08,
  txParamSetup: 0x09,
  dlChannel: 0x0a,
  deviceTime: 0x0d,
} as const;

/** Payload bytes of requests, after the CID; undefined: unknown, and nothing after it can be parsed. */
export const requestBytes: readonly (number | undefined)[] = [
  undefined,
  undefined,
  2,
  4,
  1,
  4,
  0,
  5,
  1,
  1,
  4,
  undefined,
  undefined,
  5,
];
/** Payload bytes of answers, after the CID. */
export const answerBytes: readonly (number | undefined)[] = [
  undefined,
  undefined,
  0,
  1,
  0,
  1,
  2,
  1,
  0,
  0,
  1,
  undefined,
  undefined,
  0,
];

/** TxParamSetupReq's MaxEIRP codes, dBm. */
const eirpCodes = [8, 10, 12, 13, 14, 16, 18, 20, 21, 24, 26, 27, 29, 30, 33, 36] as const;

export interface CommandContext {
  battery(): number;
  /** SNR in dB of the frame that carried the commands. */
  snr: number;
  /** Whether the network controls data rate and power (ADR). */
  adr: boolean;
  onTime(secondsSince1970: number): void;
  onLinkCheck(margin: number, gateways: number): void;
}

/** Parses the network's MAC commands, applies them to the session and queues the answers for the next uplinks. */
export class MacCommands {
  readonly #session: Session;
  readonly #pending = new Uint8Array(192);
  #pendingLength = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Drops queued answers and requests that are not persistent. */
  reset(): void {
    this.#pendingLength = 0;
  }

  /** Stores or restores the queue. */
  layout(fields: Fields): void {
    this.#pendingLength = Math.min(fields.number(1, this.#pendingLength), this.#pending.length);
    if (this.#pendingLength > 0) fields.bytes(this.#pending.subarray(0, this.#pendingLength));
  }

  /** LinkCheckReq or DeviceTimeReq, with the next uplink; at most one of each. */
  request(id: typeof commandId.linkCheck | typeof commandId.deviceTime): void {
    for (let i = 0; i < this.#pendingLength; i += 1 + answerBytes[this.#pending[i]!]!)
      if (this.#pending[i] === id) return;
    this.#put(id);
  }

  /** Bytes of all queued commands, sticky answers included. */
  get waiting(): number {
    return this.#session.stickyLength + this.#pendingLength;
  }

  /** Bytes of the queued commands that are sent once. */
  get pending(): number {
    return this.#pendingLength;
  }

  /** Whole answers of at most `room` bytes, sticky ones first; the others are removed from the queue. */
  take(room: number): Uint8Array {
    const { sticky, stickyLength } = this.#session;
    const fromSticky = wholeAnswers(sticky, stickyLength, room);
    const fromPending = wholeAnswers(this.#pending, this.#pendingLength, room - fromSticky);
    const bytes = new Uint8Array(fromSticky + fromPending);
    bytes.set(sticky.subarray(0, fromSticky));
    bytes.set(this.#pending.subarray(0, fromPending), fromSticky);
    this.#pending.copyWithin(0, fromPending, this.#pendingLength);
    this.#pendingLength -= fromPending;
    return bytes;
  }

  /** A downlink came: the network has the sticky answers. To be called before its commands are applied. */
  acknowledged(): void {
    this.#session.stickyLength = 0;
  }

  /** Applies `commands` (FOpts or the payload of port 0) in order, up to the first that is unknown or truncated. True when the session changed. */
  apply(commands: Uint8Array, context: CommandContext): boolean {
    let changed = false;
    let at = 0;
    while (at < commands.length) {
      const id = commands[at]!;
      const length = requestBytes[id];
      if (length === undefined || at + 1 + length > commands.length) break;
      if (id === commandId.linkAdr) {
        // Adjacent LinkADRReq form one atomic request.
        const block = new AdrRequest(this.#session, context.adr);
        let count = 0;
        do {
          block.add(commands, at + 1);
          count++;
          at += 5;
        } while (commands[at] === id && at + 5 <= commands.length);
        const status = block.finish();
        for (let i = 0; i < count; i++) this.#put(id, status);
        changed = true;
        continue;
      }
      changed = this.#applyOne(id, commands, at + 1, context) || changed;
      at += 1 + length;
    }
    if (changed) this.#session.repair();
    return changed;
  }

  #applyOne(id: number, bytes: Uint8Array, at: number, context: CommandContext): boolean {
    const session = this.#session;
    const { channels } = session;
    const { region } = channels;
    switch (id) {
      case commandId.linkCheck:
        context.onLinkCheck(bytes[at]!, bytes[at + 1]!);
        return false;
      case commandId.dutyCycle:
        session.maxDCycle = bytes[at]! & 15;
        this.#put(id);
        return true;
      case commandId.rxParamSetup: {
        const offset = (bytes[at]! >> 4) & 7;
        const dataRate = bytes[at]! & 15;
        const frequency = readU24(bytes, at + 1) * 100;
        const status =
          (channels.inRange(frequency) ? 1 : 0) |
          (isDownlinkRate(region, dataRate) ? 2 : 0) |
          (offset <= largestRx1Offset(region) ? 4 : 0);
        if (status === 7) {
          session.rx1Offset = offset;
          session.rx2DataRate = dataRate;
          session.rx2Frequency = frequency;
        }
        this.#stick(id, status);
        return true;
      }
      case commandId.devStatus: {
        const margin = Math.max(-32, Math.min(31, Math.round(context.snr)));
        this.#put(id, context.battery(), margin & 0x3f);
        return false;
      }
      case commandId.newChannel:
        return this.#newChannel(bytes, at);
      case commandId.rxTimingSetup:
        session.rxDelay = bytes[at]! & 15 || 1;
        this.#stick(id);
        return true;
      case commandId.txParamSetup:
        // Regions without it do not answer (TS001 5.7).
        if (!region.txParamSetup) return false;
        session.downlinkDwell = (bytes[at]! & 0x20) !== 0;
        session.uplinkDwell = (bytes[at]! & 0x10) !== 0;
        session.maxEirp = eirpCodes[bytes[at]! & 15]!;
        this.#stick(id);
        return true;
      case commandId.dlChannel: {
        if (region.plan !== "dynamic") return false;
        const index = bytes[at]!;
        const frequency = readU24(bytes, at + 1) * 100;
        const status = (channels.inRange(frequency) ? 1 : 0) | (channels.exists(index) ? 2 : 0);
        if (status === 3) channels.down[index] = frequency;
        this.#stick(id, status);
        return true;
      }
      case commandId.deviceTime:
        context.onTime(fromGpsTime(readU32(bytes, at) + bytes[at + 4]! / 256));
        return false;
    }
    return false;
  }

  #newChannel(bytes: Uint8Array, at: number): boolean {
    const { channels } = this.#session;
    const { region } = channels;
    if (region.plan !== "dynamic") return false;
    const index = bytes[at]!;
    const frequency = readU24(bytes, at + 1) * 100;
    const rates = bytes[at + 4]!;
    const [low, high] = [rates & 15, rates >> 4];
    // The network cannot change default channels; a frequency of 0 removes a channel, its data rates are ignored.
    const free = index >= region.defaultChannels.length && index < channels.count;
    const frequencyOk = free && (frequency === 0 || channels.inRange(frequency));
    const ratesOk =
      free && (frequency === 0 || (low <= high && low >= region.uplinkRates[0] && high <= region.uplinkRates[1]));
    if (frequencyOk && ratesOk) channels.define(index, frequency, rates);
    this.#put(commandId.newChannel, (frequencyOk ? 1 : 0) | (ratesOk ? 2 : 0));
    return frequencyOk && ratesOk;
  }

  /** Answers that do not fit are dropped: the network repeats its request. */
  #put(...answer: number[]): void {
    if (this.#pendingLength + answer.length > this.#pending.length) return;
    this.#pending.set(answer, this.#pendingLength);
    this.#pendingLength += answer.length;
  }

  #stick(...answer: number[]): void {
    const session = this.#session;
    if (session.stickyLength + answer.length > session.sticky.length) return;
    session.sticky.set(answer, session.stickyLength);
    session.stickyLength += answer.length;
  }
}

function wholeAnswers(bytes: Uint8Array, length: number, room: number): number {
  let at = 0;
  while (at < length) {
    const next = at + 1 + answerBytes[bytes[at]!]!;
    if (next > room) break;
    at = next;
  }
  return at;
}
