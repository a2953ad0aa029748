import cliProgress from "cli-progress";
import type { Progress } from "./progress.js";
import { printable } from "./terminal.js";

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
  bar.start(total, 0, { note: "", left: "" });
}

/** ms after which a line is due again. */
const lineEvery = 300_000;

/** Whether an update is worth a line: after each tenth of the step, each five minutes, and when the note says something new, other than in its numbers. */
function worthALine(total: number): (done: number, note: string) => boolean {
  let tenth = 0;
  let words = "";
  let last = Date.now();
  return (done, note) => {
    const [tenthNow, wordsNow] = [Math.floor((10 * done) / total), note.replace(/[\d.,]+/g, "")];
    const isNews = tenthNow > tenth || wordsNow !== words || Date.now() - last >= lineEvery;
    if (isNews) [tenth, words, last] = [tenthNow, wordsNow, Date.now()];
    return isNews;
  };
}

/** Below this share and time there is nothing to go by yet. */
const [leastPart, leastTime] = [0.01, 2000];

/** @param part of the work that is done, and ms that it took */
function timeLeft(part: number, ms: number): string {
  if (!(part > leastPart && ms > leastTime)) return "";
  const seconds = Math.max(0, Math.ceil((ms * (1 / part - 1)) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `, ${hours}h${minutes}m left`;
  return minutes > 0 ? `, ${minutes}m${seconds % 60}s left` : `, ${seconds}s left`;
}

export interface ProgressOptions {
  /** Lines on the way, too, where there is no terminal: for what takes hours. */
  hasLines?: boolean;
}

/** A progress bar on stderr if that is a terminal; otherwise one line at the end of the step. */
export function startProgress(label: string, total: number, { hasLines = false }: ProgressOptions = {}): Progress {
  const title = label.padEnd(28);
  const started = Date.now();
  if (!process.stderr.isTTY) {
    const isDue = worthALine(total);
    return {
      update(done, note = "") {
        if (!hasLines || !isDue(done, note)) return;
        process.stderr.write(`${title} ${Math.floor((100 * done) / total)} % ${printable(note)}\n`);
      },
      finish(note = "") {
        process.stderr.write(`${title} ${((Date.now() - started) / 1000).toFixed(1)} s ${printable(note)}\n`);
      },
    };
  }
  const bar = new cliProgress.SingleBar(
    { format: `${title} {bar} {percentage}% {duration_formatted}{left} {note}`, hideCursor: true },
    cliProgress.Presets.rect,
  );
  show(bar, total);
  let last = "";
  return {
    update(done, note) {
      last = note === undefined ? last : printable(note);
      bar.update(done, { note: last, left: timeLeft(done / total, Date.now() - started) });
    },
    finish(note) {
      bar.update(bar.getTotal(), { note: note === undefined ? last : printable(note), left: "" });
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
