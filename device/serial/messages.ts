/** What host and node say to each other in frames (docs/serial.md). Numbers are little-endian. Pure: the node and the tools use the same. */
import { refusals, updateEvents, type InForce, type Refusal, type UpdateEvent } from "../codec/update.js";
import { decodeUtf8, encodeUtf8 } from "../codec/utf8.js";
import { decodeSettingsReport, type SettingsReport } from "../codec/settingsreport.js";
import { PayloadError } from "../codec/types.js";
import { FieldReader, FieldWriter, type Fields } from "../flash/fields.js";
import { maxContent } from "./frames.js";

export const protocolVersion = 1;

/** Requests. An answer has the same kind plus 128, and the request's number. */
export const kinds = { hello: 1, begin: 2, data: 3, finish: 4, cancel: 5, end: 6, settings: 7, record: 8 } as const;
/** Unasked: what sensors measured, while a host records it (samples.ts). */
export const samplesKind = 0x89;
export const answerBit = 0x80;

/** What is sent: the payload kinds. */
export const payloads = { package: 1, firmware: 2 } as const;

/** Bytes of data of a frame. */
export const chunkBytes = 104;

export interface Begin {
  payload: number;
  bytes: number;
  /** CRC-32 of all of it, by which a transfer is known that goes on. */
  check: number;
}

/** ok; wait: the same request again, later; refused: it is over; none: nothing was begun. */
export const outcomes = ["ok", "wait", "refused", "none"] as const;
export type Outcome = (typeof outcomes)[number];

export interface Answer {
  outcome: Outcome;
  /** Bytes that have come: the transfer goes on there. */
  received: number;
  /** Why it is refused: a code of the payload kind, and a text. */
  code: number;
  detail: string;
}

export interface Hello {
  version: number;
  /** 8 bytes each. */
  devEui: Uint8Array;
  profile: Uint8Array;
  apiLevel: number;
  languageLevel: number;
  /** Sum of 1 << kind of the payloads that it takes. */
  payloads: number;
  /** A package in force has not proved itself. */
  isOnProbation: boolean;
  /** A package has come, and is checked at the program's next start. */
  isStaged: boolean;
  isSafeMode: boolean;
  /** A window is under way. */
  isSampling: boolean;
  /** It says its settings in force, when it is asked. */
  hasSettings: boolean;
  /** It hands what its sensors measure to a host that asks for it. */
  canRecord: boolean;
  /** As in an update status: what is in force, and what has happened last. */
  newest: number;
  script: InForce;
  model: InForce;
  settings: InForce;
  event: UpdateEvent;
  reason: Refusal;
  subject: number;
  /** A transfer that is under way: its payload kind, 0 when there is none. */
  payload: number;
  bytes: number;
  check: number;
  received: number;
  firmware: string;
}

type Layout<T> = (fields: Fields, message: T) => void;

function encode<T>(layout: Layout<T>, message: T): Uint8Array {
  const writer = new FieldWriter(maxContent);
  layout(writer, message);
  return writer.result();
}

/** @throws PayloadError when it is too short. What is behind it, a later version may have. */
function decode<T>(what: string, layout: Layout<T>, message: T, content: Uint8Array): T {
  const reader = new FieldReader(content);
  layout(reader, message);
  if (!reader.ok) throw new PayloadError(`${what}: ${content.length} bytes are too few`);
  return message;
}

/** Its length, and UTF-8, at most `most` bytes: a longer text is cut between two characters. */
function layoutText(fields: Fields, text: string, most: number): string {
  let bytes = fields.isReading ? new Uint8Array(0) : encodeUtf8(text);
  if (bytes.length > most) {
    while ((bytes[most]! & 0xc0) === 0x80) most--;
    bytes = bytes.subarray(0, most);
  }
  const length = fields.number(1, bytes.length);
  if (!fields.isReading) fields.bytes(bytes);
  else fields.bytes((bytes = new Uint8Array(length)));
  return fields.isReading ? (decodeUtf8(bytes) ?? "") : text;
}

function layoutBegin(fields: Fields, begin: Begin): void {
  begin.payload = fields.number(1, begin.payload);
  begin.bytes = fields.number(4, begin.bytes);
  begin.check = fields.number(4, begin.check);
}

export const encodeBegin = (begin: Begin): Uint8Array => encode(layoutBegin, begin);
/** @throws PayloadError */
export const decodeBegin = (content: Uint8Array): Begin =>
  decode("begin", layoutBegin, { payload: 0, bytes: 0, check: 0 }, content);

/** @param data at most `chunkBytes` */
export const encodeData = (offset: number, data: Uint8Array): Uint8Array =>
  encode((fields) => {
    fields.number(4, offset);
    fields.bytes(data);
  }, undefined);

/** @throws PayloadError */
export function decodeData(content: Uint8Array): { offset: number; data: Uint8Array } {
  if (content.length <= 4) throw new PayloadError(`data: ${content.length} bytes are too few`);
  return { offset: new FieldReader(content).number(4, 0), data: content.subarray(4) };
}

function layoutAnswer(fields: Fields, answer: Answer): void {
  answer.outcome = outcomes[fields.number(1, outcomes.indexOf(answer.outcome))] ?? "none";
  answer.received = fields.number(4, answer.received);
  answer.code = fields.number(1, answer.code);
  answer.detail = layoutText(fields, answer.detail, maxContent - 7);
}

export const encodeAnswer = (answer: Answer): Uint8Array => encode(layoutAnswer, answer);
/** @throws PayloadError */
export const decodeAnswer = (content: Uint8Array): Answer =>
  decode("answer", layoutAnswer, { outcome: "none", received: 0, code: 0, detail: "" }, content);

/** Bytes of a part of the settings in force: beside its number there is how many there are. */
export const settingsRoom = maxContent - 1;

/** To begin a recording session, or go on with it. @param session the host's number of it */
export const encodeRecord = (session: number): Uint8Array => encode((fields) => fields.number(4, session), undefined);
/** @throws PayloadError */
export function decodeRecord(content: Uint8Array): number {
  if (content.length < 4) throw new PayloadError(`record: ${content.length} bytes are too few`);
  return new FieldReader(content).number(4, 0);
}

/** @throws PayloadError */
export function decodeSettingsPart(content: Uint8Array): { parts: number; report: SettingsReport } {
  if (content.length < 1) throw new PayloadError("settings: an empty answer");
  return { parts: content[0]!, report: decodeSettingsReport(content.subarray(1)) };
}

const flags = { isOnProbation: 1, isStaged: 2, isSafeMode: 4, isSampling: 8, hasSettings: 16, canRecord: 32 } as const;
const flagNames = Object.keys(flags) as (keyof typeof flags)[];

function layoutHello(fields: Fields, hello: Hello): void {
  hello.version = fields.number(1, hello.version);
  fields.bytes(hello.devEui);
  fields.bytes(hello.profile);
  hello.apiLevel = fields.number(1, hello.apiLevel);
  hello.languageLevel = fields.number(1, hello.languageLevel);
  hello.payloads = fields.number(1, hello.payloads);
  let sum = 0;
  for (const name of flagNames) if (hello[name]) sum |= flags[name];
  sum = fields.number(1, sum);
  for (const name of flagNames) hello[name] = (sum & flags[name]) !== 0;
  hello.newest = fields.number(4, hello.newest);
  for (const part of [hello.script, hello.model, hello.settings]) {
    part.sequence = fields.number(4, part.sequence);
    part.version = fields.number(2, part.version);
  }
  hello.event = updateEvents[fields.number(1, updateEvents.indexOf(hello.event))] ?? "state";
  hello.reason = refusals[fields.number(1, refusals.indexOf(hello.reason))] ?? "none";
  hello.subject = fields.number(4, hello.subject);
  hello.payload = fields.number(1, hello.payload);
  hello.bytes = fields.number(4, hello.bytes);
  hello.check = fields.number(4, hello.check);
  hello.received = fields.number(4, hello.received);
  hello.firmware = layoutText(fields, hello.firmware, maxFirmware);
}

/** Bytes of the firmware's version. */
const maxFirmware = 24;

export const encodeHello = (hello: Hello): Uint8Array => encode(layoutHello, hello);

const nothing = (): InForce => ({ sequence: 0, version: 0 });

/** @throws PayloadError for another version of the protocol, and for what is too short */
export function decodeHello(content: Uint8Array): Hello {
  if (content.length > 0 && content[0] !== protocolVersion)
    throw new PayloadError(`hello: version ${content[0]} of the protocol, ${protocolVersion} expected`);
  return decode(
    "hello",
    layoutHello,
    {
      version: protocolVersion,
      devEui: new Uint8Array(8),
      profile: new Uint8Array(8),
      apiLevel: 0,
      languageLevel: 0,
      payloads: 0,
      isOnProbation: false,
      isStaged: false,
      isSafeMode: false,
      isSampling: false,
      hasSettings: false,
      canRecord: false,
      newest: 0,
      script: nothing(),
      model: nothing(),
      settings: nothing(),
      event: "state",
      reason: "none",
      subject: 0,
      payload: 0,
      bytes: 0,
      check: 0,
      received: 0,
      firmware: "",
    },
    content,
  );
}
