import { checkRange, openPayload, readSequence, readTime, stampBytes, writeStamp } from "./stamp.js";
import { PayloadError, causesOf, faultKinds, hasCause, type Fault, type FaultReport } from "./types.js";

const faultBytes = 3;
/** Upper half of a fault's first byte: no sensor, and no cause. */
const none = 15;

/** How many faults a fault report of `room` bytes holds. */
export function faultsThatFit(room: number): number {
  return Math.max(0, Math.floor((room - stampBytes) / faultBytes));
}

/** Three bytes per fault: sensor or cause, and kind, share the first. */
export function encodeFaultReport(report: FaultReport): Uint8Array {
  checkRange("number of faults - 1", report.faults.length - 1, 78);
  const bytes = new Uint8Array(stampBytes + faultBytes * report.faults.length);
  writeStamp(bytes, 0, report);
  let at = stampBytes;
  for (const fault of report.faults) {
    const { sensor = none, cause } = fault;
    checkRange("sensor", sensor, none);
    checkRange("count - 1", fault.count - 1, Number.MAX_SAFE_INTEGER);
    const count = Math.min(fault.count, 0xffff);
    bytes[at++] = ((cause ? causesOf(fault.kind).indexOf(cause) : sensor) << 4) | faultKinds.indexOf(fault.kind);
    bytes[at++] = count >> 8;
    bytes[at++] = count;
  }
  return bytes;
}

/** @throws PayloadError */
export function decodeFaultReport(bytes: Uint8Array): FaultReport {
  openPayload(bytes, "fault report", stampBytes + faultBytes);
  if (bytes[0]! & 15) throw new PayloadError(`fault report: unknown flags ${bytes[0]! & 15}`);
  if ((bytes.length - stampBytes) % faultBytes)
    throw new PayloadError(`fault report: ${bytes.length} bytes are not a whole number of faults`);
  const faults: Fault[] = [];
  for (let at = stampBytes; at < bytes.length; at += faultBytes) {
    const kind = faultKinds[bytes[at]! & 15];
    if (!kind) throw new PayloadError(`fault report: unknown fault ${bytes[at]! & 15}`);
    const upper = bytes[at]! >> 4;
    const count = (bytes[at + 1]! << 8) | bytes[at + 2]!;
    if (count === 0) throw new PayloadError("fault report: a count of 0");
    if (upper === none) faults.push({ kind, count });
    else if (!hasCause(kind)) faults.push({ kind, sensor: upper, count });
    else if (causesOf(kind)[upper]) faults.push({ kind, cause: causesOf(kind)[upper]!, count });
    else throw new PayloadError(`fault report: unknown cause ${upper}`);
  }
  return { sequence: readSequence(bytes), time: readTime(bytes), faults };
}
