import type { Fields, RetainedPart } from "../flash/fields.js";

/** Bytes of UTF-8. */
export const scriptMemoryBytes = 256;

/** What the app script remembers: a text that outlasts the program. */
export class ScriptMemory implements RetainedPart {
  text = "";

  /** @throws RangeError when it is too long */
  set(text: unknown): void {
    const string = String(text);
    const { byteLength } = ArrayBuffer.fromString(string);
    if (byteLength > scriptMemoryBytes)
      throw new RangeError(`remember: ${byteLength} bytes, at most ${scriptMemoryBytes} fit`);
    this.text = string;
  }

  layout(fields: Fields): void {
    const bytes = new Uint8Array(ArrayBuffer.fromString(this.text));
    let stored = bytes;
    fields.number(2, bytes.length, (length) => (stored = new Uint8Array(length)));
    fields.bytes(stored);
    this.text = String.fromArrayBuffer(stored.buffer);
  }
}
