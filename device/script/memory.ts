import type { Fields, RetainedPart } from "../flash/fields.js";

/** Bytes of UTF-8. */
export const scriptMemoryBytes = 256;

/** What the app script remembers: a text that outlasts the program. */
export class ScriptMemory implements RetainedPart {
  text = "";
  /** The same in UTF-8. */
  #bytes = new Uint8Array(0);

  /** @throws RangeError when it is too long */
  set(text: unknown): void {
    const string = String(text);
    const bytes = new Uint8Array(ArrayBuffer.fromString(string));
    if (bytes.length > scriptMemoryBytes)
      throw new RangeError(`remember: ${bytes.length} bytes, at most ${scriptMemoryBytes} fit`);
    this.text = string;
    this.#bytes = bytes;
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
