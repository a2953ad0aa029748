import type { Fault, FaultKind } from "./codec/types.js";

/** A fault is reported again only after this many seconds. */
const repeatSeconds = 6 * 3600;

interface Entry {
  kind: FaultKind;
  sensor: number | undefined;
  count: number;
  /** When it was last reported. */
  reportedAt: number;
}

/** Counts faults and rate-limits their reports: at once when new, then every `repeatSeconds`. */
export class Faults {
  readonly #entries: Entry[] = [];

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
      if (entry.count === 0 || now - entry.reportedAt < repeatSeconds || faults.length >= max) continue;
      faults.push(
        entry.sensor === undefined
          ? { kind: entry.kind, count: entry.count }
          : { kind: entry.kind, sensor: entry.sensor, count: entry.count },
      );
      entry.count = 0;
      entry.reportedAt = now;
    }
    return faults;
  }

  /** Puts back faults that could not be reported. */
  restore(faults: readonly Fault[]): void {
    for (const { kind, sensor, count } of faults) {
      this.add(kind, sensor, count);
      for (const entry of this.#entries)
        if (entry.kind === kind && entry.sensor === sensor) entry.reportedAt = -Infinity;
    }
  }
}
