/** An update status that came in parts: its short form, and what is in force, one thing an uplink. */
import type { ReceivedUpdateStatus } from "../../device/codec/update.js";
import { areOfOne, isEarlier } from "./settingsView.js";

/** What is known of a node; plain data. */
export interface KnownStatus {
  status?: ReceivedUpdateStatus;
  /** Parts of a status that is not the one above: it has not come yet. */
  statusParts?: ReceivedUpdateStatus;
}

const inForceOf = ({ newest, script, model, settings }: ReceivedUpdateStatus): Partial<ReceivedUpdateStatus> => ({
  ...(newest !== undefined && { newest }),
  ...(script && { script }),
  ...(model && { model }),
  ...(settings && { settings }),
});

/** Takes a part, in whatever order it comes with others and with the short form. */
export function takePart(known: KnownStatus, heard: ReceivedUpdateStatus): void {
  const { status, statusParts } = known;
  // The long form has all, and more of it.
  if (status && areOfOne(status, heard)) known.status = { ...inForceOf(heard), ...status };
  else if (status && isEarlier(heard, status)) return;
  else if (statusParts && areOfOne(statusParts, heard)) known.statusParts = { ...statusParts, ...inForceOf(heard) };
  else known.statusParts = heard;
}

/** A status, with the parts of it that have come before. */
export function withParts({ statusParts }: KnownStatus, heard: ReceivedUpdateStatus): ReceivedUpdateStatus {
  return statusParts && areOfOne(statusParts, heard) ? { ...inForceOf(statusParts), ...heard } : heard;
}
