/** A recording that grows: each row is in the file as soon as it is complete in its fastest sensors; a slower one's cell is filled in when its sample comes. */
import { closeSync, fdatasync, openSync, writeSync } from "node:fs";
import { headOf, timeText } from "../import/write.js";

/** Characters kept free for a cell that is filled in later: the longest float32. Readers pass over blanks. */
const cellWidth = 15;

/** The shortest text that reads as the same float32. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  for (let digits = 6; ; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (digits === 9 || Math.fround(Number(text)) === value) return text;
  }
}

/** A cell: its value; undefined: blank; "later": it may still come. */
export type Cell = number | undefined | "later";

/** Where a cell that may still come is in the file. */
export type Place = number;

export class RowFile {
  readonly file: string;
  readonly #descriptor: number;
  readonly #digits: number;
  #length = 0;
  rows = 0;
  #isSyncing = false;

  /** @param digits of times, after the point @throws of the file system, when it is there already or cannot be written */
  constructor(file: string, sensors: readonly string[], digits: number) {
    this.file = file;
    this.#digits = digits;
    this.#descriptor = openSync(file, "wx");
    this.#put(`${headOf(sensors)}\n`, 0);
    this.#length = headOf(sensors).length + 1;
  }

  #put(text: string, at: number): void {
    const bytes = Buffer.from(text);
    // A short write is a full disk's: the next one throws.
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, at + done);
  }

  /** Whole rows, in one write each call. @returns of each row the places of its cells that may still come, by sensor */
  append(rows: readonly { time: number; cells: readonly Cell[]; label: string }[]): Map<number, Place>[] {
    let text = "";
    const places = rows.map(({ time, cells, label }) => {
      const found = new Map<number, Place>();
      text += timeText(time, this.#digits);
      cells.forEach((cell, sensor) => {
        text += ",";
        if (cell === "later") {
          found.set(sensor, this.#length + Buffer.byteLength(text));
          text += " ".repeat(cellWidth);
        } else if (cell !== undefined) text += floatText(cell);
      });
      text += `,${label}\n`;
      return found;
    });
    this.#put(text, this.#length);
    this.#length += Buffer.byteLength(text);
    this.rows += rows.length;
    return places;
  }

  fill(place: Place, value: number): void {
    this.#put(floatText(value), place);
  }

  /** To the disk itself, against a power cut of this machine; in the background. */
  sync(): void {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    fdatasync(this.#descriptor, () => (this.#isSyncing = false));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
