/*
 * Instructions of LX6 and LX7 as inline assembly by their encodings, because Debian's assembler, which is for LX106, does not know them.
 * Operands are texts of GCC's operands ("%[x]") or of registers ("m0" is 0). The unit: one accumulator of 40 bits, registers m0..m3 of two int16
 * each; a product is of a half of m0 or m1 and one of m2 or m3, or of a core register. FreeRTOS of ESP-IDF saves all of them, and the
 * loop's registers, with a task. Encodings: Xtensa Instruction Set Architecture Reference Manual, chapters MAC16 and 7.
 *
 * QEMU has each of m0..m3 twice: between two branches, one that was read may be loaded, but not be read again.
 */
#ifndef LOAM_LX6_MAC16_H
#define LOAM_LX6_MAC16_H

/* Names of core registers as numbers, for use in expressions: lx6_ before an operand. */
__asm__(".set lx6_a0, 0\n.set lx6_a1, 1\n.set lx6_a2, 2\n.set lx6_a3, 3\n.set lx6_a4, 4\n.set lx6_a5, 5\n"
		".set lx6_a6, 6\n.set lx6_a7, 7\n.set lx6_a8, 8\n.set lx6_a9, 9\n.set lx6_a10, 10\n.set lx6_a11, 11\n"
		".set lx6_a12, 12\n.set lx6_a13, 13\n.set lx6_a14, 14\n.set lx6_a15, 15\n");

#define lx6Bytes(zero, one, two) ".byte " zero ", " one ", " two "\n"
#define lx6Number(name) "lx6_" name

/* RRR: r = s op t. */
#define lx6Rrr(code, r, s, t) lx6Bytes("(" t ") << 4", "(" lx6Number(r) " << 4) | " lx6Number(s), code)
#define lx6Mull(r, s, t) lx6Rrr("0x82", r, s, lx6Number(t))
#define lx6Min(r, s, t) lx6Rrr("0x43", r, s, lx6Number(t))
#define lx6Max(r, s, t) lx6Rrr("0x53", r, s, lx6Number(t))
/* To the range of a signed integer with `bits` + 1 bits, 7..22. */
#define lx6Clamps(r, s, bits) lx6Rrr("0x33", r, s, bits " - 7")

/* Of a number with `bits` + 1 bits. */
#define lx6SignExtend(r, s, bits) lx6Rrr("0x23", r, s, bits " - 7")

/* The accumulator's words, special registers 16 and 17. */
#define lx6SetLow(s) lx6Bytes(lx6Number(s) " << 4", "16", "0x13")
#define lx6SetHigh(s) lx6Bytes(lx6Number(s) " << 4", "17", "0x13")
#define lx6GetLow(r) lx6Bytes(lx6Number(r) " << 4", "16", "0x03")
#define lx6GetHigh(r) lx6Bytes(lx6Number(r) " << 4", "17", "0x03")

/* m = the word at s + 4, s += 4. */
#define lx6Load(m, s) lx6Bytes("4", "(" m " << 4) | " lx6Number(s), "0x80")

/* Halves of the two factors. */
#define lx6LowLow "0"
#define lx6HighLow "1"
#define lx6LowHigh "2"
#define lx6HighHigh "3"
/* accumulator += half of x (m0, m1) * half of y (m2, m3); the second also loads a word as lx6Load does, after x and y are read. */
#define lx6Add(halves, x, y) lx6Bytes("(((" y ") & 1) << 6) | 4", "(" x ") << 6", "0x28 + " halves)
#define lx6AddLoad(halves, m, s, x, y) \
	lx6Bytes("(((" y ") & 1) << 6) | 4", "((" x ") << 6) | (" m " << 4) | " lx6Number(s), "0x08 + " halves)
/* The same with y, x or both in core registers. */
#define lx6AddCoreLoad(halves, m, s, x, y) \
	lx6Bytes("(" lx6Number(y) " << 4) | 4", "((" x ") << 6) | (" m " << 4) | " lx6Number(s), "0x48 + " halves)
#define lx6CoreAdd(halves, x, y) lx6Bytes("(((" y ") & 1) << 6) | 4", lx6Number(x), "0x38 + " halves)
#define lx6CoreAddCore(halves, x, y) lx6Bytes("(" lx6Number(y) " << 4) | 4", lx6Number(x), "0x78 + " halves)

/*
 * What stands between this and local label 7 is run s times, which must not be 0. The first instruction in it must not cross a word's end: this
 * one stands at 1 or 2 modulo 4.
 */
#define lx6Loop(s) "6: .byte 0x76, 0x80 | " lx6Number(s) ", 7f - 6b - 4\n"

/* The next instruction stands at the start of a word. The assembler fills with what is no instruction. */
#define lx6Align "j 5f\n.balign 4\n5:\n"

/* lx6Loop wherever it stands. */
#define lx6LoopHere(s) "j 5f\n.balign 4\n.byte 0\n5:\n" lx6Loop(s)

#endif
