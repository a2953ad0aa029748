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
} as const;

export type RetainedName = keyof typeof retainedParts;

/** Bytes of a record that need no larger buffer; native/sleep has room for 2,988. */
const usualBytes = 1024;
/** A part's number and length. */
const headBytes = 3;

/**
 * The node's state in RTC memory, which a deep sleep and a reset leave as it is and a power cut does not. One record of sections, one a part: the
 * state of a part that is not attached yet goes on unread.
 */
export class Retained {
  readonly #layout: number;
  readonly #sections: Uint8Array[] = [];
  readonly #parts: (RetainedPart | undefined)[] = [];
  readonly #writer = new FieldWriter(usualBytes);
  /** Whether there was a record when the program began. */
  readonly isRestored: boolean;

  /** @param layout of the parts: a record with another one is not read */
  constructor(layout: number) {
    this.#layout = layout;
    const record = Sleep.read(layout);
    this.isRestored = record !== undefined;
    if (!record) return;
    const bytes = new Uint8Array(record);
    for (let at = 0; at + headBytes <= bytes.length;) {
      const length = bytes[at + 1]! | (bytes[at + 2]! << 8);
      this.#sections[bytes[at]!] = bytes.slice(at + headBytes, at + headBytes + length);
      at += headBytes + length;
    }
  }

  /** Restores the part's state, if there is one, and stores it from now on. */
  attach(name: RetainedName, part: RetainedPart): void {
    const number = retainedParts[name];
    const section = this.#sections[number];
    this.#parts[number] = part;
    if (section) part.layout(new FieldReader(section));
    this.#sections[number] = undefined as never;
  }

  /** Stores all parts. Takes about a millisecond, and no flash. @throws RangeError when they do not fit */
  commit(): void {
    const writer = this.#writer;
    writer.clear();
    for (const number of Object.values(retainedParts)) {
      const part = this.#parts[number];
      const section = this.#sections[number];
      if (!part && !section) continue;
      writer.number(1, number);
      const at = writer.length;
      writer.number(2, 0);
      if (part) part.layout(writer);
      else writer.bytes(section!);
      writer.patch(at, writer.length - at - 2);
    }
    Sleep.write(this.#layout, writer.buffer, writer.length);
  }
}
