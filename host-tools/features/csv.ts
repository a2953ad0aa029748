import { CsvError, parse } from "csv-parse/sync";
import { sensorIndex, windowSamples, type NodeConfig } from "../../device/config.js";
import { missingSample, noLabel, replayLayout, samplesOffset, writeReplayHeader } from "../../device/replay/format.js";
import { UserError } from "../lib/errors.js";

/** A recording, checked: the windows that the node would have gathered, as its replay sensors read them. */
export interface Recording {
  /** device/replay/format.ts */
  replay: Uint8Array;
  /** Start of each window, seconds since 1970. */
  times: number[];
  /** Index of each window's class; -1 where no row has a label. */
  labels: number[];
}

interface Open {
  bytes: Uint8Array;
  view: DataView;
  start: number;
  label: number;
  line: number;
}

/**
 * Reads a recording: columns `time` (seconds since 1970, or ISO 8601), one per sensor and, if known, `label`; one row per sample of the fastest
 * sensor, blank where a sensor has no reading. Windows begin at the first row and every `everySeconds` after it; rows
 * between windows are left out, so a recording may be continuous.
 * @param requireLabels every window needs a label
 * @throws UserError naming file, line and column: a missing column, text in a number, an unknown label, two labels in a window, time going backwards
 */
export function readRecording(
  file: string,
  content: Uint8Array,
  config: NodeConfig,
  requireLabels: boolean,
): Recording {
  const reader = new Reader(file, config, requireLabels);
  try {
    parse(content, { bom: true, trim: true, on_record: (record: string[]) => void reader.row(record) });
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
  #columns: { sensor: number; rate: number; column: number; offset: number; samples: number }[] = [];
  #timeColumn = -1;
  #labelColumn = -1;
  #first = NaN;
  #last = -Infinity;

  constructor(
    readonly file: string,
    readonly config: NodeConfig,
    readonly requireLabels: boolean,
  ) {
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
    else this.#data(record);
  }

  #head(names: string[]): void {
    const find = (name: string): number => {
      const at = names.indexOf(name);
      if (at < 0)
        throw new UserError(
          `${this.file}:1: there is no column "${name}"; the columns are ${names.join(", ")}, expected ${["time", ...this.config.sensors.map((sensor) => sensor.name), "label"].join(", ")}`,
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
      };
    });
  }

  #data(record: string[]): void {
    const time = this.#time(record[this.#timeColumn]!);
    if (time <= this.#last) this.#fail("time", `${record[this.#timeColumn]} is not later than the row before`);
    this.#last = time;
    if (Number.isNaN(this.#first)) this.#first = time;
    const { seconds, everySeconds } = this.config.window;
    // A hair of tolerance: times are decimal, their differences are not.
    const index = Math.floor((time - this.#first + 1e-4) / everySeconds);
    const start = this.#first + index * everySeconds;
    const elapsed = time - start;
    if (elapsed > seconds - 1e-4) return;
    let open = this.#windows[this.#windows.length - 1];
    if (open?.start !== start) this.#windows.push((open = this.#open(start)));
    for (const { sensor, rate, column, offset, samples } of this.#columns) {
      const text = record[column]!;
      if (text === "") continue;
      const at = Math.round(elapsed * rate);
      if (at < samples) open.view.setFloat32(offset + 4 * at, this.#reading(text, sensor), true);
    }
    if (this.#labelColumn >= 0) this.#label(open, record[this.#labelColumn]!);
  }

  #open(start: number): Open {
    const bytes = new Uint8Array(this.#layout.windowBytes);
    new Float32Array(bytes.buffer).fill(missingSample, 4);
    const view = new DataView(bytes.buffer);
    view.setFloat64(0, start, true);
    return { bytes, view, start, label: -1, line: this.line };
  }

  #time(text: string): number {
    let time = Number(text);
    if (Number.isNaN(time) || text === "") time = Date.parse(text) / 1000;
    if (!Number.isFinite(time))
      this.#fail(
        "time",
        `${text === "" ? "blank" : text}, expected seconds since 1970 or a date such as 2026-03-01T06:00:00Z`,
      );
    return time;
  }

  #reading(text: string, sensor: number): number {
    const value = Number(text);
    if (!Number.isNaN(value)) return Math.max(-3e38, Math.min(3e38, value));
    if (text.toLowerCase() === "nan") return NaN;
    this.#fail(this.config.sensors[sensor]!.name, `"${text}" is not a number`);
  }

  #label(open: Open, text: string): void {
    if (text === "") return;
    const label = this.config.classes.indexOf(text);
    if (label < 0) this.#fail("label", `"${text}" is not a class; the classes are ${this.config.classes.join(", ")}`);
    if (open.label >= 0 && open.label !== label)
      this.#fail(
        "label",
        `"${text}", but the window began as "${this.config.classes[open.label]}" (line ${open.line})`,
      );
    open.label = label;
  }

  finish(): Recording {
    if (this.line === 0) throw new UserError(`${this.file}: empty; a recording starts with a line of column names`);
    if (this.#windows.length === 0) throw new UserError(`${this.file}: no rows after the column names`);
    const layout = { ...this.#layout, windows: this.#windows.length };
    const replay = new Uint8Array(layout.headerBytes + layout.windows * layout.windowBytes);
    writeReplayHeader(new DataView(replay.buffer), layout);
    this.#windows.forEach(({ bytes, view, label, line, start }, index) => {
      if (label < 0 && this.requireLabels)
        throw new UserError(
          `${this.file}:${line}: column label: the window that begins here (${new Date(start * 1000).toISOString()}) has none`,
        );
      view.setUint32(8, label < 0 ? noLabel : label, true);
      replay.set(bytes, layout.headerBytes + index * layout.windowBytes);
    });
    return { replay, times: this.#windows.map(({ start }) => start), labels: this.#windows.map(({ label }) => label) };
  }
}
