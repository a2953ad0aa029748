/**
 * How much a payload matters: the outbox sends the higher first, asks the network's acknowledgement from `confirmedFrom` on, and when it
 * is full drops the lowest, oldest first. Confirmed payloads are never dropped.
 */
export const importance = {
  /** The node has nothing new to say: same verdict as before, nothing switched. */
  unchangedReport: 0,
  /** Something is wrong with the node itself. */
  fault: 1,
  /** Verdict differs from the one before, or an actuator was switched. */
  changedReport: 2,
  /** The node waits for the answer. */
  deferral: 3,
} as const;

export type Importance = (typeof importance)[keyof typeof importance];

/** Payloads of at least this importance are sent confirmed and kept until they are acknowledged. */
export const confirmedFrom: Importance = importance.fault;

/** @param changed the verdict is another than the last report's, or an actuator was switched */
export function reportImportance(changed: boolean): Importance {
  return changed ? importance.changedReport : importance.unchangedReport;
}

/** Only reports that say nothing new are merged; what must be confirmed travels alone. */
export function mayMerge(a: Importance, b: Importance): boolean {
  return a === importance.unchangedReport && b === importance.unchangedReport;
}
