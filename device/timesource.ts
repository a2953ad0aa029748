/** The time of day, if known; `SyncedClock` (syncedclock.ts) implements it. */
export interface TimeSource {
  readonly isKnown: boolean;
  /** The time of day, seconds since 1970, at `uptime` seconds. Only while it is known or estimated. */
  at(uptime: number): number;
}

/** A clock that is synchronized with the network. */
export interface SyncedTimeSource extends TimeSource {
  /** Whether to request the time: it is unknown, or so old that the clock has drifted. */
  readonly needsSync: boolean;
  /** Whether there is a time of day, though perhaps not a right one. Default: as `isKnown`. */
  readonly isEstimated?: boolean;
}
