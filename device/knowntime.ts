/** What is known of the time of day; `TimeOfDay` (syncedclock.ts) is one. */
export interface KnownTime {
  readonly isKnown: boolean;
  /** The time of day, seconds since 1970, when the node's own clock showed `own` seconds. Only while it is known. */
  at(own: number): number;
}

/** The same for whoever asks the network for it. */
export interface SyncedClock extends KnownTime {
  /** Whether to ask: it is unknown, or was told so long ago that the clock has drifted. */
  readonly isDue: boolean;
}
