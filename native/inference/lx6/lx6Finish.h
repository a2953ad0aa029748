/*
 * The end of every inner loop, as text of inline assembly: accumulator to output. Operands: [x] and [y] are free, y keeps the accumulator's
 * low word; [factor] and [sure] of Lx6Fast, [lowest] and [highest] in memory; [out], [step] and [end] in bytes.
 * Local label 1 is the next output's start; 2 follows when all are done, or when `out` wants the exact way.
 */
#ifndef LOAM_LX6_FINISH_H
#define LOAM_LX6_FINISH_H

#include "lx6Mac16.h"
#include "lx6Requantize.h"

/* clang-format off */
/* The accumulator's low word is enough, or it needs both. */
#define lx6Low lx6GetLow("%[y]") "sra %[x], %[y]\n"
#define lx6Both lx6GetLow("%[y]") lx6GetHigh("%[x]") lx6SignExtend("%[x]", "%[x]", "7") "src %[x], %[x], %[y]\n"

/* The range is that of int8, or any. */
#define lx6Whole lx6Clamps("%[x]", "%[x]", "7")
#define lx6Limited \
	"l32i %[y], %[lowest]\n" lx6Max("%[x]", "%[x]", "%[y]") \
	"l32i %[y], %[highest]\n" lx6Min("%[x]", "%[x]", "%[y]")

#define lx6Finish(take, clamp) \
	take \
	lx6Clamps("%[x]", "%[x]", "15") \
	lx6Mull("%[x]", "%[x]", "%[factor]") \
	"bnone %[x], %[sure], 2f\n" \
	"srai %[x], %[x], 23\n" \
	clamp \
	"s8i %[x], %[out], 0\n" \
	"add %[out], %[out], %[step]\n" \
	"bne %[out], %[end], 1b\n" \
	"2:\n"
/* clang-format on */

/* Whether outputs are cut to less than int8. */
#define lx6IsLimited(range) (((range)->low != -128) || ((range)->high != 127))

/* v of Lx6Fast, of an accumulator. */
static inline int32_t lx6Scaled(const Lx6Fast *fast, int32_t high, int32_t low) {
	int32_t v;
	/* clang-format off */
	__asm__("ssr %[shift]\n"
		lx6SignExtend("%[v]", "%[x]", "7")
		"src %[v], %[v], %[y]\n"
		lx6Clamps("%[v]", "%[v]", "15")
		lx6Mull("%[v]", "%[v]", "%[factor]")
		: [v] "=&r"(v) : [x] "r"(high), [y] "r"(low), [shift] "r"(fast->shift), [factor] "r"(fast->factor));
	/* clang-format on */
	return v;
}

#endif
