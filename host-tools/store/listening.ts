/** From and until when no process was there to hear nodes; seconds since 1970. */
export type Gap = [from: number, until: number];

/** s without a process: fewer are a restart. */
const shortest = 60;
const most = 100;

/** The gaps that are known after a look at a time. A clock that goes back, or forward by more than `shortest`, is nobody's silence. */
export function withGap(gaps: readonly Gap[], previous: number, now: number): Gap[] {
  if (previous === 0 || now < previous) return [];
  return now - previous <= shortest ? [...gaps] : [...gaps.slice(1 - most), [previous, now]];
}

/** Since when nodes could have been heard for so many seconds, gaps not counted. */
export function listenedSince(now: number, seconds: number, gaps: readonly Gap[]): number {
  let [end, left] = [now, seconds];
  for (const [from, until] of gaps.toReversed()) {
    if (end - until >= left) break;
    left -= end - until;
    end = from;
  }
  return end - left;
}
