/**
 * A payload's priority: the outbox sends the highest first, as confirmed uplinks from `confirmedFrom` on, and when it
 * is full drops the lowest, oldest first. Confirmed payloads are never dropped.
 */
export const importance = {
  /** Same verdict as before, nothing switched. */
  unchangedReport: 0,
  /** What an app script sends of its own. */
  appMessage: 0,
  /** Something is wrong with the node itself. */
  fault: 1,
  /** How the node is, once a day. */
  health: 1,
  /** What became of a package. */
  update: 1,
  /** The settings in force. */
  settings: 1,
  /** The verdict differs from the one before, or an actuator was switched. */
  changedReport: 2,
  /** The node waits for the decision. */
  deferral: 3,
} as const;

export type Importance = (typeof importance)[keyof typeof importance];

/** Payloads of at least this importance are sent as confirmed uplinks, and stored until acknowledged. */
export const confirmedFrom: Importance = importance.fault;

/** @param changed the verdict differs from the last report's, or an actuator was switched */
export function reportImportance(changed: boolean): Importance {
  return changed ? importance.changedReport : importance.unchangedReport;
}

/** Only unchanged reports are merged; what must be confirmed is sent alone. */
export function mayMerge(a: Importance, b: Importance): boolean {
  return a === importance.unchangedReport && b === importance.unchangedReport;
}
