/** A text's characters, as bytes. In XS each call of a string's method allocates an object, so that the whole text is converted at once there. */
export function textBytes(text: string): Uint8Array {
  if ("fromString" in ArrayBuffer) return new Uint8Array((ArrayBuffer as unknown as FromString).fromString(text));
  return Uint8Array.from(text, (letter) => Math.min(letter.charCodeAt(0), 0xff));
}

interface FromString {
  fromString(text: string): ArrayBuffer;
}

/** -1: none. */
function hexDigit(letter: number): number {
  if (letter >= 0x30 && letter <= 0x39) return letter - 0x30;
  const low = letter | 0x20;
  return low >= 0x61 && low <= 0x66 ? low - 0x57 : -1;
}

/** `bytes` bytes of hexadecimal text, most significant first. @throws RangeError with `what` in its message, never the text (it may be a key). */
export function parseHex(text: string, bytes: number, what: string): Uint8Array {
  const letters = typeof text === "string" ? textBytes(text) : new Uint8Array(0);
  const result = new Uint8Array(bytes);
  let isHex = letters.length === 2 * bytes;
  for (let i = 0; i < bytes && isHex; i++) {
    const high = hexDigit(letters[2 * i]!);
    const low = hexDigit(letters[2 * i + 1]!);
    isHex = high >= 0 && low >= 0;
    result[i] = high * 16 + low;
  }
  if (!isHex) throw new RangeError(`${what}: ${2 * bytes} hexadecimal digits expected`);
  return result;
}
