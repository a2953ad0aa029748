import { UserError } from "../lib/errors.js";
import type { Chunked } from "../lib/bytes.js";

const keywords = new Set(
  `alignas alignof and and_eq asm atomic_cancel atomic_commit atomic_noexcept auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl concept const consteval
constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int
long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public reflexpr register reinterpret_cast requires restrict return short signed sizeof static
static_assert static_cast struct switch synchronized template this thread_local throw true try typedef typeid typename typeof union unsigned using virtual void volatile wchar_t while xor
xor_eq main`.split(/\s+/),
);

/** A C and C++ identifier from a file's name: other characters become _, and a leading digit, keyword or reserved underscore gets a prefix. */
export function symbolOf(name: string): string {
  const cleaned = name
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/_+/g, "_")
    .replace(/_$/, "");
  if (!/[A-Za-z0-9]/.test(cleaned))
    throw new UserError(`the name "${name}" gives no C symbol; use a name with letters or digits, such as "model"`);
  return /^[0-9_]/.test(cleaned) || keywords.has(cleaned) ? `model_${cleaned.replace(/^_/, "")}` : cleaned;
}

const bytesPerLine = 16;
/** Source bytes that one chunk of text is made of; a multiple of bytesPerLine. */
const chunkBytes = 1 << 16;
const utf8 = new TextEncoder();
const indent = utf8.encode("  ");
const lineFeed = 0x0a;

/** With the blank, or the line feed, that ends each. */
const textOfByte = Array.from({ length: 256 }, (_, byte) => utf8.encode(`0x${byte.toString(16).padStart(2, "0")}, `));

const sizeOfLines = (count: number): number =>
  Math.ceil(count / bytesPerLine) * indent.length + count * textOfByte[0]!.length;

function linesOf(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(sizeOfLines(bytes.length));
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (i % bytesPerLine === 0) {
      text.set(indent, at);
      at += indent.length;
    }
    const one = textOfByte[bytes[i]!]!;
    text.set(one, at);
    at += one.length;
    if (i % bytesPerLine === bytesPerLine - 1 || i === bytes.length - 1) text[at - 1] = lineFeed;
  }
  return text;
}

/** Begins every file that cArray makes. */
export const cArrayMark = "/* Made by loam convert; do not edit. */";

/**
 * The bytes as a C array aligned to 16, so that weights can be used in place; for C99 and later and C++11 and later. The source is made while it
 * is written: that of a large model is longer than a string can be.
 */
export function cArray(name: string, headerFile: string, bytes: Uint8Array): { source: Chunked; header: string } {
  const symbol = symbolOf(name);
  const guard = `LOAM_${symbol.toUpperCase()}_H`;
  const header = `${cArrayMark}
#ifndef ${guard}
#define ${guard}

#ifdef __cplusplus
extern "C" {
#endif

/* A .tflite FlatBuffer of ${bytes.length} bytes, aligned to 16. */
extern const unsigned char ${symbol}[${bytes.length}];
extern const unsigned int ${symbol}_len;

#ifdef __cplusplus
}
#endif

#endif
`;
  // C99 has no alignas of its own; GCC and Clang have had the attribute since long before.
  const start = utf8.encode(`${cArrayMark}
#include "${headerFile}"

#if defined(__cplusplus) && __cplusplus >= 201103L
#define LOAM_ALIGN16 alignas(16)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define LOAM_ALIGN16 _Alignas(16)
#elif defined(__GNUC__)
#define LOAM_ALIGN16 __attribute__((aligned(16)))
#else
#define LOAM_ALIGN16
#endif

LOAM_ALIGN16 const unsigned char ${symbol}[${bytes.length}] = {
`);
  const end = utf8.encode(`};\nconst unsigned int ${symbol}_len = ${bytes.length};\n`);
  function* chunks(): Generator<Uint8Array> {
    yield start;
    for (let at = 0; at < bytes.length; at += chunkBytes) yield linesOf(bytes.subarray(at, at + chunkBytes));
    yield end;
  }
  return { source: { bytes: start.length + sizeOfLines(bytes.length) + end.length, chunks }, header };
}
