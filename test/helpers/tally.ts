/** What ava's report says, line by line: https://github.com/avajs/ava/blob/main/lib/reporters/default.js */
export interface Tally {
  passed: number;
  failed: number;
  /** Tests, by the reason in their title. */
  skipped: Map<string, number>;
}

export const newTally = (): Tally => ({ passed: 0, failed: 0, skipped: new Map() });

/** Takes in one line of the report, without colours. */
export function addLine(tally: Tally, line: string): void {
  const skipped = /^\s*- \[skip\] (.*)$/.exec(line);
  if (skipped) {
    const reason = / \[needs (.+)\]$/.exec(skipped[1]!)?.[1] ?? "no reason given";
    tally.skipped.set(reason, (tally.skipped.get(reason) ?? 0) + 1);
  }
  // A run with failures has no closing count of what passed. Terminals without Unicode get another tick.
  if (/^\s*[✔√] /.test(line)) tally.passed++;
  // Hooks, uncaught exceptions, rejections and timeouts fail a run as tests do.
  const failures =
    /^\s*(\d+) (?:tests? failed|hooks? failed|uncaught exceptions?|unhandled rejections?|tests? remained pending)/;
  tally.failed += Number(failures.exec(line)?.[1] ?? 0);
}

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** The skipped tests for the end of the report, the most frequent reason first. */
export function skippedByReason({ skipped }: Tally): string[] {
  if (skipped.size === 0) return [];
  const rows = [...skipped].sort(([, a], [, b]) => b - a);
  return [
    "\nSkipped, by what is missing:",
    ...rows.map(([reason, count]) => `${String(count).padStart(5)}  ${reason}`),
  ];
}

/** The last line. A run that fails without a failed test, as one in which a file cannot be read, counts as one failure. */
export function closingLine({ passed, failed, skipped }: Tally, exitCode: number): string {
  return `${passed} passed, ${exitCode !== 0 ? Math.max(1, failed) : failed} failed, ${sum(skipped.values())} skipped`;
}
