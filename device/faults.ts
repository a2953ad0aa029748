import { causesOf, faultKinds, type Fault, type FaultKind } from "./codec/types.js";
import type { Fields, RetainedPart } from "./flash/fields.js";

/** A fault is reported again only after this many seconds, to the nearest one: windows that are so far apart end some ms earlier or later. */
const repeatSeconds = 6 * 3600;

interface Entry {
  kind: FaultKind;
  /** Or index of the cause. */
  sensor: number | undefined;
  count: number;
  /** When it was last reported. */
  reportedAt: number;
}

function faultOf({ kind, sensor, count }: Entry): Fault {
  if (sensor === undefined) return { kind, count };
  const cause = causesOf(kind)[sensor];
  return cause ? { kind, cause, count } : { kind, sensor, count };
}

/** Counts faults and rate-limits their reports: at once when new, then every `repeatSeconds`. */
export class Faults implements RetainedPart {
  readonly #entries: Entry[] = [];

  /** @param sensor its index, or that of the cause */
  add(kind: FaultKind, sensor?: number, count = 1): void {
    let entry: Entry | undefined;
    for (const known of this.#entries) if (known.kind === kind && known.sensor === sensor) entry = known;
    if (!entry) this.#entries.push((entry = { kind, sensor, count: 0, reportedAt: -Infinity }));
    entry.count += count;
  }

  /** The faults to report now, at most `max`; they count as reported. @param now seconds, monotonic */
  take(now: number, max: number): Fault[] {
    const faults: Fault[] = [];
    for (const entry of this.#entries) {
      if (entry.count === 0 || Math.round(now - entry.reportedAt) < repeatSeconds || faults.length >= max) continue;
      faults.push(faultOf(entry));
      entry.count = 0;
      entry.reportedAt = now;
    }
    return faults;
  }

  /** Counts, and when each was reported. */
  layout(fields: Fields): void {
    const count = fields.number(1, Math.min(this.#entries.length, 255));
    for (let i = 0; i < count; i++) {
      const entry = (this.#entries[i] ??= {
        kind: faultKinds[0],
        sensor: undefined,
        count: 0,
        reportedAt: -Infinity,
      });
      const { sensor, reportedAt } = entry;
      const kind = fields.number(1, faultKinds.indexOf(entry.kind));
      const place = fields.number(1, sensor === undefined ? 0 : sensor + 1);
      const counted = fields.number(4, Math.min(entry.count, 0xffffffff));
      const reported = fields.number(7, reportedAt >= 0 ? Math.round(reportedAt * 1000) + 1 : 0);
      if (!fields.isReading) continue;
      entry.kind = faultKinds[kind] ?? faultKinds[0];
      entry.sensor = place ? place - 1 : undefined;
      entry.count = counted;
      entry.reportedAt = reported > 0 ? (reported - 1) / 1000 : -Infinity;
    }
  }

  /** Puts back faults that could not be reported. */
  restore(faults: readonly Fault[]): void {
    for (const { kind, count, cause, ...rest } of faults) {
      const sensor = cause ? causesOf(kind).indexOf(cause) : rest.sensor;
      this.add(kind, sensor, count);
      for (const entry of this.#entries)
        if (entry.kind === kind && entry.sensor === sensor) entry.reportedAt = -Infinity;
    }
  }
}
