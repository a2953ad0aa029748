/** What a node says about the packages that it is sent. */
import { checkRange, openPayload, readSequence, readTime, stampBytes, writeStamp } from "./stamp.js";
import { PayloadError, type Stamp } from "./types.js";

/** Why a package or a firmware is refused, or was taken back; the code is the place in this list. */
export const refusals = [
  "none",
  "malformed",
  "wrong length",
  "unknown format",
  "bad signature",
  "older sequence",
  "other profile",
  "API level",
  "language level",
  "too large",
  "unknown section",
  "model refused",
  "arena too small",
  "test vectors differ",
  "other names",
  "bad settings",
  "no public key",
  "storage",
  "script failed",
  "failed starts",
  "no acknowledgement",
  "other board",
  "bad image",
  "on probation",
  "interrupted",
] as const;
export type Refusal = (typeof refusals)[number];

/** A package that a node does not take. */
export class PackageError extends Error {
  override name = "PackageError";

  constructor(
    readonly reason: Refusal,
    readonly detail: string,
  ) {
    super(`${reason}: ${detail}`);
  }
}

/** What happened, to a package or to a firmware; the code is the place in this list. `accepted`: in force, on probation. */
export const updateEvents = [
  "state",
  "accepted",
  "confirmed",
  "refused",
  "taken back",
  "firmware accepted",
  "firmware confirmed",
  "firmware refused",
  "firmware taken back",
] as const;
export type UpdateEvent = (typeof updateEvents)[number];

/** One thing in force. Sequence 0: the firmware's own. */
export interface InForce {
  sequence: number;
  version: number;
}

export interface UpdateStatus extends Stamp {
  event: UpdateEvent;
  reason: Refusal;
  /** Sequence of the package or firmware that it is about; 0: none, or not known. */
  subject: number;
  /** The highest sequence that was ever in force: what comes next must be higher. */
  newest: number;
  script: InForce;
  model: InForce;
  settings: InForce;
  /** CRC-32 of the settings in force; 0: the description's. */
  settingsHash: number;
}

/** Something in force, as far as it was reported. */
export type ReceivedInForce = Pick<InForce, "sequence"> & Partial<InForce>;

/** What the parts of a status tell, each one of them. */
export const statusParts = ["newest", "script", "model", "settings"] as const;
export type StatusPart = (typeof statusParts)[number];

/**
 * A short form, for the slowest data rates, has only what is not optional, and the lower 16 bits of the subject. Parts of a status bring what is in force beside it: `part` says what this one
 * does, without a version, and the event says nothing.
 */
export type ReceivedUpdateStatus = Pick<UpdateStatus, "sequence" | "time" | "event" | "reason" | "subject"> &
  Partial<Pick<UpdateStatus, "newest" | "settingsHash"> & Record<"script" | "model" | "settings", ReceivedInForce>> & {
    part?: StatusPart;
  };

const shortForm = 1;
const partForm = 2;
const shortBytes = stampBytes + 4;
const longBytes = stampBytes + 32;

/** The long form, or the short one where it does not fit. */
export function encodeUpdateStatus(status: UpdateStatus, room: number): Uint8Array {
  const isShort = room < longBytes;
  const bytes = new Uint8Array(isShort ? shortBytes : longBytes);
  if (room < bytes.length) throw new RangeError(`update status: ${room} bytes, at least ${shortBytes} expected`);
  writeStamp(bytes, isShort ? shortForm : 0, status);
  bytes[7] = updateEvents.indexOf(status.event);
  bytes[8] = refusals.indexOf(status.reason);
  if (isShort) {
    bytes[9] = status.subject >> 8;
    bytes[10] = status.subject;
    return bytes;
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(9, status.subject);
  view.setUint32(13, status.newest);
  let at = 17;
  for (const { sequence, version } of [status.script, status.model, status.settings]) {
    checkRange("version", version, 0xffff);
    view.setUint32(at, sequence);
    view.setUint16(at + 4, version);
    at += 6;
  }
  view.setUint32(35, status.settingsHash >>> 0);
  return bytes;
}

/** What does not fit `room` as several payloads: the parts, then the short form. @param bytes of the long form */
export function splitUpdateStatus(bytes: Uint8Array, room: number): Uint8Array[] {
  const status = decodeUpdateStatus(bytes) as UpdateStatus;
  const parts = statusParts.map((part, place) => {
    const payload = new Uint8Array(shortBytes);
    writeStamp(payload, partForm | (place << 2), status);
    const value = part === "newest" ? status.newest : status[part].sequence;
    new DataView(payload.buffer).setUint32(stampBytes, value);
    return payload;
  });
  return [...parts, encodeUpdateStatus(status, room)];
}

/** @throws PayloadError */
export function decodeUpdateStatus(bytes: Uint8Array): ReceivedUpdateStatus {
  openPayload(bytes, "update status", shortBytes);
  const flags = bytes[0]! & 15;
  if (flags & partForm) return decodePart(bytes, flags);
  if (flags & ~shortForm) throw new PayloadError(`update status: unknown flags ${flags}`);
  const length = flags & shortForm ? shortBytes : longBytes;
  if (bytes.length !== length) throw new PayloadError(`update status: ${bytes.length} bytes, ${length} expected`);
  const event = updateEvents[bytes[7]!];
  const reason = refusals[bytes[8]!];
  if (!event) throw new PayloadError(`update status: unknown event ${bytes[7]}`);
  if (!reason) throw new PayloadError(`update status: unknown reason ${bytes[8]}`);
  const stamp = { sequence: readSequence(bytes), time: readTime(bytes) };
  if (flags & shortForm) return { ...stamp, event, reason, subject: (bytes[9]! << 8) | bytes[10]! };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const inForce = (at: number): InForce => ({ sequence: view.getUint32(at), version: view.getUint16(at + 4) });
  return {
    ...stamp,
    event,
    reason,
    subject: view.getUint32(9),
    newest: view.getUint32(13),
    script: inForce(17),
    model: inForce(23),
    settings: inForce(29),
    settingsHash: view.getUint32(35),
  };
}

function decodePart(bytes: Uint8Array, flags: number): ReceivedUpdateStatus {
  if (flags & shortForm) throw new PayloadError(`update status: unknown flags ${flags}`);
  if (bytes.length !== shortBytes)
    throw new PayloadError(`update status: ${bytes.length} bytes, ${shortBytes} expected`);
  const part = statusParts[flags >> 2]!;
  const value = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(stampBytes);
  const stamp = { sequence: readSequence(bytes), time: readTime(bytes) };
  const told = part === "newest" ? { newest: value } : { [part]: { sequence: value } };
  return { ...stamp, event: "state", reason: "none", subject: 0, part, ...told };
}
