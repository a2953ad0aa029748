/** GPS time, which DeviceTimeAns and the commands of TS003 carry: seconds since 6 January 1980, 00:00:00 UTC, with no leap seconds in them (IS-GPS-200; TS001-1.0.4, DeviceTimeAns). */

/** The GPS epoch in seconds since 1970: 3,657 days. */
const gpsEpoch = 3657 * 86400;

/**
 * Leap seconds that UTC has had since the GPS epoch: 18 since 2017-01-01 (IERS Bulletin C 52), none announced since. The network does not send
 * them, so after another one the node's clock is a second off until its firmware has the new number; ECMAScript's time has no leap seconds either.
 */
const leapSeconds = 18;

/** Seconds since 1970 of a moment in GPS time. */
export function fromGpsTime(seconds: number): number {
  return seconds + gpsEpoch - leapSeconds;
}

/** GPS time of a moment in seconds since 1970; negative before 1980. */
export function toGpsTime(seconds: number): number {
  return seconds - gpsEpoch + leapSeconds;
}
