/** xtime has the radio's session above 48 bits of microseconds. */
const sessionBit = 48n;
/** Microseconds by which the radio's clock and ours may differ before the radio's is taken for another one: drift of a week at 20 ppm. */
const mostDrift = 12e6;

interface Session {
  id: bigint;
  /** Microseconds of our clock, and of the radio's, at the first packet. */
  ours: number;
  theirs: number;
}

/**
 * A station's time in one clock that only goes forward: each radio session begins at any number, also at a lower one than the last session's, by which the duty cycle of the
 * last days would be in the future.
 */
export class RadioClock {
  #session: Session | undefined;

  /**
   * @param xtime as the station says it
   * @param now microseconds of our clock
   * @returns microseconds; differences within a session are the radio's, exactly
   */
  read(xtime: bigint, now: number): number {
    const id = xtime >> sessionBit;
    const theirs = Number(BigInt.asUintN(48, xtime));
    const last = this.#session;
    if (last?.id === id) {
      const time = last.ours + theirs - last.theirs;
      if (Math.abs(time - now) < mostDrift) return time;
    }
    this.#session = { id, ours: Math.round(now), theirs };
    return this.#session.ours;
  }
}
