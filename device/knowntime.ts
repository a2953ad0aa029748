/** What is known of the time of day; `TimeOfDay` (timeofday.ts) is one. */
export interface KnownTime {
  readonly isKnown: boolean;
  /** The time of day, seconds since 1970, when the node's own clock showed `own` seconds. Only while it is known. */
  at(own: number): number;
}
