import type { Fields } from "../flash/fields.js";
import type { RecordIndex } from "../flash/recordindex.js";

/** Transmissions of a payload: once, and repetitions in turn with others. A network that answers again begins anew. */
export const mostSends = 3;
/**
 * An item's memo, which is in RAM alone: how often it was sent, up to `mostSends`, and above these bits its `made` + 1. Of a retained byte they are
 * above the distance to the sequence number before.
 */
const sendsBits = 2;
const sendsMask = 3;
/** A sequence number of 4 bytes follows. */
const farDistance = 63;

export const memoOf = (made: number): number => ((made + 1) << sendsBits) >>> 0;

/** Undefined: it has none. */
export function madeOf(memo: number): number | undefined {
  const made = memo >>> sendsBits;
  return made > 0 ? made - 1 : undefined;
}

export const sendsOf = (records: RecordIndex, index: number): number => records.memo(index) & sendsMask;

export function setSends(records: RecordIndex, index: number, sends: number): void {
  records.setMemo(index, (records.memo(index) & ~sendsMask) | Math.min(mostSends, sends));
}

/** @param inFlight an item that is left out */
export function layoutMade(fields: Fields, records: RecordIndex, inFlight: number): void {
  const isStored = (index: number): boolean =>
    madeOf(records.memo(index)) !== undefined && records.sequence(index) !== inFlight;
  let stored = 0;
  for (let i = 0; i < records.count; i++) if (isStored(i)) stored++;
  stored = fields.number(1, stored);
  for (let next = 0; stored > 0; stored--) {
    while (next < records.count && !isStored(next)) next++;
    const found = next < records.count ? next++ : -1;
    const sequence = fields.number(4, found < 0 ? 0 : records.sequence(found));
    const made = fields.number(4, found < 0 ? 0 : madeOf(records.memo(found))!);
    const at = fields.isReading ? records.indexOf(sequence) : -1;
    if (at >= 0) records.setMemo(at, memoOf(made));
  }
}

/** A byte an item that was sent, in order of sequence number. */
export function layoutSends(fields: Fields, records: RecordIndex): void {
  let sent = 0;
  for (let i = 0; i < records.count; i++) if (sendsOf(records, i) > 0) sent++;
  sent = fields.number(1, sent);
  let before = 0;
  for (let next = 0; sent > 0; sent--) {
    while (next < records.count && sendsOf(records, next) === 0) next++;
    const found = next < records.count ? next++ : -1;
    const sequence = found < 0 ? before : records.sequence(found);
    const near = Math.min(farDistance, sequence - before);
    const byte = fields.number(1, (near << sendsBits) | (found < 0 ? 0 : sendsOf(records, found)));
    const distance = byte >> sendsBits;
    before = distance === farDistance ? fields.number(4, sequence) : before + distance;
    const at = fields.isReading ? records.indexOf(before) : -1;
    if (at >= 0) setSends(records, at, byte & sendsMask);
  }
}
