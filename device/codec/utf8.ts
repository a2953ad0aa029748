/** UTF-8, for payloads: neither Node's nor XS's own functions are there in both. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const letter of text) bytes.push(...bytesOf(letter.codePointAt(0)!));
  return Uint8Array.from(bytes);
}

function bytesOf(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
}

/** XS has it, Node does not: in XS each call of a string's method, one a character, allocates an object. */
interface FromString {
  fromString?(text: string): ArrayBuffer;
}

/** Whether the bytes from `at` on are those of the text, which is ASCII. False also when it is not, and in Node: the caller compares character by character then. */
function isAsciiOf(text: string, bytes: Uint8Array, at: number): boolean {
  const buffer = (ArrayBuffer as FromString).fromString?.(text);
  if (buffer?.byteLength !== bytes.length - at) return false;
  const own = new Uint8Array(buffer);
  for (let i = 0; i < own.length; i++) if (own[i] !== bytes[at + i] || own[i]! > 0x7f || own[i] === 0) return false;
  return true;
}

/** Places in a text of a character beyond U+FFFF: 2, in XS 1. */
const astralLength = "\u{1f600}".length;

/** Whether the bytes from `at` on, all of them, are a text's. */
export function isUtf8Of(text: string, bytes: Uint8Array, at: number): boolean {
  if (isAsciiOf(text, bytes, at)) return true;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code < 0x80) {
      if (bytes[at++] !== code) return false;
      continue;
    }
    for (const byte of bytesOf(code)) if (bytes[at++] !== byte) return false;
    if (code >= 0x10000) i += astralLength - 1;
  }
  return at === bytes.length;
}

/** Characters that are put together at once: more would need more of XS's stack, fewer more memory. */
const runLength = 32;

/** @returns undefined for bytes that `encodeUtf8` does not make: truncated, overlong, surrogates */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  let text = "";
  let run: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at++]!;
    const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let i = 0; i < more; i++) code = (code << 6) | (bytes[at++]! & 63);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
    run.push(code);
    if (run.length < runLength) continue;
    text += String.fromCodePoint(...run);
    run = [];
  }
  text += String.fromCodePoint(...run);
  return isUtf8Of(text, bytes, 0) ? text : undefined;
}

/** XS has it, Node does not. */
interface FromBuffer {
  fromArrayBuffer?(buffer: ArrayBuffer): string;
}

/** Bytes of a text that are looked at together: one of some KB would need its memory twice more. */
const pieceBytes = 256;

function isPieceUtf8(piece: Uint8Array<ArrayBuffer>): boolean {
  const strings = String as FromBuffer;
  if (!strings.fromArrayBuffer) return decodeUtf8(piece) !== undefined;
  try {
    strings.fromArrayBuffer(piece.buffer);
    return true;
  } catch {
    return false;
  }
}

/** Whether a text can be made of the bytes. In XS, its own function for that decides. */
export function isUtf8(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length;) {
    let end = Math.min(at + pieceBytes, bytes.length);
    // Between two characters.
    while (end < bytes.length && end > at + 1 && (bytes[end]! & 0xc0) === 0x80) end--;
    if (!isPieceUtf8(bytes.slice(at, end))) return false;
    at = end;
  }
  return true;
}
