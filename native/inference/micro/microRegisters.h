/*
 * Hints for loops that need nearly every register. They change no result; without them the code is only slower.
 */
#ifndef LOAM_MICRO_REGISTERS_H
#define LOAM_MICRO_REGISTERS_H

/* keep(x): x is used and defined here, in a register. fence(): loads do not move across it. Otherwise GCC loads several iterations ahead and spills. */
#if defined(__GNUC__)
	#define keep(value) __asm__ volatile("" : "+r"(value));
	#define fence() __asm__ volatile("" : : : "memory");
#else
	#define keep(value)
	#define fence()
#endif

/* For a whole function. GCC: variables computed too early live too long, and some would be spilled in every iteration. */
#if defined(__GNUC__) && !defined(__clang__)
	#define tightRegisters __attribute__((optimize("no-tree-coalesce-vars")))
	/* And without copies of loops. */
	#define tightAndSmall __attribute__((optimize("O2", "no-tree-coalesce-vars")))
#else
	#define tightRegisters
	#define tightAndSmall
#endif

#endif
