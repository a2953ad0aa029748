/*
 * Hints for loops that need nearly every register. They change no result; a compiler that does not know them is only slower.
 */
#ifndef LOAM_MICRO_REGISTERS_H
#define LOAM_MICRO_REGISTERS_H

/* keep(x): x is used and made here, in a register. fence(): loads stay on their side. Left to itself, GCC loads several steps ahead and spills. */
#if defined(__GNUC__)
	#define keep(value) __asm__ volatile("" : "+r"(value));
	#define fence() __asm__ volatile("" : : : "memory");
#else
	#define keep(value)
	#define fence()
#endif

/* For a whole function. GCC: variables made one too early live too long, and some would be spilled in every step. */
#if defined(__GNUC__) && !defined(__clang__)
	#define tightRegisters __attribute__((optimize("no-tree-coalesce-vars")))
#else
	#define tightRegisters
#endif

#endif
