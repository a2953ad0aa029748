import type { Fault, FaultKind } from "./codec/types.js";

/** The same fault is told again after this many seconds. */
const quietSeconds = 6 * 3600;

interface Entry {
  kind: FaultKind;
  sensor: number | undefined;
  count: number;
  /** When it was last told. */
  toldAt: number;
}

/** Counts faults, and says when they are worth a report: at once when new, then now and again. */
export class Faults {
  readonly #entries: Entry[] = [];

  add(kind: FaultKind, sensor?: number, count = 1): void {
    let entry: Entry | undefined;
    for (const known of this.#entries) if (known.kind === kind && known.sensor === sensor) entry = known;
    if (!entry) this.#entries.push((entry = { kind, sensor, count: 0, toldAt: -Infinity }));
    entry.count += count;
  }

  /** What is to be told now, at most `most`; it counts as told. @param now seconds, a clock that never goes back */
  take(now: number, most: number): Fault[] {
    const faults: Fault[] = [];
    for (const entry of this.#entries) {
      if (entry.count === 0 || now - entry.toldAt < quietSeconds || faults.length >= most) continue;
      faults.push(
        entry.sensor === undefined
          ? { kind: entry.kind, count: entry.count }
          : { kind: entry.kind, sensor: entry.sensor, count: entry.count },
      );
      entry.count = 0;
      entry.toldAt = now;
    }
    return faults;
  }

  /** They could not be told after all. */
  giveBack(faults: readonly Fault[]): void {
    for (const { kind, sensor, count } of faults) {
      this.add(kind, sensor, count);
      for (const entry of this.#entries) if (entry.kind === kind && entry.sensor === sensor) entry.toldAt = -Infinity;
    }
  }
}
