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

/** Requests to the server for the time, on a port of their own (`ClockSync`): for networks that do not answer DeviceTimeReq. */
export interface TimeServer {
  /** An uplink of it is due. */
  readonly isDue: boolean;
  /** The network does not answer DeviceTimeReq; undefined: it does, or may. Else whether the server is to be asked now, since the clock needs it. */
  readonly isTimeDue: boolean | undefined;
  /** What is due, in `room` bytes. */
  compose(room: number): Uint8Array;
  /** Right before what was composed is transmitted. See `SendOptions`. */
  stamp(payload: Uint8Array, airtime: number): void;
  /** It was. */
  sent(): void;
  /** An uplink with DeviceTimeReq was sent, and its receive windows are over. */
  uplinkEnded(): void;
}
