/*
 * For files in which no time is spent: they are compiled for size whatever the rest is compiled for. Included first.
 */
#ifndef LOAM_MICRO_SMALL_H
#define LOAM_MICRO_SMALL_H

#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
	#pragma GCC optimize("Os")
#endif

#endif
