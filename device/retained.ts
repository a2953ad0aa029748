import Sleep from "sleep";
import { FieldReader, FieldWriter, type RetainedPart } from "./flash/fields.js";

/** The parts, by the number under which their state is stored. */
export const retainedParts = {
  clock: 1,
  schedule: 2,
  intake: 3,
  policy: 4,
  faults: 5,
  reporter: 6,
  outbox: 7,
  sender: 8,
  link: 9,
  actuators: 10,
  app: 11,
  health: 12,
  update: 13,
  outboxLog: 14,
  sessionLog: 15,
  sessionMirror: 16,
  fragments: 17,
  firmware: 18,
  settings: 19,
  clockSync: 20,
  acks: 21,
} as const;

/** What is in flash: right only in a record that was stored right before a deep sleep, and read right after it. */
const logs: readonly number[] = [retainedParts.outboxLog, retainedParts.sessionLog, retainedParts.sessionMirror];

export type RetainedName = keyof typeof retainedParts;

/** Bytes of a record that need no larger buffer; native/sleep has room for 2,988. */
const usualBytes = 1024;
/** A part's number and length. */
const headBytes = 3;
const numbers = Object.values(retainedParts);
/** Arrays that grow are garbage. */
const rows = 1 + Math.max(...numbers);

/**
 * The node's state in RTC memory, which a deep sleep and a reset leave as it is and a power cut does not. One record of sections, one a part: the
 * state of a part that is not attached yet goes on unread.
 */
export class Retained {
  readonly #layout: number;
  #record = new Uint8Array(0);
  /** By number, of parts that are not attached yet: where the section's length is in the record; 0: there is none. */
  readonly #sections = new Uint16Array(rows);
  readonly #parts = new Array<RetainedPart | undefined>(rows).fill(undefined);
  readonly #writer = new FieldWriter(usualBytes);
  readonly #reader = new FieldReader();
  /** Whether there was a record when the program began. */
  readonly isRestored: boolean;

  /** @param layout of the parts: a record with another one is not read */
  constructor(layout: number) {
    this.#layout = layout;
    const record = Sleep.read(layout);
    this.isRestored = record !== undefined;
    if (!record) return;
    const bytes = (this.#record = new Uint8Array(record));
    for (let at = 0; at + headBytes <= bytes.length;) {
      const length = bytes[at + 1]! | (bytes[at + 2]! << 8);
      const number = bytes[at]!;
      if (Sleep.cause === "timer" || !logs.includes(number)) this.#sections[number] = at + 1;
      at += headBytes + length;
    }
  }

  /** Restores the part's state, if there is one, and stores it from now on. */
  attach(name: RetainedName, part: RetainedPart): void {
    const number = retainedParts[name];
    const section = this.#sections[number]!;
    this.#parts[number] = part;
    this.#sections[number] = 0;
    if (section > 0) part.layout(this.#reader.aim(this.#record, section + 2, this.#endOf(section)));
  }

  #endOf(section: number): number {
    return section + 2 + (this.#record[section]! | (this.#record[section + 1]! << 8));
  }

  /**
   * Stores all parts. Takes about a millisecond, and no flash. @throws RangeError when they do not fit
   * @param forSleep a deep sleep follows at once: with what is in flash
   */
  commit(forSleep = false): void {
    const writer = this.#writer;
    writer.clear();
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i]!;
      if (!forSleep && logs.includes(number)) continue;
      const part = this.#parts[number];
      const section = this.#sections[number]!;
      if (!part && section === 0) continue;
      writer.number(1, number);
      const at = writer.length;
      writer.number(2, 0);
      if (part) part.layout(writer);
      else writer.bytes(this.#record.subarray(section + 2, this.#endOf(section)));
      writer.patch(at, writer.length - at - 2);
    }
    Sleep.write(this.#layout, writer.buffer, writer.length);
  }
}
