/** Samples of several sensors, as they come, put into rows of the fastest sensor's rate. */
import type { Samples } from "../../device/serial/samples.js";
import type { Cell } from "./rowFile.js";

/** Seconds that a sensor may be behind the others: it is read once a second, and its samples wait for the line. */
const patience = 2.5;

export interface Row {
  /** Counted from the session's sample 0, at the fastest rate. */
  row: number;
  cells: Cell[];
}

export interface RowEvents {
  /** In the order of time. */
  onRows(rows: readonly Row[]): void;
  /** A cell of a row that was handed out before. */
  onLate(row: number, sensor: number, value: number): void;
}

export class Rows {
  /** Rows a second. */
  readonly rate: number;
  /** By sensor: the index that comes next, and samples that never came. */
  readonly next: number[];
  readonly lost: number[];
  readonly #rates: readonly number[];
  readonly #events: RowEvents;
  readonly #waiting = new Map<number, Cell[]>();
  /** Rows before it were handed out. */
  #done = 0;

  constructor(rates: readonly number[], events: RowEvents) {
    this.#rates = rates;
    this.rate = Math.max(...rates);
    this.next = rates.map(() => 0);
    this.lost = rates.map(() => 0);
    this.#events = events;
  }

  #rowOf(sensor: number, index: number): number {
    return Math.round((index * this.rate) / this.#rates[sensor]!);
  }

  push({ sensor, index, values }: Samples): void {
    const next = this.next[sensor];
    // What comes twice was heard before.
    if (next === undefined || index < next) return;
    this.lost[sensor]! += index - next;
    this.next[sensor] = index + values.length;
    values.forEach((value, i) => {
      const row = this.#rowOf(sensor, index + i);
      if (row < this.#done) return this.#events.onLate(row, sensor, value);
      let cells = this.#waiting.get(row);
      if (!cells) this.#waiting.set(row, (cells = this.#rates.map(() => undefined)));
      cells[sensor] = value;
    });
    const fronts = this.next.map((at, which) => this.#rowOf(which, at));
    const complete = Math.min(...fronts.filter((_, which) => this.#rates[which] === this.rate));
    this.#handOut(Math.max(complete, Math.max(...fronts) - patience * this.rate));
  }

  /** No more come. */
  finish(): void {
    this.#handOut(Math.max(this.#done, ...[...this.#waiting.keys()].map((row) => row + 1)), false);
  }

  /** @param to rows before it @param mayCome what is missing may come yet */
  #handOut(to: number, mayCome = true): void {
    if (to <= this.#done) return;
    for (let sensor = 0; mayCome && sensor < this.#rates.length; sensor++) this.#expect(sensor, to);
    const rows = [...this.#waiting.keys()].filter((row) => row < to).sort((a, b) => a - b);
    this.#done = to;
    if (rows.length === 0) return;
    const made = rows.map((row) => ({ row, cells: this.#waiting.get(row)! }));
    for (const row of rows) this.#waiting.delete(row);
    this.#events.onRows(made);
  }

  /** Cells that a sensor which is behind has before `to`. */
  #expect(sensor: number, to: number): void {
    const rate = this.#rates[sensor]!;
    let index = Math.max(this.next[sensor]!, Math.floor((this.#done * rate) / this.rate));
    // Nothing comes any more of the fastest, by which rows are complete, and of a sensor that has been silent for long.
    const silent = to - this.#rowOf(sensor, this.next[sensor]!);
    if (rate === this.rate || silent > (patience + 1 / rate) * this.rate) return;
    for (; this.#rowOf(sensor, index) < to; index++) {
      const row = this.#rowOf(sensor, index);
      if (row < this.#done) continue;
      let cells = this.#waiting.get(row);
      if (!cells) this.#waiting.set(row, (cells = this.#rates.map(() => undefined)));
      cells[sensor] ??= "later";
    }
  }
}
