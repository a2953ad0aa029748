/** Progress of a long step. `note` is a short text beside the bar (a loss, a file name). */
export interface Progress {
  /** `done` of the step's units are finished. */
  update(done: number, note?: string): void;
  /** The step is over; `note` stays on the line. */
  finish(note?: string): void;
}

/** For tests, and for `--json`: prints nothing. */
export const silentProgress: Progress = { update() {}, finish() {} };
