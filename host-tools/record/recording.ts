/** What a node hands over while it is recorded, as files in the form that every command reads: one a stretch of one label, without a long gap. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import type { RecordingState, Samples } from "../../device/serial/samples.js";
import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import { timeDigits } from "../import/write.js";
import { RowFile, type Place } from "./rowFile.js";
import { Rows, type Row } from "./rows.js";

/** Folder beside the others for rows without a label: `train` wants one in every window. */
export const unlabelledFolder = "unlabelled";
/** Answers by whose fastest the node's clock is compared with this machine's. */
const answers = 60;
/** Seconds for which a cell may still come. */
const openFor = 60;

export interface RecordingEvents {
  onFile(file: string, label: string): void;
  /** Rows are missing: so many seconds. @param isAnother the recording goes on in another file */
  onGap(seconds: number, isAnother: boolean): void;
}

export interface RecordingOptions {
  directory: string;
  config: Pick<NodeConfig, "sensors" | "window">;
  /** Seconds of rows after which it is complete. */
  seconds?: number | undefined;
  /** Of files, before their time. */
  name?: string | undefined;
  events: RecordingEvents;
}

export interface RecordingSummary {
  files: { file: string; label: string; rows: number }[];
  rows: number;
  seconds: number;
  gaps: { count: number; seconds: number };
  /** Samples by sensor that never came, those of them that had no room on the line, and those beyond a sensor's rate. */
  lost: Record<string, number>;
  dropped: number;
  surplus: number;
}

/** A run of the node's sampling, whose samples are on one clock. */
interface Run {
  rows: Rows;
  /** The node's uptime of row 0, seconds; and the time of day at uptime 0. */
  began: number;
  origin: number;
  dropped: number;
  surplus: number;
}

const fileName = (text: string): string => text.replaceAll(/[^\p{L}\p{N}_-]+/gu, "_");

export class Recording {
  readonly #options: RecordingOptions;
  readonly #names: string[];
  readonly #rates: number[];
  readonly #gap: number;
  readonly #summary: RecordingSummary;
  /** Labels by the node's uptime from which they hold. */
  #labels: { from: number; label: string }[] = [];
  #label = "";
  readonly #latencies: number[] = [];
  #run: Run | undefined;
  /** What came before its run was known. */
  #early: Samples[] | undefined = [];
  #file: RowFile | undefined;
  #fileLabel = "";
  readonly #files: { file: RowFile; label: string }[] = [];
  readonly #places = new Map<number, { file: RowFile; places: Map<number, Place> }>();
  #last = NaN;

  constructor(options: RecordingOptions) {
    this.#options = options;
    const { sensors, window } = options.config;
    this.#names = sensors.map(({ name }) => name);
    this.#rates = sensors.map(({ rate }) => rate);
    this.#gap = Math.max(window.seconds / 4, 2 / Math.max(...this.#rates));
    const lost = Object.fromEntries(this.#names.map((name) => [name, 0]));
    this.#summary = { files: [], rows: 0, seconds: 0, gaps: { count: 0, seconds: 0 }, lost, dropped: 0, surplus: 0 };
  }

  get label(): string {
    return this.#label;
  }

  /** Cells of rows that are in a file are to come yet. */
  get isWaiting(): boolean {
    return this.#places.size > 0;
  }

  /** It has all seconds that were asked for. */
  get isComplete(): boolean {
    const { seconds = Infinity } = this.#options;
    return this.#summary.rows >= Math.round(seconds * Math.max(...this.#rates));
  }

  /** @param now this machine's time, seconds; of what was measured from then on */
  setLabel(label: string, now: number): void {
    this.#label = label;
    const latency = Math.min(...this.#latencies);
    this.#labels.push({ from: this.#latencies.length > 0 ? now - latency : -Infinity, label });
  }

  /** The line was interrupted: what comes next may be another run's. */
  interrupted(): void {
    this.#early ??= [];
  }

  /** The node's answer. @param now this machine's time, seconds, when it came */
  state({ began, now: uptime, time, dropped, surplus }: RecordingState, now: number): void {
    if (began === 0) return;
    if (this.#run?.began !== began / 1000) {
      this.#endRun();
      this.#latencies.length = 0;
      const rows = new Rows(this.#rates, {
        onRows: (made) => this.#take(made),
        onLate: (row, sensor, value) => this.#late(row, sensor, value),
      });
      const origin = (time > 0 ? time / 1000 : now) - uptime / 1000;
      this.#run = { rows, began: began / 1000, origin, dropped, surplus };
      // By another clock: the label is what it is now.
      this.#labels = [{ from: -Infinity, label: this.#label }];
    }
    this.#latencies.push(now - uptime / 1000);
    if (this.#latencies.length > answers) this.#latencies.shift();
    Object.assign(this.#run, { dropped, surplus });
    const early = this.#early;
    this.#early = undefined;
    for (const samples of early ?? []) this.push(samples);
    this.#file?.sync();
    this.#prune();
  }

  push(samples: Samples): void {
    if (this.#early) this.#early.push(samples);
    else this.#run?.rows.push(samples);
  }

  #labelAt(uptime: number): string {
    while (this.#labels.length > 1 && this.#labels[1]!.from <= uptime) this.#labels.shift();
    return this.#labels[0]?.label ?? this.#label;
  }

  #take(rows: readonly Row[]): void {
    const { rows: grid, began, origin } = this.#run!;
    let stretch: { row: number; time: number; cells: Row["cells"]; label: string }[] = [];
    const write = (): void => {
      if (stretch.length === 0) return;
      const file = this.#file!;
      file.append(stretch).forEach((places, i) => {
        if (places.size > 0) this.#places.set(stretch[i]!.row, { file, places });
      });
      this.#summary.rows += stretch.length;
      stretch = [];
    };
    for (const { row, cells } of rows) {
      const uptime = began + row / grid.rate;
      const time = origin + uptime;
      if (this.isComplete || this.#isFull(stretch.length)) break;
      const label = this.#labelAt(uptime);
      const gap = time - this.#last - 1 / grid.rate;
      const isGap = gap > 0.5 / grid.rate;
      // As of a node whose clock was set back.
      const isBack = gap < -0.5 / grid.rate;
      if (isGap || isBack || !this.#file || label !== this.#fileLabel) {
        write();
        if (isBack || gap > this.#gap) this.#file = undefined;
        if (isGap) this.#note(gap, !this.#file);
        if (!this.#file || label !== this.#fileLabel) this.#open(time, label);
      }
      stretch.push({ row, time, cells, label });
      this.#last = time;
    }
    write();
    this.#summary.seconds = this.#summary.rows / grid.rate;
  }

  #isFull(more: number): boolean {
    const { seconds = Infinity } = this.#options;
    return this.#summary.rows + more >= Math.round(seconds * Math.max(...this.#rates));
  }

  #note(seconds: number, isAnother: boolean): void {
    this.#summary.gaps.count++;
    this.#summary.gaps.seconds += seconds;
    this.#options.events.onGap(seconds, isAnother);
  }

  #open(time: number, label: string): void {
    const { directory, name, events } = this.#options;
    const folder = label === "" ? path.join(directory, unlabelledFolder) : directory;
    const stamp = new Date(time * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const base = [...(name === undefined ? [] : [fileName(name)]), stamp, ...(label ? [fileName(label)] : [])].join(
      "-",
    );
    for (let i = 1; ; i++) {
      const file = path.join(folder, `${base}${i > 1 ? `-${i}` : ""}.csv`);
      try {
        mkdirSync(folder, { recursive: true });
        this.#file = new RowFile(file, this.#names, timeDigits(Math.max(...this.#rates)));
        this.#files.push({ file: this.#file, label });
        this.#fileLabel = label;
        return events.onFile(file, label);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
        throw new UserError(`cannot write ${file}: ${systemReason(error)}`);
      }
    }
  }

  #late(row: number, sensor: number, value: number): void {
    const open = this.#places.get(row);
    const place = open?.places.get(sensor);
    if (!open || place === undefined) return;
    open.file.fill(place, value);
    open.places.delete(sensor);
    if (open.places.size === 0) this.#places.delete(row);
  }

  /** Forgets cells that do not come any more. */
  #prune(): void {
    const { rows } = this.#run!;
    const oldest = Math.max(...rows.next.map((next, i) => (next * rows.rate) / this.#rates[i]!)) - openFor * rows.rate;
    for (const row of this.#places.keys()) {
      if (row >= oldest) break;
      this.#places.delete(row);
    }
  }

  #endRun(): void {
    const run = this.#run;
    if (!run) return;
    run.rows.finish();
    this.#names.forEach((name, i) => (this.#summary.lost[name]! += run.rows.lost[i]!));
    this.#summary.dropped += run.dropped;
    this.#summary.surplus += run.surplus;
    this.#places.clear();
    // Another run's samples are on another grid.
    this.#file = undefined;
    this.#run = undefined;
  }

  /** As it stands. */
  get summary(): RecordingSummary {
    const { lost, dropped, surplus, ...rest } = this.#summary;
    const run = this.#run;
    return {
      ...rest,
      files: this.#files.map(({ file, label }) => ({ file: file.file, label, rows: file.rows })),
      lost: Object.fromEntries(this.#names.map((name, i) => [name, lost[name]! + (run?.rows.lost[i] ?? 0)])),
      dropped: dropped + (run?.dropped ?? 0),
      surplus: surplus + (run?.surplus ?? 0),
    };
  }

  /** Everything is in its file. */
  finish(): RecordingSummary {
    this.#endRun();
    for (const { file } of this.#files) file.close();
    return this.summary;
  }
}
