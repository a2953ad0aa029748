export interface OnTime {
  actuator: number;
  from: number;
  to: number;
}

/**
 * When each actuator was on, by what the node said with its verdicts: from one report to the next.
 * @param reports in order of time; bit i of `actions`: actuator i is on
 * @param until where the last report is taken to hold to; a time before it is the last report's
 */
export function onTimes(
  reports: readonly { at: number; actions: number }[],
  actuators: number,
  until: number,
): OnTime[] {
  const times: OnTime[] = [];
  for (let actuator = 0; actuator < actuators; actuator++) {
    let from: number | undefined;
    for (const { at, actions } of reports) {
      const isOn = ((actions >> actuator) & 1) === 1;
      if (isOn) from ??= at;
      else if (from !== undefined) {
        times.push({ actuator, from, to: at });
        from = undefined;
      }
    }
    const end = Math.max(until, reports.at(-1)?.at ?? until);
    if (from !== undefined) times.push({ actuator, from, to: end });
  }
  return times;
}

/** What changed, and when, newest first: of reports in order of time those that differ in one of these keys from the one before. */
export const changes = <T>(reports: readonly T[], ...keys: (keyof T)[]): T[] =>
  reports.filter((one, i) => i === 0 || keys.some((key) => one[key] !== reports[i - 1]![key])).toReversed();

/** Seconds on the air, of frames that gateways received, from a time on. Each copy of a payload is taken to be as long as the first. */
export const airtimeSince = (
  link: readonly { received: number; airtime: number | null; copies: number }[],
  since: number,
): number =>
  link.reduce((sum, { received, airtime, copies }) => sum + (received >= since ? (airtime ?? 0) * copies : 0), 0) /
  1000;
