import { checkRange, confidenceByte, openPayload, readSequence, readTime, stampBytes, writeStamp } from "./stamp.js";
import { PayloadError, type Report } from "./types.js";

/** Lower four bits of the first byte: a count of merged windows follows. */
const counted = 1;

/** 10 bytes, 11 when windows were merged: it fits the slowest data rate of every region. */
export function encodeReport(report: Report): Uint8Array {
  checkRange("label", report.label, 255);
  checkRange("actions", report.actions, 255);
  checkRange("count - 1", report.count - 1, 254);
  const bytes = new Uint8Array(stampBytes + (report.count > 1 ? 4 : 3));
  writeStamp(bytes, report.count > 1 ? counted : 0, report);
  bytes[7] = report.label;
  bytes[8] = confidenceByte(report.confidence);
  bytes[9] = report.actions;
  if (report.count > 1) bytes[10] = report.count;
  return bytes;
}

/** @throws PayloadError */
export function decodeReport(bytes: Uint8Array): Report {
  openPayload(bytes, "report", stampBytes + 3);
  const flags = bytes[0]! & 15;
  const length = stampBytes + (flags & counted ? 4 : 3);
  if (flags & ~counted) throw new PayloadError(`report: unknown flags ${flags}`);
  if (bytes.length !== length) throw new PayloadError(`report: ${bytes.length} bytes, ${length} expected`);
  const count = flags & counted ? bytes[10]! : 1;
  if (count === 0) throw new PayloadError("report: a count of 0 windows");
  return {
    sequence: readSequence(bytes),
    time: readTime(bytes),
    label: bytes[7]!,
    confidence: bytes[8]! / 255,
    actions: bytes[9]!,
    count,
  };
}

/** Merges two reports of the same verdict and actions, with the mean of their confidences weighted by windows; undefined when they differ. */
export function mergeReports(earlier: Report, later: Report): Report | undefined {
  const count = earlier.count + later.count;
  if (earlier.label !== later.label || earlier.actions !== later.actions || count > 255) return undefined;
  const confidence = (earlier.confidence * earlier.count + later.confidence * later.count) / count;
  return { ...earlier, confidence, count };
}
