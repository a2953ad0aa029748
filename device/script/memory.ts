import type { Fields, RetainedPart } from "../flash/fields.js";

/** Bytes of UTF-8. */
export const scriptMemoryBytes = 256;

/** What the app script remembers: a text that outlasts the program. */
export class ScriptMemory implements RetainedPart {
  text = "";
  /** The same in UTF-8. */
  #bytes = new Uint8Array(0);

  /** @param text of at most `scriptMemoryBytes` */
  set(text: string): void {
    this.text = text;
    this.#bytes = new Uint8Array(ArrayBuffer.fromString(text));
  }

  layout(fields: Fields): void {
    const length = fields.number(2, this.#bytes.length);
    if (!fields.isReading) return fields.bytes(this.#bytes);
    const bytes = new Uint8Array(length);
    fields.bytes(bytes);
    this.#bytes = bytes;
    this.text = String.fromArrayBuffer(bytes.buffer);
  }
}
