import cliProgress from "cli-progress";
import { printable } from "./terminal.js";

/** Progress of a long step. `note` is a short text beside the bar (a loss, a file name). */
export interface Progress {
  /** `done` of the step's units are finished. */
  update(done: number, note?: string): void;
  /** The step is over; `note` stays on the line. */
  finish(note?: string): void;
}

const running = new Set<cliProgress.SingleBar>();

/** Stops all bars after a failure: they hide the cursor, and their timers keep the program alive. */
export function stopBars(): void {
  for (const bar of running) bar.stop();
  running.clear();
}

/** Restores the terminal's cursor on a signal, then ends the program, unless there are other listeners, which end it in order. */
function stopOn(signal: NodeJS.Signals): void {
  process.once(signal, () => {
    stopBars();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}
let listening = false;

function show(bar: cliProgress.SingleBar, total: number): void {
  if (!listening) for (const signal of ["SIGINT", "SIGTERM"] as const) stopOn(signal);
  listening = true;
  running.add(bar);
  bar.start(total, 0, { note: "" });
}

/** A progress bar on stderr if that is a terminal; otherwise one line at the end of the step. */
export function startProgress(label: string, total: number): Progress {
  const title = label.padEnd(28);
  const started = Date.now();
  if (!process.stderr.isTTY) {
    return {
      update() {},
      finish(note = "") {
        process.stderr.write(`${title} ${((Date.now() - started) / 1000).toFixed(1)} s ${printable(note)}\n`);
      },
    };
  }
  const bar = new cliProgress.SingleBar(
    { format: `${title} {bar} {percentage}% {duration_formatted} {note}`, hideCursor: true, etaBuffer: 20 },
    cliProgress.Presets.rect,
  );
  show(bar, total);
  let last = "";
  return {
    update(done, note) {
      last = note === undefined ? last : printable(note);
      bar.update(done, { note: last });
    },
    finish(note) {
      bar.update(bar.getTotal(), { note: note === undefined ? last : printable(note) });
      bar.stop();
      running.delete(bar);
    },
  };
}

/** A step that starts with its first update: for work in the middle of a longer call. */
export function lazyProgress(label: string, total: number): Progress {
  let begun: Progress | undefined;
  return {
    update: (done, note) => (begun ??= startProgress(label, total)).update(done, note),
    finish: (note) => (begun ??= startProgress(label, total)).finish(note),
  };
}

/** For tests, and for `--json`: prints nothing. */
export const silentProgress: Progress = { update() {}, finish() {} };
