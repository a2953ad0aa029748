/** What a node says of what its sensors measure while a host records it (docs/serial.md). Numbers are little-endian. Pure: the node and the tools use the same. */
import { PayloadError } from "../codec/types.js";
import { decodeUtf8, encodeUtf8 } from "../codec/utf8.js";
import { FieldReader, FieldWriter, type Fields } from "../flash/fields.js";
import { maxContent, maxFrame } from "./frames.js";

const headBytes = 5;
/** Float32 samples in a frame. */
export const frameSamples = (maxContent - headBytes) >> 2;
/** Bytes of a frame beside the samples: its zeros, COBS, kind, number, CRC-32, and the head of the samples. */
const frameCost = 3 + 2 + 4 + headBytes;

/** Of one sensor, one after another. */
export interface Samples {
  sensor: number;
  /** Of the first one, counted from the session's beginning: what lies between two frames is lost. */
  index: number;
  values: Float32Array;
}

/** @param count at most `frameSamples` @param offset is added to each */
export function encodeSamples(
  sensor: number,
  index: number,
  values: Float32Array,
  from: number,
  count: number,
  offset: number,
): Uint8Array {
  const content = new Uint8Array(headBytes + 4 * count);
  const view = new DataView(content.buffer);
  view.setUint8(0, sensor);
  view.setUint32(1, index, true);
  for (let i = 0; i < count; i++) view.setFloat32(headBytes + 4 * i, values[from + i]! + offset, true);
  return content;
}

/** @throws PayloadError */
export function decodeSamples(content: Uint8Array): Samples {
  const count = (content.length - headBytes) / 4;
  if (count < 1 || !Number.isInteger(count)) throw new PayloadError(`samples: ${content.length} bytes`);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  return {
    sensor: view.getUint8(0),
    index: view.getUint32(1, true),
    values: Float32Array.from({ length: count }, (_, i) => view.getFloat32(headBytes + 4 * i, true)),
  };
}

/** The answer to a request to record. */
export interface RecordingState {
  /** The host's number of the session. */
  session: number;
  /** Why it does not record; empty: it does. */
  refusal: string;
  /** The node's uptime, ms: of the session's sample 0, 0 as long as sensors warm up; and now. */
  began: number;
  now: number;
  /** The node's time of day, ms since 1970; 0: it does not know it. */
  time: number;
  /** Samples that had no room on the line; and those beyond their sensor's rate. */
  dropped: number;
  surplus: number;
}

function layoutState(fields: Fields, state: RecordingState): void {
  state.session = fields.number(4, state.session);
  state.began = fields.number(7, Math.round(state.began));
  state.now = fields.number(7, Math.round(state.now));
  state.time = fields.number(7, Math.round(state.time));
  state.dropped = fields.number(4, state.dropped);
  state.surplus = fields.number(4, state.surplus);
  const text = encodeUtf8(state.refusal).slice(0, maxContent - 34);
  const length = fields.number(1, text.length);
  const bytes = fields.isReading ? new Uint8Array(length) : text;
  fields.bytes(bytes);
  if (fields.isReading) state.refusal = decodeUtf8(bytes) ?? "refused";
}

export function encodeRecordingState(state: RecordingState): Uint8Array {
  const writer = new FieldWriter(maxContent);
  layoutState(writer, state);
  return writer.result();
}

/** @throws PayloadError */
export function decodeRecordingState(content: Uint8Array): RecordingState {
  const state: RecordingState = { session: 0, refusal: "", began: 0, now: 0, time: 0, dropped: 0, surplus: 0 };
  const reader = new FieldReader(content);
  layoutState(reader, state);
  if (!reader.ok) throw new PayloadError(`recording: ${content.length} bytes are too few`);
  return state;
}

/** How often a sensor is read, and what each read gives. */
export interface Reads {
  rate: number;
  /** ms */
  period: number;
}

/** Bytes on the line of the samples of one read. */
function readBytes({ rate, period }: Reads): number {
  const samples = Math.max(1, Math.ceil((rate * period) / 1000));
  return 4 * samples + frameCost * Math.ceil(samples / frameSamples);
}

/** Bytes a second that the samples of these sensors take on the line. */
export function neededBytes(sensors: readonly Reads[]): number {
  let sum = 0;
  for (const reads of sensors) sum += readBytes(reads) * Math.min(1000 / reads.period, Math.max(reads.rate, 1e-6));
  return Math.ceil(sum);
}

/** Bytes that wait at once, when all sensors were read. */
export function burstBytes(sensors: readonly Reads[]): number {
  let sum = 0;
  for (const reads of sensors) sum += readBytes(reads);
  return sum;
}

/** Bytes a second that a node puts on a line of `baud` bit/s: frame after frame, each begun on a millisecond after the last one's end, and that 1 ms late. */
export const lineBytes = (baud: number): number =>
  Math.floor((1000 * maxFrame) / (Math.ceil((maxFrame * 10_000) / baud) + 1));

/** Bytes that may wait on the node for the line. */
export const roomBytes = 16_384;

/** Why a line cannot carry the samples; undefined: it can. */
export function lineRefusal(sensors: readonly Reads[], baud: number): string | undefined {
  const [needed, had] = [neededBytes(sensors), lineBytes(baud)];
  if (needed > had) return `samples need ${needed} bytes/s; ${baud} baud carry ${had}`;
  const burst = burstBytes(sensors);
  return burst > roomBytes ? `one read of the sensors gives ${burst} bytes, room is ${roomBytes}` : undefined;
}
