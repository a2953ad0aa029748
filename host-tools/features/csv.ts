import { CsvError, parse } from "csv-parse/sync";
import { maxImputedShare, sensorIndex, windowSamples, windowsAtOnce, type NodeConfig } from "../../device/config.js";
import { missingSample, noLabel, replayLayout, samplesOffset, writeReplayHeader } from "../../device/replay/format.js";
import { UserError } from "../lib/errors.js";
import { Pace } from "./pace.js";

/** A recording, checked: the windows that the node would have gathered, as its replay sensors read them. */
export interface Recording {
  /** device/replay/format.ts */
  replay: Uint8Array;
  /** Start of each window, seconds since 1970. */
  times: number[];
  /** Index of each window's class; -1 where no row has a label. */
  labels: number[];
  /** What was dropped or decided in it, one sentence each. */
  remarks: string[];
}

interface Open {
  bytes: Uint8Array;
  view: DataView;
  start: number;
  /** Rows of each class. */
  labels: Map<number, number>;
  line: number;
}

/** For the help of --strict. */
export const strictHelp =
  "a row twice, a last row that is cut off and two labels in a window are errors, not dropped or decided by majority";

/** What brings a file into the form that is read here. */
const importHint = (file: string): string => `npx loam import ${file} -o DIR brings other files into this form`;

/**
 * Reads a recording: columns `time` (seconds since 1970, or ISO 8601), one per sensor and, if known, `label`; one row per sample of the fastest
 * sensor, blank where a sensor has no reading. Windows begin at the first row and every `everySeconds` after it; rows
 * between windows are left out, so a recording may be continuous; a row is in each of the windows that overlap there.
 * A row twice and a last row that is cut off are dropped; of two labels in a window the more frequent one counts. `remarks` say so.
 * @param requireLabels every window needs a label
 * @param isStrict what would be dropped or decided is an error
 * @throws UserError naming file, line and column: a missing column, text in a number, an unknown label, time going backwards, readings faster than the node's
 */
export function readRecording(
  file: string,
  content: Uint8Array,
  config: NodeConfig,
  requireLabels: boolean,
  isStrict = false,
): Recording {
  const reader = new Reader(file, config, requireLabels, isStrict);
  try {
    parse(content, {
      bom: true,
      trim: true,
      relax_column_count: true,
      on_record: (record: string[]) => void reader.row(record),
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(`${file}:${reader.line + 1}: ${error.message}`);
  }
  return reader.finish();
}

class Reader {
  line = 0;
  readonly #layout;
  readonly #windows: Open[] = [];
  #columns: { sensor: number; rate: number; column: number; offset: number; samples: number; pace: Pace }[] = [];
  #width = 0;
  /** The row that ends before its last column. */
  #short: { line: number; cells: number } | undefined;
  #duplicates = 0;
  /** Readings in the place of another. */
  #crowded = 0;
  #timeColumn = -1;
  #labelColumn = -1;
  #first = NaN;
  #last = -Infinity;
  /** Seconds of tolerance: times are decimal, their differences are not; slow samples may come at any second. */
  readonly #hair: number;
  readonly #fastest: number;
  readonly #atOnce: number;

  constructor(
    readonly file: string,
    readonly config: NodeConfig,
    readonly requireLabels: boolean,
    readonly isStrict: boolean,
  ) {
    const fastest = (this.#fastest = Math.max(...config.sensors.map(({ rate }) => rate)));
    this.#hair = fastest < 1 ? 0.25 / fastest : Math.min(1e-4, 0.25 / fastest);
    this.#atOnce = windowsAtOnce(config);
    this.#layout = replayLayout(
      config.sensors.map((sensor) => windowSamples(config, sensor)),
      0,
    );
  }

  #fail(column: string, message: string): never {
    throw new UserError(`${this.file}:${this.line}: column ${column}: ${message}`);
  }

  row(record: string[]): void {
    this.line++;
    if (this.line === 1) this.#head(record);
    else if (this.#short) this.#refuseShort();
    else if (record.length !== this.#width) this.#short = { line: this.line, cells: record.length };
    else this.#data(record);
  }

  /** Only the last row may be cut off, as when a cable was pulled. */
  #refuseShort(): never {
    const { line, cells } = this.#short!;
    throw new UserError(`${this.file}:${line}: ${cells} columns, ${this.#width} expected as in the first row`);
  }

  #head(names: string[]): void {
    this.#width = names.length;
    const find = (name: string): number => {
      const at = names.indexOf(name);
      if (at < 0)
        throw new UserError(
          `${this.file}:1: there is no column "${name}"; the columns are ${names.join(", ")}, expected ${["time", ...this.config.sensors.map((sensor) => sensor.name), "label"].join(", ")}; ${importHint(this.file)}`,
        );
      if (names.includes(name, at + 1)) throw new UserError(`${this.file}:1: there are two columns "${name}"`);
      return at;
    };
    this.#timeColumn = find("time");
    this.#labelColumn = this.requireLabels || names.includes("label") ? find("label") : -1;
    this.#columns = this.config.sensors.map(({ name, rate }) => {
      const sensor = sensorIndex(this.config, name);
      return {
        sensor,
        rate,
        column: find(name),
        offset: samplesOffset(this.#layout, 0, sensor) - this.#layout.headerBytes,
        samples: this.#layout.samples[sensor]!,
        pace: new Pace(rate),
      };
    });
  }

  #data(record: string[]): void {
    const time = this.#time(record[this.#timeColumn]!);
    if (time === this.#last && !this.isStrict) return void this.#duplicates++;
    if (time <= this.#last)
      this.#fail("time", `${record[this.#timeColumn]} is not later than the row before; ${importHint(this.file)}`);
    this.#last = time;
    if (Number.isNaN(this.#first)) this.#first = time;
    const { seconds, everySeconds } = this.config.window;
    const elapsed = time - this.#first + this.#hair;
    const last = Math.floor(elapsed / everySeconds);
    const first = Math.max(0, last + 1 - this.#atOnce, Math.ceil((elapsed - seconds) / everySeconds));
    // Between windows a row is in none of them; where they overlap it is in several.
    for (let index = first; index <= last; index++)
      this.#put(record, time, this.#first + index * everySeconds, index === last);
  }

  /** @param isNewest whether no later window has this row */
  #put(record: string[], time: number, start: number, isNewest: boolean): void {
    const elapsed = time - start;
    let at = this.#windows.length - 1;
    while (at >= 0 && this.#windows[at]!.start > start) at--;
    let open = this.#windows[at];
    if (open?.start !== start) this.#windows.push((open = this.#open(start)));
    for (const { sensor, rate, column, offset, samples, pace } of this.#columns) {
      const text = record[column]!;
      if (text === "") continue;
      if (isNewest) pace.add(time);
      const place = Math.round(elapsed * rate);
      if (place >= samples) continue;
      if (isNewest && open.view.getFloat32(offset + 4 * place, true) !== missingSample) this.#crowded++;
      open.view.setFloat32(offset + 4 * place, this.#reading(text, sensor), true);
    }
    if (this.#labelColumn >= 0) this.#label(open, record[this.#labelColumn]!);
  }

  #open(start: number): Open {
    const bytes = new Uint8Array(this.#layout.windowBytes);
    new Float32Array(bytes.buffer).fill(missingSample, 4);
    const view = new DataView(bytes.buffer);
    view.setFloat64(0, start, true);
    return { bytes, view, start, labels: new Map(), line: this.line };
  }

  #time(text: string): number {
    let time = Number(text);
    if (Number.isNaN(time) || text === "") time = Date.parse(text) / 1000;
    if (!Number.isFinite(time))
      this.#fail(
        "time",
        `${text === "" ? "blank" : text}, expected seconds since 1970 or a date such as 2026-03-01T06:00:00Z; ${importHint(this.file)}`,
      );
    return time;
  }

  #reading(text: string, sensor: number): number {
    const value = Number(text);
    if (!Number.isNaN(value)) return Math.max(-3e38, Math.min(3e38, value));
    if (text.toLowerCase() === "nan") return NaN;
    this.#fail(this.config.sensors[sensor]!.name, `"${text}" is not a number; ${importHint(this.file)}`);
  }

  #label(open: Open, text: string): void {
    if (text === "") return;
    const label = this.config.classes.indexOf(text);
    if (label < 0)
      this.#fail(
        "label",
        `"${text}" is not a class; the classes are ${this.config.classes.join(", ")}; ${importHint(this.file)}`,
      );
    const [first] = open.labels.keys();
    if (this.isStrict && first !== undefined && first !== label)
      this.#fail("label", `"${text}", but the window began as "${this.config.classes[first]}" (line ${open.line})`);
    open.labels.set(label, (open.labels.get(label) ?? 0) + 1);
  }

  finish(): Recording {
    if (this.line === 0) throw new UserError(`${this.file}: empty; a recording starts with a line of column names`);
    if (this.#short && this.isStrict) this.#refuseShort();
    if (this.#windows.length === 0) throw new UserError(`${this.file}: no rows after the column names`);
    this.#dropUnended();
    const layout = { ...this.#layout, windows: this.#windows.length };
    const replay = new Uint8Array(layout.headerBytes + layout.windows * layout.windowBytes);
    writeReplayHeader(new DataView(replay.buffer), layout);
    const found = this.#windows.map(({ labels }) => mostFrequent(labels));
    this.#windows.forEach(({ bytes, view, line, start }, index) => {
      const label = found[index]!;
      if (label < 0 && this.requireLabels)
        throw new UserError(
          `${this.file}:${line}: column label: the window that begins here (${new Date(start * 1000).toISOString()}) has none`,
        );
      view.setUint32(8, label < 0 ? noLabel : label, true);
      replay.set(bytes, layout.headerBytes + index * layout.windowBytes);
    });
    return { replay, times: this.#windows.map(({ start }) => start), labels: found, remarks: this.#remarks() };
  }

  /** Of windows that overlap, several begin before the recording ends: a node would not have ended them either. */
  #dropUnended(): void {
    if (this.#atOnce === 1) return;
    const end = this.#last + 1 / this.#fastest;
    const latest = end - this.config.window.seconds * (1 - maxImputedShare);
    while (this.#windows.length > 1 && this.#windows.at(-1)!.start > latest) this.#windows.pop();
  }

  #remarks(): string[] {
    const mixed = this.#windows.filter(({ labels }) => labels.size > 1).length;
    const paces = this.#columns.flatMap(({ sensor, rate, pace }) => this.#paceRemark(sensor, rate, pace));
    const said = [
      ...(mixed > 0 ? [`${windows(mixed)} with more than one label: the most frequent one counts`] : []),
      ...(this.#duplicates > 0 ? [`${rows(this.#duplicates)} dropped, with the time of the row before`] : []),
      ...(this.#crowded > 0 && paces.length === 0
        ? [
            `${this.#crowded} readings in the place of another, which is lost: their times are off the node's clock; npx loam import ${this.file} -o DIR puts them on it`,
          ]
        : []),
      ...(this.#short ? [`line ${this.#short.line}, the last one, dropped: it is cut off`] : []),
      ...paces,
    ];
    return said.map((remark) => `${this.file}: ${remark}`);
  }

  #paceRemark(sensor: number, rate: number, pace: Pace): string[] {
    if (pace.other === undefined) return [];
    const text = `column ${this.config.sensors[sensor]!.name}: ${Number(pace.other.toPrecision(4))} readings a second, the description's rate is ${rate} Hz; `;
    if (pace.isAliased)
      throw new UserError(
        `${this.file}: ${text}what is faster than ${rate / 2} Hz would be taken for something else: npx loam import ${this.file} -o DIR filters and resamples`,
      );
    return [`${text}npx loam import ${this.file} -o DIR resamples`];
  }
}

const rows = (count: number): string => (count === 1 ? "1 row" : `${count} rows`);
const windows = (count: number): string => (count === 1 ? "1 window" : `${count} windows`);

/** Of two that are equally frequent the first one; -1: there is none. */
function mostFrequent(labels: ReadonlyMap<number, number>): number {
  let [best, most] = [-1, 0];
  for (const [label, count] of labels) if (count > most) [best, most] = [label, count];
  return best;
}
